// libmariadb's objects under owners, and what a connection needs before it can be made.
#pragma once

#include <mysql.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "drivers/mariadb/errors.hpp"
#include "drivers/url.hpp"

namespace stalemate {

struct MysqlDeleter {
  void operator()(MYSQL* connection) const { ::mysql_close(connection); }
};
using MysqlPointer = std::unique_ptr<MYSQL, MysqlDeleter>;

/// To be released after its connection: then nothing is sent.
struct StatementDeleter {
  void operator()(MYSQL_STMT* statement) const { ::mysql_stmt_close(statement); }
};
using StatementPointer = std::unique_ptr<MYSQL_STMT, StatementDeleter>;

struct RowsDeleter {
  void operator()(MYSQL_RES* rows) const { ::mysql_free_result(rows); }
};
using RowsPointer = std::unique_ptr<MYSQL_RES, RowsDeleter>;

/// A row a line, all cells as texts; NULL is an empty one.
using TextRows = std::vector<std::vector<std::string>>;
[[nodiscard]] TextRows text_rows(MYSQL_RES* rows);
/// The same, but that NULL is std::nullopt.
[[nodiscard]] std::vector<std::vector<std::optional<std::string>>> nullable_rows(MYSQL_RES* rows);

/// Where to connect to, with the host resolved.
struct MariaDbTarget {
  MariaDbAddress address = {};
  std::vector<std::string> hosts = {};  ///< numeric, best first; one empty one for a unix socket
};

/// Blocks for as long as the system's resolver does.
/// Errors: a URL that cannot be read, a host that cannot be resolved; outcome `fail`.
[[nodiscard]] Result<MariaDbTarget> mariadb_target(const std::string& url);

/// An object to connect with: no configuration file, no local files, UTF-8. Never null.
[[nodiscard]] MysqlPointer make_mysql();

/// What we ask of every connection: rows that an UPDATE found are counted whether it changed them or not, and a text
/// may hold several statements.
inline constexpr unsigned long mariadb_client_flags = CLIENT_FOUND_ROWS | CLIENT_MULTI_STATEMENTS;

/// What the library has to say of its last call. The views live until the next one.
[[nodiscard]] MariaDbError last_error_of(MYSQL* connection);
[[nodiscard]] MariaDbError last_error_of(MYSQL_STMT* statement);

/// Why a connection could not be made; outcome `fail`, without the password.
[[nodiscard]] Error mariadb_connection_error(const MariaDbError& error, const std::string& url,
                                             const MariaDbAddress& address);

/// What a server says of its version, "10.11.6-MariaDB-0+deb12u1" or "8.0.36", taken apart.
struct MariaDbVersion {
  std::string engine = {};   ///< "MariaDB" or "MySQL"
  std::string version = {};  ///< "10.11.6"
};
[[nodiscard]] MariaDbVersion parse_mariadb_version(std::string_view text);

}  // namespace stalemate
