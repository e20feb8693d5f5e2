// skip: calls that are not made and count as done, each with a chance of its own: the origin's failures.
//
// A skipped `update` is a write acknowledged but never applied; a skipped `invalidate` leaves the old entry; a skipped
// `fill` costs one more miss. A lookup or a load cannot be skipped: nobody could say what it answered.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view skip_example = "fill=1%,update=1%,invalidate=1%";
constexpr CallsTaken skippable = {.deed = "skipped",
                                  .roles = roles_of(Role::fill, Role::update, Role::invalidate, Role::refresh),
                                  .why_no_other = "it would have no answer"};

Result<ConfiguredFault> parse_skip(std::string_view text) {
  return parse_call_fault(text, {.example = skip_example, .taken = skippable, .trouble = skipped_call});
}

const bool skip_registered = FaultRegistry::add(
    {"skip", "calls that are not made and count as done", skip_example, "update: skip 1%", parse_skip});

}  // namespace
}  // namespace stalemate
