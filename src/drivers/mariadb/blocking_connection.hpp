// A libmariadb connection that blocks: for the statements of start-up and shut-down.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "drivers/mariadb/connection.hpp"
#include "drivers/mariadb/options.hpp"

namespace stalemate {

/// Errors of all functions have outcome `fail` where nothing can have happened, else `info`.
class MariaDbConnection {
 public:
  /// Waits no longer than options.connect_limit_ns, in whole seconds, and at least one. Where `silence_limit_ns` is not
  /// 0, a statement that is not answered within it ends the connection.
  [[nodiscard]] static Result<MariaDbConnection> open(const MariaDbOptions& options, Nanoseconds silence_limit_ns = 0);

  /// Runs one statement; returns its rows.
  [[nodiscard]] Result<TextRows> run(std::string_view statement);
  [[nodiscard]] Result<std::vector<std::vector<std::optional<std::string>>>> run_with_nulls(std::string_view statement);
  /// Runs statements that answer with no rows, a ';' between two of them; how many rows all of them found. The server
  /// stops at the first that fails.
  [[nodiscard]] Result<std::uint64_t> change(std::string_view statements);

 private:
  [[nodiscard]] std::unexpected<Error> last_failure() const;
  [[nodiscard]] Result<RowsPointer> rows_of(std::string_view statement);
  explicit MariaDbConnection(MysqlPointer connection) : connection_(std::move(connection)) {}

  MysqlPointer connection_;
};

}  // namespace stalemate
