// How a session with a PostgreSQL or CockroachDB server is set up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/types.hpp"

namespace stalemate {

class DatabaseNodes;
class PostgresOwnTable;

/// Which server speaks PostgreSQL's protocol. `detect` asks it.
enum class Dialect : std::uint8_t { detect, postgres, cockroach };

/// The isolation level a session asks for. `server_default` asks for none.
enum class Isolation : std::uint8_t { server_default, read_committed, repeatable_read, serializable };

struct PostgresOptions {
  std::string url = {};  ///< postgres://USER:PASSWORD@HOST:PORT/DATABASE, and all libpq takes
  /// Where the database is a cluster: its nodes, of which a session takes another where one cannot be reached; `url`
  /// is then one of theirs. None: the server at `url`, and no other.
  std::shared_ptr<DatabaseNodes> nodes = {};
  std::size_t session = 0;  ///< the session's number, which decides which node it tries first
  Nanoseconds connect_limit_ns =
      5'000'000'000;                        ///< for a whole connect, from the first byte to the prepared statements
  Nanoseconds op_limit_ns = 5'000'000'000;  ///< for one attempt of a call
  std::uint8_t retries_max = 10;            ///< after SQLSTATE 40001 or 40P01
  Isolation isolation = Isolation::server_default;
  Dialect dialect = Dialect::detect;
  bool row_versions = false;  ///< the table has a column `version`, which every write counts up
  std::shared_ptr<const PostgresOwnTable> own_table = {};  ///< the user's, in place of the table stock
  bool outbox = false;                                     ///< there is a table stock_outbox, for write_with_message
  /// A write may be a delete (core/absent_row.hpp), and others insert what is missing.
  bool rows_may_be_absent = false;
};

}  // namespace stalemate
