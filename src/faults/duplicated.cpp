// duplicated: a request takes effect and is answered, and takes effect again so long after that as the clause says.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "update 10ms 1%";
constexpr CallsTaken taken = {
    .deed = "made twice", .roles = changing_roles, .why_no_other = "a second one would change nothing"};

Result<ConfiguredFault> parse(std::string_view text) {
  return parse_call_fault(
      text, {.example = example, .taken = taken, .trouble = duplicated_request, .amount = &CallTrouble::late_ns});
}

const bool registered =
    FaultRegistry::add({"duplicated", "a request takes effect twice, the second time at any later moment", example,
                        "update: duplicated 10ms 1%", parse});

}  // namespace
}  // namespace stalemate
