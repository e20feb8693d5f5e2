// delay: calls are sent later by a fixed time, as if the store were farther away; they are answered all the same.
//
// A call given by name has that delay, whatever that of its group is.
#include <algorithm>
#include <bit>

#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view delay_example = "db=15ms,cache=2ms";
constexpr CallsTaken delayable = {.deed = "delayed", .roles = every_role};

// Takes from each group the calls that have a delay of their own at all times.
Result<ConfiguredFault> with_own_delays(ConfiguredFault fault) {
  unsigned named = 0;
  for (const CallClause& clause : fault.clauses) {
    named |= std::popcount(clause.calls) == 1 && clause.is_unconditional() ? clause.calls : 0U;
  }
  for (CallClause& clause : fault.clauses) {
    if (std::popcount(clause.calls) == 1) {
      continue;
    }
    clause.calls = static_cast<RoleMask>(clause.calls & ~named);
    if (clause.calls == 0) {
      return failed(ErrorCode::wrong_type,
                    clause.word + ": each of its calls has a delay of its own here, so leave it out");
    }
  }
  return fault;
}

Result<ConfiguredFault> parse_delay(std::string_view text) {
  Result<ConfiguredFault> fault =
      parse_call_fault(text, {.example = delay_example, .taken = delayable, .amount = &CallTrouble::delay_ns});
  return fault ? with_own_delays(std::move(*fault)) : std::move(fault);
}

const bool delay_registered =
    FaultRegistry::add({"delay", "calls are sent later, and answered", delay_example, "db: delay 15ms", parse_delay});

}  // namespace
}  // namespace stalemate
