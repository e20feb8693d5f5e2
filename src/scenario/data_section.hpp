// The section [data] of a scenario: its keys, and what else of the scenario goes with a table of the user's.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// Its keys as "data.KEY", for people; set_field knows none of them. The texts live forever.
[[nodiscard]] std::span<const ScenarioField> data_fields();

/// Sets one key of the section. Whether all of it makes sense is for check_dataset.
/// Errors: wrong_type: an unknown key, with the nearest; several texts where one is wanted.
[[nodiscard]] Result<void> set_data(Dataset& data, std::string_view key, std::vector<std::string> texts);

/// The section as TOML, its head included.
[[nodiscard]] std::string data_toml(const Dataset& data);

/// Whether engines, pattern and faults can work on such a table; without one they can. Requires: they are registered.
/// Errors: wrong_type, a sentence that begins with the key and says what is lacking; of a pattern with those that work.
[[nodiscard]] Result<void> check_data(const Scenario& scenario);

}  // namespace stalemate
