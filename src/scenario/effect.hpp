// Settings of a scenario that have no effect: a skew of keys that are chosen evenly, a fault on calls that its pattern
// never makes. They are refused, so that nobody believes they were tested.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// Why the key's setting has no effect in this scenario; empty where it has one. A pattern that is not registered is
/// assumed to make every call. Requires: a key of scenario_fields().
[[nodiscard]] std::string why_idle(const Scenario& scenario, std::string_view key);

/// A fault's text, split at its commas.
struct FaultParts {
  std::string live = {};        ///< the parts that can hit something, as text
  std::string first_idle = {};  ///< the first that cannot; empty if all can
  std::string why = {};         ///< why it cannot
};

/// A text that the fault cannot parse counts as one that can hit something.
[[nodiscard]] FaultParts parts_of_fault(const Scenario& scenario, std::string_view name, std::string_view text);

/// The key's setting at its default.
void reset_field(Scenario& scenario, std::string_view key);

/// Checks that every setting that is not at its default, and every part of every fault, has an effect.
/// Errors: wrong_type, a sentence that begins with the key.
[[nodiscard]] Result<void> check_effects(const Scenario& scenario);

}  // namespace stalemate
