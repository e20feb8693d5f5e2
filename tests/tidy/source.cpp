#include "tidy/source.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace stalemate::tidy {
namespace {

bool is_word_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_word(char c) {
  return is_word_start(c) || is_digit(c);
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

class Lexer {
 public:
  explicit Lexer(SourceFile& file) : file_(file), text_(file.text) {}

  void run() {
    while (place_ < text_.size()) {
      step();
    }
  }

 private:
  [[nodiscard]] char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\0'; }
  [[nodiscard]] bool next_is(std::string_view what) const { return text_.substr(place_).starts_with(what); }

  void step() {
    const char c = text_[place_];
    if (c == '\n') {
      // A directive ends with its line, unless the line is continued.
      in_directive_ = in_directive_ && place_ > 0 && text_[place_ - 1] == '\\';
      line_begins_ = true;
      ++line_;
      ++place_;
    } else if (is_blank(c) || c == '\\') {
      ++place_;
    } else if (next_is("//")) {
      line_comment();
    } else if (next_is("/*")) {
      block_comment();
    } else if (c == '#' && line_begins_) {
      directive();
    } else {
      line_begins_ = false;
      token(c);
    }
  }

  void line_comment() {
    const std::size_t end = std::min(text_.find('\n', place_), text_.size());
    file_.comments.push_back({trimmed(text_.substr(place_ + 2, end - place_ - 2)), line_});
    place_ = end;
  }

  void block_comment() {
    const std::size_t closing = text_.find("*/", place_ + 2);
    const std::size_t end = closing == std::string_view::npos ? text_.size() : closing;
    for (const std::string_view line : lines_of(text_.substr(place_ + 2, end - place_ - 2))) {
      file_.comments.push_back({trimmed(line), line_});
      ++line_;
    }
    --line_;
    place_ = std::min(end + 2, text_.size());
  }

  void directive() {
    in_directive_ = true;
    line_begins_ = false;
    ++place_;
    while (is_blank(at(place_))) {
      ++place_;
    }
    if (!next_is("include")) {
      return;
    }
    const std::size_t end = std::min(text_.find('\n', place_), text_.size());
    const std::string_view line = text_.substr(place_, end - place_);
    const std::size_t open = line.find_first_of("<\"");
    const std::size_t close = line.find_first_of(">\"", open + 1);
    if (open != std::string_view::npos && close != std::string_view::npos) {
      file_.includes.push_back({line.substr(open + 1, close - open - 1), line[open] == '"', line_});
    }
    place_ = end;
  }

  void token(char c) {
    const std::size_t begin = place_;
    if (is_word_start(c)) {
      while (is_word(at(place_))) {
        ++place_;
      }
      const std::string_view word = text_.substr(begin, place_ - begin);
      if (at(place_) == '"' && word.ends_with('R') && word.size() <= 3) {
        raw_string();
        add(TokenKind::text, {});
      } else {
        add(TokenKind::word, word);
      }
    } else if (is_digit(c)) {
      while (is_word(at(place_)) || at(place_) == '.' || (at(place_) == '\'' && is_word(at(place_ + 1)))) {
        ++place_;
      }
      add(TokenKind::number, text_.substr(begin, place_ - begin));
    } else if (c == '"' || c == '\'') {
      quoted(c);
      add(TokenKind::text, {});
    } else {
      place_ += next_is("::") || next_is("->") || next_is("[[") ? 2 : 1;
      add(TokenKind::sign, text_.substr(begin, place_ - begin));
    }
  }

  void add(TokenKind kind, std::string_view text) { file_.tokens.push_back({kind, text, line_, in_directive_}); }

  void quoted(char quote) {
    ++place_;
    while (place_ < text_.size() && text_[place_] != quote && text_[place_] != '\n') {
      place_ += text_[place_] == '\\' ? 2 : 1;
    }
    ++place_;
  }

  void raw_string() {
    const std::size_t open = text_.find('(', place_);
    const std::string closing = ")" + std::string(text_.substr(place_ + 1, open - place_ - 1)) + "\"";
    const std::size_t end = std::min(text_.find(closing, open), text_.size());
    line_ += static_cast<int>(std::ranges::count(text_.substr(place_, end - place_), '\n'));
    place_ = std::min(end + closing.size(), text_.size());
  }

  SourceFile& file_;
  std::string_view text_;
  std::size_t place_ = 0;
  int line_ = 1;
  bool line_begins_ = true;
  bool in_directive_ = false;
};

}  // namespace

SourceFile::SourceFile(std::string path_from_root, std::string content)
    : path(std::move(path_from_root)), text(std::move(content)) {
  Lexer(*this).run();
}

std::string_view SourceFile::room() const {
  const std::string_view view = path;
  if (!view.starts_with("src/")) {
    return {};
  }
  const std::size_t slash = view.find('/', 4);
  return slash == std::string_view::npos ? std::string_view() : view.substr(4, slash - 4);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace stalemate::tidy
