#include "report/screen/screen_lines.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/words/words.hpp"

namespace stalemate {
namespace {

constexpr std::array<std::string_view, 8> eighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

constexpr std::string_view escape_of(Paint paint) {
  switch (paint) {
    case Paint::plain: return "";
    case Paint::strong: return "\x1b[1m";
    case Paint::faint: return "\x1b[2m";
    case Paint::good: return "\x1b[32m";
    case Paint::bad: return "\x1b[1;31m";
    case Paint::warning: return "\x1b[33m";
  }
  return "";
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t time = 0; time < times; ++time) {
    all += text;
  }
  return all;
}

}  // namespace

ScreenLine& ScreenLine::add(std::string_view text, Paint paint) {
  pieces_.push_back({std::string(text), paint});
  width_ += display_width(text);
  return *this;
}

ScreenLine& ScreenLine::add_bar(double share, std::size_t width, Paint paint, bool unicode) {
  const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(width);
  if (!unicode) {
    const auto cells = static_cast<std::size_t>(std::ceil(filled - 0.5));
    const std::size_t shown = filled > 0 ? std::max<std::size_t>(cells, 1) : 0;
    return add(std::string(shown, '#'), paint).add(std::string(width - shown, '.'), Paint::faint);
  }
  auto parts = static_cast<std::size_t>(std::llround(filled * 8));
  if (filled > 0) {
    parts = std::max<std::size_t>(parts, 1);
  }
  const std::string full = repeated("█", parts / 8) + std::string(eighths[parts % 8]);
  const std::size_t taken = display_width(full);
  return add(full, paint).add(repeated("░", width - taken), Paint::faint);
}

std::string ScreenLine::text(std::size_t columns, ScreenStyle style) const {
  std::string line;
  std::size_t left = columns;
  for (const Piece& piece : pieces_) {
    const std::string shown = style.unicode ? piece.text : ascii_only(piece.text);
    const std::string_view kept = cut_to_width(shown, left);
    left -= display_width(kept);
    const std::string_view escape = style.colour && !kept.empty() ? escape_of(piece.paint) : "";
    line.append(escape).append(kept).append(escape.empty() ? "" : "\x1b[0m");
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

void ScreenLines::add(ScreenLine line, unsigned importance) {
  entries_.push_back({std::move(line), importance});
}

std::string ScreenLines::text(ScreenSize size, ScreenStyle style) const {
  std::vector<const Entry*> shown;
  shown.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    shown.push_back(&entry);
  }
  const std::size_t room = size.rows - 1;
  while (shown.size() > room) {
    auto least = shown.begin();
    for (auto place = shown.begin(); place != shown.end(); ++place) {
      if ((*place)->importance >= (*least)->importance) {
        least = place;
      }
    }
    shown.erase(least);
  }
  std::string text;
  for (const Entry* entry : shown) {
    text += entry->line.text(size.columns, style) + "\n";
  }
  return text;
}

std::string ascii_only(std::string_view text) {
  std::string ascii;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80U) {
      ascii += c;
    } else if ((byte & 0xc0U) != 0x80U) {
      ascii += '-';
    }
  }
  return ascii;
}

}  // namespace stalemate
