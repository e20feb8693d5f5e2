// Rows of the user's for the length of a run: found, kept aside, and put back. For start-up and shut-down: every call
// blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "drivers/cache/entry_names.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/postgres/own_table/own_table.hpp"

namespace stalemate {

/// Hears the SQL that puts the rows back, before any of them is changed. Errors: the rows are left as they are.
using KeepRows = std::function<Result<void>(const std::string& sql)>;

struct OwnRows {
  std::shared_ptr<const OwnTable> table = {};
  std::shared_ptr<const EntryNames> entries = {};
  std::vector<std::string> undo = {};  ///< statements that put all rows back, each a part of them
};

/// Finds the table and its first `count` rows in the order of their keys, has `keep` keep what puts them back, and sets
/// every value to initial_value and counts every version up; all rows or none.
/// Errors: wrong_type, one sentence about what of the table does not fit the dataset; what the server answered; of
/// `keep`. With outcome `info` it is not known whether the rows were changed. Requires: count > 0; check_dataset.
[[nodiscard]] Result<OwnRows> take_own_rows(const PostgresOptions& options, const Dataset& data, std::uint32_t count,
                                            const KeepRows& keep);

/// Waits for statements on the table that are under way, and puts the rows back; all or none. It tries again for a
/// while where the server cannot be reached. Returns how many rows are not there any more; all others are as they were.
/// Errors: what the server answered.
[[nodiscard]] Result<std::uint32_t> put_own_rows_back(const PostgresOptions& options, const OwnRows& rows);

}  // namespace stalemate
