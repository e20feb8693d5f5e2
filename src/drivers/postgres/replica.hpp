// Sessions with a PostgreSQL that has a hot standby.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>
#include <span>
#include <utility>

#include "drivers/postgres/options.hpp"
#include "drivers/postgres/session.hpp"
#include "drivers/store_session.hpp"

namespace stalemate {

/// One session with the primary, and one with the standby, of which read_replica asks. Thread rule: as DatabaseSession.
class SessionWithReplica final : public DatabaseSession {
 public:
  SessionWithReplica(boost::asio::io_context& context, PostgresOptions primary, PostgresOptions replica)
      : primary_(context, std::move(primary)), replica_(context, std::move(replica)) {}
  /// Errors: of the first that cannot be reached. The facts are the primary's.
  Task<Result<SessionFacts>> connect() override;
  Task<Result<std::optional<Row>>> read(Key key) override { return primary_.read(key); }
  Task<Result<Written>> write(Key key, Value value) override { return primary_.write(key, value); }
  Task<Result<Written>> write_with_message(Key key, Value value) override {
    return primary_.write_with_message(key, value);
  }
  Task<Result<Written>> write_rolled_back(Key key, Value value) override {
    return primary_.write_rolled_back(key, value);
  }
  Task<Result<Written>> write_if(Key key, Value value, Value expected) override {
    return primary_.write_if(key, value, expected);
  }
  Task<Result<std::optional<Row>>> read_replica(Key key) override { return replica_.read(key); }
  Task<Result<void>> read_rows(Key first, std::span<Value> values) override {
    return primary_.read_rows(first, values);
  }

 private:
  PostgresSession primary_;
  PostgresSession replica_;
};

/// Waits until the standby has all that the primary has by now, for replica.connect_limit_ns at most. Blocks.
/// Errors: a sentence for people, outcome `fail`, also where the server is no standby or does not follow.
[[nodiscard]] Result<void> wait_for_replica(const PostgresOptions& primary, const PostgresOptions& replica);

}  // namespace stalemate
