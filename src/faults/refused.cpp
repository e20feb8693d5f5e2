// refused: the database carries a write out, rolls it back and says so: what a constraint, a trigger or a transaction
// that has to give way does. The write's outcome is `fail`: its value is nobody's to read.
//
// It hits every update of the row, a client's and one that a background part makes.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view refused_example = "update=1%";
constexpr CallsTaken refusable = {
    .deed = "rolled back", .roles = role_bit(Role::update), .why_no_other = "only a write of the row can be"};

Result<ConfiguredFault> parse_refused(std::string_view text) {
  return parse_call_fault(text, {.example = refused_example, .taken = refusable, .trouble = refused_write});
}

const bool refused_registered = FaultRegistry::add({"refused", "the database rolls a write back and tells the writer",
                                                    refused_example, "update: refused 1%", parse_refused, "refuse"});

}  // namespace
}  // namespace stalemate
