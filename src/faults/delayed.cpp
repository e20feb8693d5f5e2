// delayed: a request is on its way for so long that the caller sees a timeout and goes on; it takes effect so long
// after that as the clause says, over a connection of its own.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "fill 20ms 2s..5s";
constexpr CallsTaken taken = {.deed = "carried out late", .roles = every_role};

Result<ConfiguredFault> parse(std::string_view text) {
  return parse_call_fault(
      text, {.example = example, .taken = taken, .trouble = delayed_request, .amount = &CallTrouble::late_ns});
}

const bool registered =
    FaultRegistry::add({"delayed", "a request takes effect late, when its caller has seen a timeout and gone on",
                        example, "fill: delayed 20ms 2s..5s", parse});

}  // namespace
}  // namespace stalemate
