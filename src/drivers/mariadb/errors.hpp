// What the errors of MariaDB and MySQL mean to us: the one table of this driver.
#pragma once

#include <string_view>

#include "core/error.hpp"
#include "drivers/sql/sql_phase.hpp"

namespace stalemate {

/// What the server, or the client library, said of an error.
struct MariaDbError {
  unsigned number = 0;          ///< the server's are 1000 to 1999 and from 3000, the library's 2000 to 2999 and 5000 on
  std::string_view state = {};  ///< the five letters of SQLSTATE, HY000 for all that has none of its own
  std::string_view message = {};  ///< a sentence
};

/// | number or SQLSTATE | code | outcome of a statement | of a COMMIT |
/// | --- | --- | --- | --- |
/// | 1213 (deadlock), 1020 (changed since it was read) | serialization_failure | fail | fail |
/// | 1205 (waited too long for a lock), 1317, 1969, 3024 (interrupted) | unavailable | fail | info |
/// | 1021, 1037, 1038, 1040, 1041, 1114, 1135, 1203, 1226 (out of room) | unavailable | fail | info |
/// | 1290, 1792, 1836 (read-only) | unavailable | fail | info |
/// | 1044, 1045, 1130, 1142, 1143, 1227, 1251, 1524, 1698, 1820, 1862 and 28 (not allowed) | authentication | fail |
/// info | | 1049 | unknown_database | fail | info | | 1054, 1146 and 42S02, 42S22 (no such table, column) |
/// unknown_table | fail | info | | 1366 and 22 (wrong value or type) | wrong_type | fail | info | | 23 | constraint |
/// fail | fail | | 1180 (the commit failed) | unavailable | info | info | | other 40 (rolled back) | refused_by_server
/// | fail | fail | | 1153 (too large a packet) | refused_by_server | fail | info | | 1053, 1927, 4031 and 08 (the
/// connection ends) | unavailable | info | info | | 2002, 2003, 2005 (nobody there) | connection_refused | fail | fail
/// | | 2006, 2013, 5013, 5014 (the connection was lost) | connection_lost | info | info | | 2059, 2061 (a login that
/// the library does not know) | authentication | fail | fail | | any other of the library's | protocol | info | info |
/// | any other of the server's | refused_by_server | fail | info |
/// While connecting everything is `fail`, and a connection that is lost was refused.
/// A statement that is its own transaction and ends in an error is rolled back by the server; only those of a
/// connection that ends can come between the commit and the answer.
[[nodiscard]] Error mariadb_error(const MariaDbError& error, SqlPhase phase);

/// Whether the transaction was undone for another's sake and may be tried again.
[[nodiscard]] bool is_conflict(const MariaDbError& error);

/// Whether nothing more can be done with the connection that the error came over.
[[nodiscard]] bool ends_connection(const MariaDbError& error);

}  // namespace stalemate
