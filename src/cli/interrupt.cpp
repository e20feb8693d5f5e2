#include "cli/interrupt.hpp"

#include <unistd.h>

#include <csignal>
#include <string_view>

#include "cli/exit_code.hpp"

namespace stalemate {
namespace {

// Only what a signal's handler may call.
void leave(int /*signal_number*/) {
  constexpr std::string_view sentence = "stalemate: interrupted\n";
  const ssize_t ignored = ::write(STDERR_FILENO, sentence.data(), sentence.size());
  static_cast<void>(ignored);
  _exit(static_cast<int>(ExitCode::interrupted));
}

}  // namespace

void end_at_interrupt() {
  struct sigaction action = {};
  action.sa_handler = leave;
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

}  // namespace stalemate
