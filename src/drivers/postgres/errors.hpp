// What SQL errors mean to us: the one table of this driver.
#pragma once

#include <string_view>

#include "core/error.hpp"
#include "drivers/sql/sql_phase.hpp"

namespace stalemate {

/// What a server said of an error.
struct SqlError {
  std::string_view state = {};    ///< the five letters of SQLSTATE; empty where the connection just ended
  std::string_view message = {};  ///< the server's sentence
  bool connection_ends = false;   ///< severity FATAL or PANIC
};

/// | SQLSTATE | code | outcome of a statement | of a COMMIT |
/// | --- | --- | --- | --- |
/// | 40001, 40P01 | serialization_failure | fail | fail |
/// | 40003 (cannot tell whether it was done) | refused_by_server | info | info |
/// | other 40 (rolled back) | refused_by_server | fail | fail |
/// | 23 | constraint | fail | fail |
/// | 28, 42501 (not allowed) | authentication | fail | info |
/// | 3D | unknown_database | fail | info |
/// | 42P01, 42703, 3F (no such table, column, schema) | unknown_table | fail | info |
/// | 22, 42804, 42846, 42883 (wrong value or type) | wrong_type | fail | info |
/// | 25006 (read-only), 53 (out of room), 55P03, 57014 | unavailable | fail | info |
/// | 57P01 to 57P05, 58, F0, XX, 08 | unavailable | info | info |
/// | anything else, such as 0A, 25, 42, P0 and states that users make up | refused_by_server | fail | info |
/// An error that ends the connection is `info` whatever its state: 57P01 (the server is told to stop) can come between
/// the commit and the answer, 57P02 (another process crashed) at any time. While connecting everything is `fail`.
/// An ERROR in a statement that is its own transaction means that PostgreSQL has rolled it back; it raises none once
/// the commit record is written.
[[nodiscard]] Error sql_error(const SqlError& error, SqlPhase phase);

/// Whether the transaction was undone for another's sake and may be tried again: 40001 and 40P01.
[[nodiscard]] bool worth_a_retry(std::string_view sql_state);

/// The SQLSTATE and sentence in the verbose text libpq gives when a connection cannot be made; what it has not is left
/// empty. The views are into `text`.
[[nodiscard]] SqlError sql_error_in_text(std::string_view text);

/// What libpq says, up to the end of its first line. The view is into `text`.
[[nodiscard]] std::string_view first_line(std::string_view text);

}  // namespace stalemate
