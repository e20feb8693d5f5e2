#include "core/text/sequence_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace stalemate {
namespace {

constexpr std::size_t gap = 3;
/// Words in a narrower column are hard to read.
constexpr std::size_t words_width_min = 24;

/// A name in one line or two; the second is empty where it is one.
using Name = std::pair<std::string, std::string>;

/// Broken at the space that makes the longer part shortest.
Name broken(const std::string& name) {
  Name best = {name, ""};
  for (std::size_t space = name.find(' '); space != std::string::npos; space = name.find(' ', space + 1)) {
    const std::size_t longer = std::max(space, name.size() - space - 1);
    if (longer < std::max(best.first.size(), best.second.size())) {
      best = {name.substr(0, space), name.substr(space + 1)};
    }
  }
  return best;
}

/// Lines of at most `width`, broken at spaces; at least one.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (text.size() > width) {
    std::size_t space = text.rfind(' ', width);
    space = space == std::string_view::npos ? text.find(' ') : space;
    if (space == std::string_view::npos) {
      break;
    }
    lines.emplace_back(text.substr(0, space));
    text.remove_prefix(space + 1);
  }
  lines.emplace_back(text);
  return lines;
}

std::string without_blanks_behind(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

/// Where everything stands.
class Layout {
 public:
  Layout(std::span<const std::string> names, std::span<const SequenceRow> rows, bool breaks_names) {
    std::size_t left = 0;
    for (const SequenceRow& row : rows) {
      left = std::max(left, row.left.size());
    }
    for (const std::string& name : names) {
      names_.push_back(breaks_names ? broken(name) : Name{name, ""});
    }
    width_ = left + gap;
    for (const Name& name : names_) {
      begins_.push_back(width_);
      const std::size_t name_width = std::max(name.first.size(), name.second.size());
      lines_.push_back(width_ + name_width / 2);
      width_ += name_width + gap;
    }
  }

  /// Of everything but the words.
  [[nodiscard]] std::size_t width() const { return width_; }

  [[nodiscard]] std::string head() const {
    std::string first(width_, ' ');
    std::string second(width_, ' ');
    for (std::size_t place = 0; place < names_.size(); ++place) {
      first.replace(begins_[place], names_[place].first.size(), names_[place].first);
      second.replace(begins_[place], names_[place].second.size(), names_[place].second);
    }
    second = without_blanks_behind(second);
    return without_blanks_behind(first) + "\n" + (second.empty() ? "" : second + "\n");
  }

  /// All lifelines and nothing else.
  [[nodiscard]] std::string blank(std::string_view left) const {
    std::string line(left);
    line.resize(width_, ' ');
    for (const std::size_t place : lines_) {
      line[place] = '|';
    }
    return line;
  }

  [[nodiscard]] std::string arrow(const SequenceRow& row) const {
    std::string line = blank(row.left);
    const std::size_t from = lines_[row.from];
    if (!row.to) {
      line[from] = '*';
      return line;
    }
    const std::size_t to = lines_[*row.to];
    for (std::size_t place = from + 1; place < to; ++place) {
      line[place] = '-';
    }
    line[to - 1] = row.arrives ? '>' : 'x';
    return line;
  }

 private:
  std::vector<Name> names_ = {};
  std::vector<std::size_t> begins_ = {};
  std::vector<std::size_t> lines_ = {};  // where each party's lifeline is
  std::size_t width_ = 0;
};

std::string beside(const Layout& layout, const SequenceRow& row, std::size_t width) {
  std::string text;
  for (const std::string& words : wrapped(row.words, width - layout.width())) {
    text += (text.empty() ? layout.arrow(row) : layout.blank("")) + words + "\n";
  }
  return text;
}

std::string below(const Layout& layout, const SequenceRow& row, std::size_t width) {
  std::string text = without_blanks_behind(layout.arrow(row)) + "\n";
  const std::string indent(gap + 1, ' ');
  for (const std::string& words : wrapped(row.words, width - indent.size())) {
    text += indent + words + "\n";
  }
  return text;
}

}  // namespace

std::string sequence_text(std::span<const std::string> names, std::span<const SequenceRow> rows, std::size_t width) {
  std::size_t words_width = 0;
  for (const SequenceRow& row : rows) {
    words_width = std::max(words_width, row.words.size());
  }
  const std::size_t words_wanted = std::min(words_width, words_width_min);
  const auto fits = [&](const Layout& layout) {
    return width >= words_wanted && layout.width() <= width - words_wanted;
  };
  Layout layout(names, rows, false);
  if (!fits(layout)) {
    layout = Layout(names, rows, true);
  }
  std::string text = layout.head();
  for (const SequenceRow& row : rows) {
    text += fits(layout) ? beside(layout, row, width) : below(layout, row, std::max(width, words_width_min));
  }
  return text;
}

}  // namespace stalemate
