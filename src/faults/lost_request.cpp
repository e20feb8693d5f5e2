// lost-request: a request never arrives at its store; its caller sees a timeout and goes on.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view lost_request_example = "invalidate n=3";
constexpr CallsTaken lost_request_taken = {.deed = "lost", .roles = every_role};

Result<ConfiguredFault> parse_lost_request(std::string_view text) {
  return parse_call_fault(text,
                          {.example = lost_request_example, .taken = lost_request_taken, .trouble = lost_request});
}

const bool lost_request_registered =
    FaultRegistry::add({"lost-request", "a request never arrives; its caller sees a timeout", lost_request_example,
                        "invalidate: lost-request n=3", parse_lost_request});

}  // namespace
}  // namespace stalemate
