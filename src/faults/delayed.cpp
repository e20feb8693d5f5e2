// delayed: a request is on its way for so long that the caller sees a timeout and goes on; it takes effect so long
// after that as the clause says, over a connection of its own.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view delayed_example = "fill 20ms 2s..5s";
constexpr CallsTaken delayed_taken = {.deed = "carried out late", .roles = every_role};

Result<ConfiguredFault> parse_delayed(std::string_view text) {
  return parse_call_fault(text, {.example = delayed_example,
                                 .taken = delayed_taken,
                                 .trouble = delayed_request,
                                 .amount = &CallTrouble::late_ns});
}

const bool delayed_registered =
    FaultRegistry::add({"delayed", "a request takes effect late, when its caller has seen a timeout and gone on",
                        delayed_example, "fill: delayed 20ms 2s..5s", parse_delayed});

}  // namespace
}  // namespace stalemate
