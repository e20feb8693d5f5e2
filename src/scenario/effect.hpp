// What of a scenario changes nothing in it: a skew of keys that are chosen evenly, a fault of calls its pattern never
// makes. Such a thing is refused, so that nobody takes it for tried.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// Why the key's setting changes nothing, in such a scenario; empty where it has an effect. A pattern that is not
/// registered is taken to make every call. Requires: a key of scenario_fields().
[[nodiscard]] std::string why_idle(const Scenario& scenario, std::string_view key);

/// A fault's text, told apart at its commas.
struct FaultParts {
  std::string live = {};        ///< the parts that can hit something, as text
  std::string first_idle = {};  ///< the first that cannot; empty if all can
  std::string why = {};         ///< why it cannot
};

/// A text that the fault does not take counts as one that can hit something.
[[nodiscard]] FaultParts parts_of_fault(const Scenario& scenario, std::string_view name, std::string_view text);

/// The key's setting at its default.
void reset_field(Scenario& scenario, std::string_view key);

/// Every setting that is not at its default, and every part of every fault, changes something.
/// Errors: wrong_type, a sentence that begins with the key.
[[nodiscard]] Result<void> check_effects(const Scenario& scenario);

}  // namespace stalemate
