// A libpq connection that blocks: for the statements of start-up and shut-down.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "drivers/postgres/connection.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// Errors of all functions have outcome `fail` where nothing can have happened, else `info`.
class BlockingConnection {
 public:
  /// Of a cluster, to the first node that can be reached. Waits no longer than options.connect_limit_ns.
  [[nodiscard]] static Result<BlockingConnection> open(const PostgresOptions& options);

  [[nodiscard]] Dialect dialect() const { return dialect_; }
  /// The connection itself, to be used without blocking from now on. Requires: this object is not used afterwards.
  [[nodiscard]] ConnectionPointer release() && { return std::move(connection_); }
  /// Runs one statement.
  [[nodiscard]] Result<ResultPointer> run(const char* statement);
  /// The same, waiting no longer than `limit_ns`. Errors: also timed_out; the connection cannot be used after that.
  [[nodiscard]] Result<ResultPointer> run_within(const char* statement, Nanoseconds limit_ns);
  /// Runs statements, a ';' between two of them; how many rows all of them changed.
  [[nodiscard]] Result<std::uint64_t> change(const char* statements);
  /// COPY ... FROM STDIN: first the statement, then lines in any portions, then the end, which tells how it went.
  [[nodiscard]] Result<void> begin_copy(const char* statement);
  [[nodiscard]] Result<void> copy(std::string_view lines);
  [[nodiscard]] Result<void> end_copy();

 private:
  static Result<BlockingConnection> open_one(const PostgresOptions& options, const std::string& url,
                                             Nanoseconds limit_ns);
  explicit BlockingConnection(ConnectionPointer connection) : connection_(std::move(connection)) {}
  [[nodiscard]] Result<ResultPointer> checked(ResultPointer result) const;
  [[nodiscard]] Error last_error(const PGresult* result) const;

  ConnectionPointer connection_;
  Dialect dialect_ = Dialect::postgres;
};

}  // namespace stalemate
