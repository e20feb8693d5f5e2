// lost-reply: a request takes effect, but its reply never arrives; the caller sees a timeout and goes on.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view lost_reply_example = "update 1%";
constexpr CallsTaken lost_reply_taken = {.deed = "left without an answer", .roles = every_role};

Result<ConfiguredFault> parse_lost_reply(std::string_view text) {
  return parse_call_fault(text, {.example = lost_reply_example, .taken = lost_reply_taken, .trouble = lost_reply});
}

const bool lost_reply_registered =
    FaultRegistry::add({"lost-reply", "a request takes effect; its caller sees a timeout", lost_reply_example,
                        "update: lost-reply 1%", parse_lost_reply});

}  // namespace
}  // namespace stalemate
