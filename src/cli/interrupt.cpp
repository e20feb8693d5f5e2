#include "cli/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>
#include <utility>

#include "cli/exit_code.hpp"

namespace stalemate {
namespace {

std::atomic<int> watched = 0;
std::atomic<bool> noted = false;
std::atomic<bool> line_is_drawn = false;
std::atomic<const Farewell*> farewell = nullptr;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free &&
                  std::atomic<const Farewell*>::is_always_lock_free,
              "a signal's handler may touch nothing else");

void leave(int /*signal_number*/) {
  if (watched > 0 && !noted.exchange(true)) {
    return;
  }
  leave_interrupted();
}

}  // namespace

// Only what a signal's handler may call.
void leave_interrupted() {
  constexpr std::string_view take_away = "\r\x1b[K";
  // A closed standard error is not an error.
  const auto tell = [](std::string_view text) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  };
  if (line_is_drawn) {
    tell(take_away);
  }
  bool is_told = false;
  for (const Farewell* last = farewell; last != nullptr; last = last->before_) {
    if (!last->only_with_.empty() && ::access(last->only_with_.c_str(), F_OK) != 0) {
      continue;
    }
    tell(last->line_);
    is_told = true;
    if (!last->unfinished_.empty()) {
      ::unlink(last->unfinished_.c_str());
    }
  }
  if (!is_told) {
    tell("stalemate: interrupted\n");
  }
  _exit(static_cast<int>(ExitCode::interrupted));
}

void note_line_drawn(bool is_drawn) {
  line_is_drawn = is_drawn;
}

Farewell::Farewell(const std::string& sentence, std::string unfinished, std::string only_with)
    : line_("stalemate: " + sentence + "\n"),
      unfinished_(std::move(unfinished)),
      only_with_(std::move(only_with)),
      before_(farewell) {
  farewell = this;
}

Farewell::~Farewell() {
  farewell = before_;
}

void end_at_interrupt() {
  struct sigaction action = {};
  action.sa_handler = leave;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal_number : {SIGINT, SIGTERM}) {
    sigaction(signal_number, &action, nullptr);
  }
  // Under nohup the signal is ignored, and stays so.
  struct sigaction before = {};
  if (sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
    sigaction(SIGHUP, &action, nullptr);
  }
}

InterruptWatch::InterruptWatch() {
  ++watched;
}

InterruptWatch::~InterruptWatch() {
  --watched;
}

bool InterruptWatch::is_on() {
  return watched > 0;
}

bool InterruptWatch::came() {
  return noted;
}

}  // namespace stalemate
