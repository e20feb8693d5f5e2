// The table stock: made, marked as ours, filled and removed. For start-up and shut-down: every call blocks.
#pragma once

#include <cstdint>

#include "core/error.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/sql/foreign_table.hpp"

namespace stalemate {

/// Leaves a table `stock` with exactly the rows of keys 0 to `keys` - 1 at initial_value and nothing else. It
/// is made where there is none and marked as ours by its comment, 'made by stalemate'. With options.row_versions it has
/// a column `version`, 1 at first, else not; with options.outbox there is an empty table stock_outbox beside it.
/// Errors, all with outcome `fail`: a table that is not ours (the sentence names --replace), ours with other columns
/// (says which), no permission, no server. An error leaves an existing table as it was.
/// `told` hears now and then how many rows there are. Requires: keys > 0.
[[nodiscard]] Result<void> prepare_stock_table(const PostgresOptions& options, std::uint32_t keys, ForeignTable foreign,
                                               const RowsTold& told = {});

/// Drops the table if it is ours; true if it was. One that is not ours is left alone.
[[nodiscard]] Result<bool> drop_stock_table(const PostgresOptions& options);

}  // namespace stalemate
