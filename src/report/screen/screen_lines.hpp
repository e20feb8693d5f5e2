// Lines of coloured text of a known width, from which a screen is put together.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/screen/live_screen.hpp"

namespace stalemate {

enum class Paint : unsigned char { plain, strong, faint, good, bad, warning };

/// One line, in pieces of one colour each.
class ScreenLine {
 public:
  ScreenLine& add(std::string_view text, Paint paint = Paint::plain);
  /// A bar of `width` cells, filled to `share` (0 to 1) in steps of an eighth of a cell; a share above 0 shows at least
  /// one.
  ScreenLine& add_bar(double share, std::size_t width, Paint paint, bool unicode);

  [[nodiscard]] std::size_t width() const { return width_; }
  /// The first `columns` cells, with trailing spaces left out.
  [[nodiscard]] std::string text(std::size_t columns, ScreenStyle style) const;

 private:
  struct Piece {
    std::string text;
    Paint paint;
  };
  std::vector<Piece> pieces_ = {};
  std::size_t width_ = 0;
};

/// Lines, of which the least important are left out where there is no room.
class ScreenLines {
 public:
  /// `importance` 1 stays longest. Of equals, the lower line goes first.
  void add(ScreenLine line, unsigned importance);
  [[nodiscard]] std::string text(ScreenSize size, ScreenStyle style) const;

 private:
  struct Entry {
    ScreenLine line;
    unsigned importance;
  };
  std::vector<Entry> entries_ = {};
};

/// The text with every character that is not ASCII replaced by '-'.
[[nodiscard]] std::string ascii_only(std::string_view text);

}  // namespace stalemate
