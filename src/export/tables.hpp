// Ops and steps as tables, for formats that hold rows and columns.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "record/history.hpp"

namespace stalemate {

/// What a column's cells are. `name` is one of the column's names, by number.
enum class CellType : std::uint8_t { int32, uint32, int64, uint64, name };

/// One column of a table whose rows are `Record`s.
template <class Record>
struct TableColumn {
  std::string name = {};  ///< ends in its unit where it has one
  CellType type = CellType::int32;
  bool is_nullable = false;
  std::vector<std::string> names = {};  ///< of a column of names
  /// The number in the row, of a uint64 its bits, of a name its place in `names`; none where the cell is empty.
  std::function<std::optional<std::int64_t>(const Record& row)> cell = {};
};

/// The columns of a table of the history's ops, and of its steps. Keys, clients and values are numbers unless the
/// history has names for them. Requires: the history outlives them.
[[nodiscard]] std::vector<TableColumn<OpRecord>> op_columns(const History& history);
[[nodiscard]] std::vector<TableColumn<StepRecord>> step_columns(const History& history);

}  // namespace stalemate
