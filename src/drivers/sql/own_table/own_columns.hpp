// Whether a table of the user's is one that a run can work on, by what the database's catalogue says of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "drivers/sql/own_table/own_table.hpp"

namespace stalemate {

/// What a column can be for a run.
enum class ColumnKind : std::uint8_t {
  number,        ///< of 32 or 64 bits, so that it can be a value
  small_number,  ///< only of a key
  text,          ///< texts and uuids
  other
};

/// A column as the catalogue has it.
struct OwnColumnFacts {
  std::string name = {};
  ColumnKind kind = ColumnKind::other;
  std::string type = {};             ///< for people
  std::string type_in_sql = {};      ///< as OwnColumn::type
  std::string loose_collation = {};  ///< under which different texts may be equal; empty: it has none such
  bool is_generated = false;         ///< from other columns
  bool is_touched = false;           ///< by every UPDATE, unless it is told the column's own value
};

/// A table as the catalogue has it.
struct OwnTableFacts {
  SqlStyle style = {};
  std::vector<OwnColumnFacts> columns = {};
  /// An index that keeps rows apart, and one of its columns, each in turn; that column is empty where the index is of
  /// something else than whole columns.
  struct UniqueColumn {
    std::string index = {};
    std::string column = {};
  };
  std::vector<UniqueColumn> unique = {};
  std::vector<std::string> effects = {};  ///< what an UPDATE sets off, such as "the trigger noting"
  std::string number_types = {};          ///< for people, such as "integer or bigint"
};

/// The table's columns that the dataset names, without rows.
/// Errors: wrong_type, one sentence: there is no such column; one of a type that is not supported; a text of the key
/// that may equal another one; nothing that keeps keys unique; effects that would change more than is put back.
/// Requires: check_dataset.
[[nodiscard]] Result<OwnTableParts> own_table_parts(const OwnTableFacts& found, const Dataset& data);

/// wrong_type: there is no table of that name; `hint` ends the sentence.
[[nodiscard]] std::unexpected<Error> no_own_table(const Dataset& data, std::string_view hint);
/// wrong_type: the table is not one that can be worked on; `why` ends the sentence.
[[nodiscard]] std::unexpected<Error> unfit_own_table(const Dataset& data, std::string_view why);

}  // namespace stalemate
