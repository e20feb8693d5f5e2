// The user's rows of a run with [data]: whether they may be used, and what is kept of them until they are put back.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "cli/stores/stores_wanted.hpp"
#include "core/error.hpp"
#include "engines/live_store.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// Whether the command line goes with the scenarios' [data]. Errors: wrong_type, a sentence that names the option.
[[nodiscard]] Result<void> check_rows_of_user(std::span<const Scenario> scenarios, const StoresWanted& wanted);

/// The file in StoresWanted::rows_folder that puts the rows back; it is there only while they are changed.
/// Requires: the scenario has data.
[[nodiscard]] std::filesystem::path rows_file(const Scenario& scenario, const StoresWanted& wanted);

/// What the stores are told of the user's rows; nullptr where the scenario has none.
/// Errors: wrong_type: the file of an earlier run is still there, so its rows may not be as they were.
[[nodiscard]] Result<std::shared_ptr<RowsOfUser>> rows_of_user(const Scenario& scenario, const StoresWanted& wanted);

/// A sentence: the rows were not put back, because of `trouble`, and how that is done by hand, if the file is there.
[[nodiscard]] std::string words_of_rows_left(const Scenario& scenario, const StoresWanted& wanted,
                                             const std::string& trouble);
/// The same of a run that ends at once while the file is there.
[[nodiscard]] std::string words_of_rows_in_doubt(const Scenario& scenario, const StoresWanted& wanted);

}  // namespace stalemate
