// lost-reply: a request takes effect, but its reply never arrives; the caller sees a timeout and goes on.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "update 1%";
constexpr CallsTaken taken = {.deed = "left without an answer", .roles = every_role};

Result<ConfiguredFault> parse(std::string_view text) {
  return parse_call_fault(text, {.example = example, .taken = taken, .trouble = lost_reply});
}

const bool registered = FaultRegistry::add(
    {"lost-reply", "a request takes effect; its caller sees a timeout", example, "update: lost-reply 1%", parse});

}  // namespace
}  // namespace stalemate
