#include "drivers/postgres/replica.hpp"

#include <chrono>
#include <string>
#include <thread>

#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/url.hpp"

namespace stalemate {

Task<Result<SessionFacts>> SessionWithReplica::connect() {
  const Result<SessionFacts> standby = co_await replica_.connect();
  if (!standby) {
    co_return std::unexpected(standby.error());
  }
  Result<SessionFacts> facts = co_await primary_.connect();
  co_return facts;
}

namespace {

constexpr std::chrono::milliseconds replay_again{2};

// Made with the server's data, and the same in every copy of it; empty where this user may not see it.
std::string origin_of(BlockingConnection& connection) {
  const Result<ResultPointer> row = connection.run("SELECT system_identifier FROM pg_catalog.pg_control_system()");
  return row ? std::string(::PQgetvalue(row->get(), 0, 0)) : std::string();
}

// A standby of another server may be further ahead in a log of its own.
Result<void> check_same_origin(BlockingConnection& primary, BlockingConnection& standby, const std::string& name,
                               const std::string& primary_url) {
  const std::string of_primary = origin_of(primary);
  const std::string of_standby = origin_of(standby);
  if (of_primary.empty() || of_standby.empty() || of_primary == of_standby) {
    return {};
  }
  return failed(ErrorCode::unsupported, name + " is no standby of " + url_without_password(primary_url) +
                                            ": it was made from another server's data");
}

}  // namespace

Result<void> wait_for_replica(const PostgresOptions& primary, const PostgresOptions& replica) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(replica.connect_limit_ns);
  Result<BlockingConnection> source = BlockingConnection::open(primary);
  if (!source) {
    return std::unexpected(source.error());
  }
  Result<BlockingConnection> standby = BlockingConnection::open(replica);
  if (!standby) {
    return std::unexpected(standby.error());
  }
  const std::string name = "the replica at " + url_without_password(replica.url);
  if (const Result<void> same = check_same_origin(*source, *standby, name, primary.url); !same) {
    return same;
  }
  const Result<ResultPointer> written = source->run("SELECT pg_current_wal_insert_lsn()");
  if (!written) {
    return std::unexpected(written.error());
  }
  // The position was made by the server and holds digits and a slash.
  const std::string question = "SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() >= '" +
                               std::string(::PQgetvalue(written->get(), 0, 0)) + "', false)";
  while (true) {
    const Result<ResultPointer> state = standby->run(question.c_str());
    if (!state) {
      return std::unexpected(state.error());
    }
    const auto is_true = [&](int column) { return ::PQgetvalue(state->get(), 0, column)[0] == 't'; };
    if (!is_true(0)) {
      return failed(ErrorCode::unsupported, name + " is no standby: it follows no other server");
    }
    if (is_true(1)) {
      return {};
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return failed(ErrorCode::timed_out, name + " does not follow the database within the time limit");
    }
    std::this_thread::sleep_for(replay_again);
  }
}

}  // namespace stalemate
