// MariaDB or MySQL as the place of a table of the user's.
#pragma once

#include "drivers/mariadb/options.hpp"
#include "drivers/sql/own_table/own_rows.hpp"

namespace stalemate {

/// Errors: of the connection. Blocks.
[[nodiscard]] Result<std::unique_ptr<OwnRowsLink>> open_mariadb_rows(const MariaDbOptions& options);

}  // namespace stalemate
