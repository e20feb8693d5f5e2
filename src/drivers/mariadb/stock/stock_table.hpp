// The table stock of a MariaDB: made, marked as ours, and filled. For start-up: the call blocks.
#pragma once

#include <cstdint>

#include "core/error.hpp"
#include "drivers/mariadb/options.hpp"
#include "drivers/sql/foreign_table.hpp"

namespace stalemate {

/// Leaves a table `stock` with exactly the rows of keys 0 to `keys` - 1 at initial_value and nothing else, and with a
/// column `version`, 1 at first, by which the order of a key's writes is known. It is marked as ours by its comment,
/// 'made by stalemate' and a word that no other preparation has. With options.outbox there is an empty table
/// stock_outbox beside it.
/// The table is made under another name, and takes the place of the one that was there in one step: an error leaves
/// that one as it was. Errors, all with outcome `fail`: a table that is not ours (the sentence names --replace), ours
/// with other columns (says which), no permission, no server. `told` hears now and then how many rows there are.
/// Requires: keys > 0.
[[nodiscard]] Result<void> prepare_mariadb_stock(const MariaDbOptions& options, std::uint32_t keys,
                                                 ForeignTable foreign, const RowsTold& told = {});

}  // namespace stalemate
