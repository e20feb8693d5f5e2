#include "cli/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>

#include "cli/exit_code.hpp"

namespace stalemate {
namespace {

std::atomic<bool> watched = false;
std::atomic<bool> noted = false;
std::atomic<bool> line_is_drawn = false;
std::atomic<const Farewell*> farewell = nullptr;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<const Farewell*>::is_always_lock_free,
              "a signal's handler may touch nothing else");

void leave(int /*signal_number*/) {
  if (watched && !noted.exchange(true)) {
    return;
  }
  leave_interrupted();
}

}  // namespace

// Only what a signal's handler may call.
void leave_interrupted() {
  std::string_view line = "stalemate: interrupted\n";
  if (const Farewell* last = farewell) {
    line = last->line_;
  }
  constexpr std::string_view take_away = "\r\x1b[K";
  // A closed standard error is not an error.
  const auto tell = [](std::string_view text) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  };
  if (line_is_drawn) {
    tell(take_away);
  }
  tell(line);
  _exit(static_cast<int>(ExitCode::interrupted));
}

void note_line_drawn(bool is_drawn) {
  line_is_drawn = is_drawn;
}

Farewell::Farewell(const std::string& sentence) : line_("stalemate: " + sentence + "\n") {
  farewell = this;
}

Farewell::~Farewell() {
  farewell = nullptr;
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
  watched = true;
}

InterruptWatch::~InterruptWatch() {
  watched = false;
}

bool InterruptWatch::came() {
  return noted;
}

}  // namespace stalemate
