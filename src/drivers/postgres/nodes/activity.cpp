#include "drivers/postgres/nodes/activity.hpp"

#include <cstdlib>

namespace stalemate {
namespace {

constexpr const char* activity_text =
    "SELECT count(*) FILTER (WHERE wait_event IS NULL), count(*) FILTER (WHERE wait_event_type = 'Lock'),"
    " count(*) FILTER (WHERE wait_event_type NOT IN ('Lock', 'Client', 'Activity'))"
    " FROM pg_catalog.pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
    " AND datname = current_database() AND usename = current_user"
    " AND application_name = current_setting('application_name')";

constexpr Nanoseconds answer_limit_ns = 2'000'000'000;

}  // namespace

Result<ActivityWatch> ActivityWatch::open(const PostgresOptions& options) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  if (connection->dialect() == Dialect::cockroach) {
    return failed(ErrorCode::unsupported, "CockroachDB does not say what its sessions wait for");
  }
  return ActivityWatch(std::move(*connection));
}

Result<SessionActivity> ActivityWatch::look() {
  const Result<ResultPointer> row = connection_.run_within(activity_text, answer_limit_ns);
  if (!row) {
    return std::unexpected(row.error());
  }
  const auto number = [&](int column) {
    return static_cast<std::uint32_t>(std::strtoul(::PQgetvalue(row->get(), 0, column), nullptr, 10));
  };
  return SessionActivity{.running = number(0), .waiting_for_locks = number(1), .waiting_otherwise = number(2)};
}

}  // namespace stalemate
