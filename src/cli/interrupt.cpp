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
static_assert(std::atomic<bool>::is_always_lock_free, "a signal's handler may touch nothing else");

// Only what a signal's handler may call.
void leave(int /*signal_number*/) {
  if (watched && !noted.exchange(true)) {
    return;
  }
  constexpr std::string_view sentence = "stalemate: interrupted\n";
  const ssize_t ignored = ::write(STDERR_FILENO, sentence.data(), sentence.size());
  static_cast<void>(ignored);
  _exit(static_cast<int>(ExitCode::interrupted));
}

}  // namespace

void end_at_interrupt() {
  struct sigaction action = {};
  action.sa_handler = leave;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal_number : {SIGINT, SIGTERM}) {
    sigaction(signal_number, &action, nullptr);
  }
  // nohup has it ignored, and ignored it stays.
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
