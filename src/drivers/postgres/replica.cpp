#include "drivers/postgres/replica.hpp"

#include <chrono>
#include <string>
#include <thread>

#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

constexpr std::chrono::milliseconds replay_again{2};

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
  const Result<ResultPointer> written = source->run("SELECT pg_current_wal_insert_lsn()");
  if (!written) {
    return std::unexpected(written.error());
  }
  // The position was made by the server and holds digits and a slash.
  const std::string question = "SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() >= '" +
                               std::string(::PQgetvalue(written->get(), 0, 0)) + "', false)";
  const std::string name = "the replica at " + url_without_password(replica.url);
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
