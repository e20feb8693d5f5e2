#include "cli/text/waiting.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "cli/interrupt.hpp"
#include "cli/run/run_job.hpp"
#include "core/try_start.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

using namespace std::chrono_literals;

constexpr auto silence = 2s;
constexpr auto redraw_every = 200ms;

bool is_terminal(int file_descriptor) {
  const char* const kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): the program never changes it
  return ::isatty(file_descriptor) == 1 && kind != nullptr && std::string_view(kind) != "" &&
         std::string_view(kind) != "dumb";
}

// Standard error may be gone; what is shown is not the result.
void write_out(std::string_view text) {
  const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
  static_cast<void>(ignored);
}

}  // namespace

Waiting::Waiting(std::string who, bool shown, Listener listener)
    : who_(std::move(who)), listener_(std::move(listener)), terminal_(is_terminal(STDERR_FILENO)) {
  if (!shown) {
    return;
  }
  Result<std::thread> thread = try_start("to show what is done", [this] { return std::thread([this] { run(); }); });
  if (thread) {
    thread_ = std::move(*thread);
  }
}

Waiting::~Waiting() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    erase();
  }
  changed_.notify_all();
  thread_.join();
}

void Waiting::next(std::string what) {
  const std::lock_guard lock(mutex_);
  erase();
  if (listener_ && !what.empty()) {
    listener_(who_, what, "");
  }
  what_ = std::move(what);
  how_far_.clear();
  begin_ = Clock::now();
  speak_at_ = begin_ + silence;
}

void Waiting::reached(std::string how_far) {
  const std::lock_guard lock(mutex_);
  how_far_ = std::move(how_far);
  if (listener_ && !what_.empty()) {
    listener_(who_, what_, how_far_);
  }
}

void Waiting::run() {
  std::unique_lock lock(mutex_);
  while (!over_) {
    if (!what_.empty() && Clock::now() >= speak_at_) {
      draw();
    }
    // The next message may be due earlier than the pending one.
    changed_.wait_for(lock, redraw_every);
  }
}

void Waiting::draw() {
  if (!terminal_) {
    write_out(line() + " ...\n");
    speak_at_ = begin_ + 2 * (Clock::now() - begin_);
    return;
  }
  // The last column stays empty, as on the screen of a run.
  const std::string text = line();
  drawn_ = true;
  note_line_drawn(true);
  write_out(fmt::format("\r{}\x1b[K", cut_to_width(text, columns_of(STDERR_FILENO) - 1)));
}

void Waiting::erase() {
  if (std::exchange(drawn_, false)) {
    write_out("\r\x1b[K");
    note_line_drawn(false);
  }
}

std::function<void(const std::string& engine)> ready_list(Waiting& waiting) {
  waiting.reached("ready: none");
  struct List {
    std::mutex mutex = {};
    std::string engines = {};
  };
  return [&waiting, list = std::make_shared<List>()](const std::string& engine) {
    const std::lock_guard lock(list->mutex);
    list->engines += (list->engines.empty() ? "" : ", ") + engine;
    waiting.reached("ready: " + list->engines);
  };
}

std::string Waiting::line() const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begin_).count();
  return fmt::format("{}{}{}, {} s{}{}", who_, who_.empty() ? "" : ": ", what_, seconds, how_far_.empty() ? "" : ": ",
                     how_far_);
}

}  // namespace stalemate
