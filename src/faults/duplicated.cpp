// duplicated: a request takes effect and is answered, and takes effect again so long after that as the clause says.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view duplicated_example = "update 10ms 1%";
constexpr CallsTaken duplicated_taken = {
    .deed = "made twice", .roles = changing_roles, .why_no_other = "a second one would change nothing"};

Result<ConfiguredFault> parse_duplicated(std::string_view text) {
  return parse_call_fault(text, {.example = duplicated_example,
                                 .taken = duplicated_taken,
                                 .trouble = duplicated_request,
                                 .amount = &CallTrouble::late_ns});
}

const bool duplicated_registered =
    FaultRegistry::add({"duplicated", "a request takes effect twice, the second time at any later moment",
                        duplicated_example, "update: duplicated 10ms 1%", parse_duplicated});

}  // namespace
}  // namespace stalemate
