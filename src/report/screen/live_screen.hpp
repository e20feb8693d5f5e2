// The screen of a run: redrawn in place on a terminal, one plain line a second elsewhere.
#pragma once

#include <cstddef>
#include <string>

#include "report/screen/progress.hpp"

namespace stalemate {

/// Of the terminal, in character cells.
struct ScreenSize {
  unsigned columns = 80;
  unsigned rows = 24;
  friend bool operator==(const ScreenSize&, const ScreenSize&) = default;
};

/// What the terminal can show.
struct ScreenStyle {
  bool colour = false;
  bool unicode = true;  ///< false: every character that is not ASCII is replaced by one that is
};

/// The screen as text: at most `size.rows - 1` lines of at most `size.columns` cells, each ended by '\n'; the least
/// important lines are left out where there is no room. No escapes except colours. The same arguments give the same
/// text. Pure. Requires: columns >= 20, rows >= 2.
[[nodiscard]] std::string render(const Progress& progress, ScreenSize size, ScreenStyle style);

/// One line for logs, without escapes and without a newline. Pure.
[[nodiscard]] std::string render_line(const Progress& progress);

/// Whether LC_ALL, else LC_CTYPE, else LANG names UTF-8.
[[nodiscard]] bool locale_is_utf8();

/// Draws on a file descriptor it does not own. On a terminal: in place, one write() a frame; the cursor is hidden only
/// while a frame is written, so that no death of the program leaves it hidden. Elsewhere: a line whenever another
/// second of the run has passed, and one at the end. NO_COLOR (not empty) takes the colours away; a locale that is not
/// UTF-8 the blocks; with TERM=dumb or without TERM it writes lines. Thread rule: one thread at a time.
class LiveScreen {
 public:
  explicit LiveScreen(int file_descriptor);
  LiveScreen(const LiveScreen&) = delete;
  LiveScreen& operator=(const LiveScreen&) = delete;
  /// As finish().
  ~LiveScreen();

  /// Shows the progress; about ten times a second is right. A failed write is ignored: the screen is not the result.
  void show(const Progress& progress);
  /// Leaves the last screen in place, with the cursor below it. Later calls do nothing.
  void finish();

  [[nodiscard]] bool is_terminal() const { return terminal_; }

 private:
  void show_frame(const Progress& progress);
  void show_line(const Progress& progress);

  int file_descriptor_;
  bool terminal_ = false;
  bool finished_ = false;
  ScreenStyle style_ = {};
  std::size_t lines_drawn_ = 0;  // 0: nothing was drawn yet
  ScreenSize size_drawn_ = {};
  Nanoseconds next_line_ns_ = 0;
  std::string pending_line_ = {};  // the last progress, not written yet
};

}  // namespace stalemate
