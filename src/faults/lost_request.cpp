// lost-request: a request never arrives at its store; its caller sees a timeout and goes on.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "invalidate n=3";
constexpr CallsTaken taken = {.deed = "lost", .roles = every_role};

Result<ConfiguredFault> parse(std::string_view text) {
  return parse_call_fault(text, {.example = example, .taken = taken, .trouble = lost_request});
}

const bool registered = FaultRegistry::add({"lost-request", "a request never arrives; its caller sees a timeout",
                                            example, "invalidate: lost-request n=3", parse});

}  // namespace
}  // namespace stalemate
