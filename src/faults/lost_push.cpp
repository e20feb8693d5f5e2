// lost-push: an invalidation that the cache pushes to an application server never arrives.
#include "core/faults/call_names.hpp"
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view lost_push_example = "push 5%";

Result<ConfiguredFault> parse_lost_push(std::string_view text) {
  const CallsTaken lost_push_taken = {.deed = "lost on its way to a server",
                                      .roles = find_call("push")->calls,
                                      .why_no_other = "only a push is sent by the cache"};
  return parse_call_fault(text,
                          {.example = lost_push_example, .taken = lost_push_taken, .trouble = {.takes_effect = false}});
}

const bool lost_push_registered =
    FaultRegistry::add({"lost-push", "an invalidation pushed to an application server never arrives", lost_push_example,
                        "push: lost-push 5%", parse_lost_push});

}  // namespace
}  // namespace stalemate
