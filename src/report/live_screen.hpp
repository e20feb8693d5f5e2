// The screen of a run: redrawn in place on a terminal, one plain line a second elsewhere.
#pragma once

#include <string>

#include "report/progress.hpp"

namespace stalemate {

/// Of the terminal, in character cells.
struct ScreenSize {
  unsigned columns = 80;
  unsigned rows = 24;
};

/// The screen as text: lines without escapes other than colours, each at most `size.columns` wide and ended by '\n', at
/// most `size.rows - 1` of them. The same progress and size give the same text. Pure. Requires: columns >= 20, rows
/// >= 2.
[[nodiscard]] std::string render(const Progress& progress, ScreenSize size, bool colour);

/// One line for logs, without escapes and without a newline. Pure.
[[nodiscard]] std::string render_line(const Progress& progress);

/// Draws on a file descriptor it does not own. On a terminal: in place, one write() a frame, the cursor hidden while it
/// lives. Elsewhere: a line whenever another second of the run has passed, and one at the end.
/// NO_COLOR (any value but the empty one) and TERM=dumb are respected; with TERM=dumb it writes lines.
/// Thread rule: one thread at a time.
class LiveScreen {
 public:
  explicit LiveScreen(int file_descriptor);
  LiveScreen(const LiveScreen&) = delete;
  LiveScreen& operator=(const LiveScreen&) = delete;
  /// As finish().
  ~LiveScreen();

  /// Shows the progress; about ten times a second is right. A failed write is ignored: the screen is not the result.
  void show(const Progress& progress);
  /// Leaves the last screen standing, puts the cursor below it and shows it again. Later calls do nothing.
  void finish();

  [[nodiscard]] bool is_terminal() const { return terminal_; }

 private:
  void show_frame(const Progress& progress);
  void show_line(const Progress& progress);
  void write_all(const std::string& bytes) const;

  int file_descriptor_;
  bool terminal_ = false;
  bool colour_ = false;
  bool finished_ = false;
  bool drawn_ = false;
  unsigned lines_drawn_ = 0;
  ScreenSize size_drawn_ = {};
  Nanoseconds next_line_ns_ = 0;
  std::string pending_line_ = {};
};

}  // namespace stalemate
