// A session with PostgreSQL or CockroachDB: the Database port over libpq, without ever blocking.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "drivers/postgres/options.hpp"
#include "drivers/store_session.hpp"

namespace stalemate {

class PostgresEngine;

/// One connection, which is opened by `connect` or by the first call, and again by the first call after it was lost
/// and a back-off has passed (5 ms, doubling up to 1 s). A call during the back-off fails at once, outcome `fail`.
/// Of a cluster (options.nodes), a connection that was lost is made anew to another node, and only where no node can be
/// reached the back-off begins.
/// Calls time out within `op_limit_ns` and at most 20 ms more; the connection is then closed, because a late answer
/// could be taken for another call's.
/// Thread rule: lives on the thread that runs `context`; one call at a time. A session may be destroyed while a call
/// waits: the call is then never resumed, and its Task is safe to destroy.
class PostgresSession final : public SqlSession {
 public:
  PostgresSession(boost::asio::io_context& context, PostgresOptions options);
  ~PostgresSession() override;
  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;

  /// Connects, sets the isolation level and asks the server who it is. The table need not exist yet.
  /// Errors: a sentence for people; outcome `fail`.
  Task<Result<SessionFacts>> connect() override;

  /// Errors of the calls: as `postgres/errors.hpp` says. `Written::version` is the engine's commit-order token.
  Task<Result<std::optional<Row>>> read(Key key) override;
  Task<Result<Written>> write(Key key, Value value) override;
  /// Requires: options.outbox.
  Task<Result<Written>> write_with_message(Key key, Value value) override;
  Task<Result<Written>> write_rolled_back(Key key, Value value) override;
  /// Requires: the table is stock.
  Task<Result<Written>> write_if(Key key, Value value, Value expected) override;
  Task<Result<void>> read_rows(Key first, std::span<Value> values) override;

  Task<Result<std::vector<std::vector<std::string>>>> ask(std::string statement) override;

  /// Ends the connection; a later call opens a new one. Requires: no call is waiting.
  void close();

 private:
  std::unique_ptr<PostgresEngine> engine_;
};

}  // namespace stalemate
