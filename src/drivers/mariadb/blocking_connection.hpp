// A libmariadb connection that blocks: for the statements of start-up and shut-down.
#pragma once

#include <string>
#include <string_view>

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

 private:
  explicit MariaDbConnection(MysqlPointer connection) : connection_(std::move(connection)) {}

  MysqlPointer connection_;
};

}  // namespace stalemate
