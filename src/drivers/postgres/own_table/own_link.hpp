// PostgreSQL as the place of a table of the user's.
#pragma once

#include "drivers/postgres/options.hpp"
#include "drivers/sql/own_table/own_rows.hpp"

namespace stalemate {

/// Errors: wrong_type of a CockroachDB; of the connection. Blocks.
[[nodiscard]] Result<std::unique_ptr<OwnRowsLink>> open_postgres_rows(const PostgresOptions& options);

}  // namespace stalemate
