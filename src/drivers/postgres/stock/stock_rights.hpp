// What the database's user must be allowed to do with the tables of a run. On CockroachDB everything is taken to be
// allowed.
#pragma once

#include "core/error.hpp"
#include "drivers/postgres/blocking_connection.hpp"

namespace stalemate {

/// May the table `stock` that is there be read, emptied, filled and changed?
/// Errors: authentication: names the user, the rights that are missing and the statement that grants them.
[[nodiscard]] Result<void> check_use_of_stock(BlockingConnection& connection);

/// What is going to be made anew before a run.
struct StockWork {
  bool drops_stock = false;
  bool makes_stock = false;
  bool makes_outbox = false;  ///< and drops the one that is there
};

/// May the tables be dropped and made? Errors: authentication: names the user and the owner or the schema, and what
/// would be right; unknown_table: there is no schema to make them in.
[[nodiscard]] Result<void> check_making_of_tables(BlockingConnection& connection, const StockWork& work);

}  // namespace stalemate
