// Reads from a hot standby beside a session with its primary.
#pragma once

#include "core/ports.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/postgres/session.hpp"

namespace stalemate {

/// The primary's session, but that read_replica asks the standby. Thread rule: as its sessions.
class DatabaseWithReplica final : public Database {
 public:
  DatabaseWithReplica(PostgresSession& primary, PostgresSession& replica) : primary_(primary), replica_(replica) {}
  Task<Result<std::optional<Row>>> read(Key key) override { return primary_.read(key); }
  Task<Result<Written>> write(Key key, Value value) override { return primary_.write(key, value); }
  Task<Result<Written>> write_with_message(Key key, Value value) override {
    return primary_.write_with_message(key, value);
  }
  Task<Result<Written>> write_rolled_back(Key key, Value value) override {
    return primary_.write_rolled_back(key, value);
  }
  Task<Result<std::optional<Row>>> read_replica(Key key) override { return replica_.read(key); }

 private:
  PostgresSession& primary_;
  PostgresSession& replica_;
};

/// Waits until the standby has all that the primary has by now, for replica.connect_limit_ns at most. Blocks.
/// Errors: a sentence for people, outcome `fail`, also where the server is no standby or does not follow.
[[nodiscard]] Result<void> wait_for_replica(const PostgresOptions& primary, const PostgresOptions& replica);

}  // namespace stalemate
