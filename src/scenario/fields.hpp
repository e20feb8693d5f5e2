// The one table of what a scenario file may say: from it come parsing, flags, ranges, writing and the docs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "scenario/field_value.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// One key and the field behind it.
struct Field {
  ScenarioField about;
  /// Stores a value that has the field's kind; its range is for `check`.
  Result<void> (*set)(Scenario& scenario, std::string_view key, const FieldValue& value);
  /// Is the field's value in range?
  Result<void> (*check)(const Scenario& scenario, std::string_view key);
  /// The value as TOML; empty where to_toml leaves the key out.
  std::string (*show)(const Scenario& scenario);
};

/// In the order of the docs. The texts live forever.
[[nodiscard]] std::span<const Field> fields();

/// The field of that key, or nullptr.
[[nodiscard]] const Field* find_field(std::string_view key);

/// All keys, in the same order.
[[nodiscard]] std::span<const std::string_view> field_keys();

/// The key that sets the same thing in another way (read_every and read_rate); empty if there is none.
[[nodiscard]] std::string_view rival_of(std::string_view key);

}  // namespace stalemate
