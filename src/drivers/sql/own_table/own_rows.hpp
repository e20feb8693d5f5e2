// Rows of the user's for the length of a run: found, kept aside, and put back. For start-up and shut-down: every call
// blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "drivers/cache/entry_names.hpp"
#include "drivers/sql/own_table/own_columns.hpp"
#include "drivers/sql/own_table/own_table.hpp"

namespace stalemate {

/// Cells as texts; std::nullopt is NULL.
using NullableRows = std::vector<std::vector<std::optional<std::string>>>;

/// A connection with the database that has the table. Errors of all calls: what the server answered.
class OwnRowsLink {
 public:
  virtual ~OwnRowsLink() = default;
  /// What the catalogue says of the table. Errors: as locate.
  [[nodiscard]] Result<OwnTableFacts> find(const Dataset& data);
  /// Begins a transaction, and keeps others from writing to the table, which stands in quotes, until it ends. It waits
  /// for those who are writing, but not for long.
  [[nodiscard]] virtual Result<void> begin(const std::string& table) = 0;
  /// Runs one statement; returns its rows.
  [[nodiscard]] virtual Result<NullableRows> rows(const std::string& statement) = 0;
  /// Runs statements, a ';' between two of them; how many rows they found. After an error nothing of the transaction
  /// stays.
  [[nodiscard]] virtual Result<std::uint64_t> change(const std::string& statements) = 0;
  [[nodiscard]] virtual Result<void> commit() = 0;

 protected:
  /// How people and statements write there.
  [[nodiscard]] virtual OwnTableFacts nothing_found() const = 0;
  /// What names the table in queries of the catalogue, which the three below are given.
  /// Errors: also wrong_type, one sentence: there is no such table, or it is not one that can be worked on.
  [[nodiscard]] virtual Result<std::string> locate(const Dataset& data) = 0;
  [[nodiscard]] virtual Result<void> find_columns(OwnTableFacts& found, const std::string& place) = 0;
  [[nodiscard]] virtual Result<void> find_unique(OwnTableFacts& found, const std::string& place) = 0;
  [[nodiscard]] virtual Result<void> find_effects(OwnTableFacts& found, const std::string& place) = 0;

  /// Runs statements one after the other, up to the first that fails.
  [[nodiscard]] Result<void> run_each(std::initializer_list<std::string> statements);
  /// Runs a query and calls `row` with the cells of each row, NULL an empty text.
  [[nodiscard]] Result<void> read_each(const std::string& query,
                                       const std::function<void(const std::vector<std::string>& cells)>& row);
};
using OpenOwnRows = std::function<Result<std::unique_ptr<OwnRowsLink>>()>;

/// Hear of the rows before any of them is changed: what their entries are called, then the SQL that puts them back.
/// Errors: the rows are left as they are.
using HearNames = std::function<Result<void>(const std::shared_ptr<const EntryNames>& names)>;
using KeepRows = std::function<Result<void>(const std::string& sql)>;

struct OwnRows {
  std::shared_ptr<const OwnTable> table = {};
  std::vector<std::string> undo = {};  ///< statements that put all rows back, many to a text
};

/// Finds the table and its first `count` rows in the order of their keys, has names heard and rows kept, and sets every
/// value to initial_value and counts every version up; all rows or none.
/// Errors: wrong_type, one sentence about what of the table does not fit the dataset; what the server answered; of
/// those who hear. With outcome `info` it is not known whether the rows were changed. Requires: count > 0;
/// check_dataset.
[[nodiscard]] Result<OwnRows> take_own_rows(const OpenOwnRows& open, const Dataset& data, std::uint32_t count,
                                            const HearNames& names, const KeepRows& keep);

/// Waits for statements on the table that are under way, and puts the rows back; all or none. It tries again for a
/// while where the server cannot be reached. Returns how many rows are not there any more; all others are as they were.
/// Errors: what the server answered.
[[nodiscard]] Result<std::uint64_t> put_own_rows_back(const OpenOwnRows& open, const OwnRows& rows);

}  // namespace stalemate
