// The one table of what a scenario file may say. Parsing, flags, ranges, writing, results and docs are made from it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/asked_setting.hpp"
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
  /// The value for results; nullptr where another key reports it.
  SettingValue (*told)(const Scenario& scenario);
  /// Why the setting has no effect in this scenario; empty where it has one, nullptr where it always has.
  std::string (*idle)(const Scenario& scenario);
};

/// In the order of the docs. The texts live forever.
[[nodiscard]] std::span<const Field> fields();

/// The field of that key, or nullptr.
[[nodiscard]] const Field* find_field(std::string_view key);

/// All keys, in the same order.
[[nodiscard]] std::span<const std::string_view> field_keys();

/// " (did you mean 'X'?)" for a word that is no key: the key that other tools call so, else the nearest; "" if none.
[[nodiscard]] std::string key_hint(std::string_view word);

}  // namespace stalemate
