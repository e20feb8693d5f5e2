// Whether a table of the user's is one that a run can work on.
#pragma once

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/own_table/own_table.hpp"

namespace stalemate {

/// The table's columns that the dataset names, with their types and without rows.
/// Errors: wrong_type, one sentence: there is no such table or column; a column of a type that is not supported; a text
/// of the key that may equal another one; nothing that keeps keys unique; triggers or rules that would change more than
/// is put back; what the server answered. Requires: check_dataset.
[[nodiscard]] Result<OwnTableParts> find_own_columns(BlockingConnection& connection, const Dataset& data);

}  // namespace stalemate
