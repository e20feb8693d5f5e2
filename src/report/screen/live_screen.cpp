#include "report/screen/live_screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include <algorithm>

#include <fmt/format.h>

namespace stalemate {
namespace {

constexpr Nanoseconds line_interval_ns = 1'000'000'000;

std::string_view environment(const char* name) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): the program never changes its environment
  return text == nullptr ? "" : text;
}

ScreenSize size_of_terminal(int file_descriptor) {
  winsize window = {};
  ScreenSize size;
  if (::ioctl(file_descriptor, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 && window.ws_row > 0) {
    size = {window.ws_col, window.ws_row};
  }
  return {std::max(size.columns, 20U), std::max(size.rows, 2U)};
}

// Gives up on any error, also when the reader of the terminal stalls for a tenth of a second: the run must not wait.
void write_all(int file_descriptor, std::string_view bytes) {
  constexpr int patience_ms = 100;
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_descriptor, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno == EAGAIN) {
      pollfd wait = {file_descriptor, POLLOUT, 0};
      if (::poll(&wait, 1, patience_ms) <= 0) {
        return;
      }
    } else if (written == 0 || errno != EINTR) {
      return;
    }
  }
}

}  // namespace

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view locale = environment(name);
    if (!locale.empty()) {
      return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
    }
  }
  return false;
}

LiveScreen::LiveScreen(int file_descriptor) : file_descriptor_(file_descriptor) {
  const std::string_view kind = environment("TERM");
  terminal_ = ::isatty(file_descriptor) == 1 && !kind.empty() && kind != "dumb";
  style_.colour = terminal_ && environment("NO_COLOR").empty();
  style_.unicode = locale_is_utf8();
}

LiveScreen::~LiveScreen() {
  finish();
}

void LiveScreen::show(const Progress& progress) {
  if (finished_) {
    return;
  }
  if (terminal_) {
    show_frame(progress);
  } else {
    show_line(progress);
  }
}

void LiveScreen::finish() {
  if (!finished_ && !pending_line_.empty()) {
    write_all(file_descriptor_, pending_line_ + "\n");
  }
  finished_ = true;
}

void LiveScreen::show_frame(const Progress& progress) {
  const ScreenSize size = size_of_terminal(file_descriptor_);
  // The last column stays empty: a cursor behind it would make "erase to the end of the line" take its character.
  const std::string text = render(progress, {std::max(size.columns - 1, 20U), size.rows}, style_);
  // No line may wrap while the frame is drawn: the next frame counts lines to find its way up.
  std::string frame = "\x1b[?25l\x1b[?7l";
  if (lines_drawn_ > 0 && size != size_drawn_) {
    // A terminal that changes its size may wrap the old lines, and then their places are not known.
    frame += "\x1b[H\x1b[J";
  } else if (lines_drawn_ > 0) {
    frame += fmt::format("\r\x1b[{}A", lines_drawn_);
  }
  for (const char c : text) {
    frame += c == '\n' ? "\x1b[K\n" : std::string(1, c);
  }
  frame += "\x1b[J\x1b[?7h\x1b[?25h";
  lines_drawn_ = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  size_drawn_ = size;
  write_all(file_descriptor_, frame);
}

void LiveScreen::show_line(const Progress& progress) {
  pending_line_ = render_line(progress);
  if (progress.elapsed_ns >= next_line_ns_) {
    write_all(file_descriptor_, pending_line_ + "\n");
    pending_line_.clear();
    next_line_ns_ = (progress.elapsed_ns / line_interval_ns + 1) * line_interval_ns;
  }
}

}  // namespace stalemate
