// crash: the process that is about to make a call dies. The call and all that its op would do behind it are not done;
// nobody is told how the op ended. Its client begins its next op as a new process; a background part begins its round
// again. The memory of the application server lives on, since other clients of that server use it.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view crash_example = "invalidate n=3";
constexpr CallsTaken crash_taken = {.deed = "what a process dies at", .roles = every_role};

Result<ConfiguredFault> parse_crash(std::string_view text) {
  return parse_call_fault(text, {.example = crash_example, .taken = crash_taken, .crash = true});
}

const bool crash_registered = FaultRegistry::add(
    {"crash", "a process dies before it makes a call", crash_example, "invalidate: crash n=3", parse_crash});

}  // namespace
}  // namespace stalemate
