#include "drivers/postgres/stock_claim.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

#include "drivers/url.hpp"

namespace stalemate {
namespace {

// Locks are counted by database; the second number tells schemas apart. The numbers are only ours by their odds.
constexpr const char* lock_text =
    "SELECT pg_try_advisory_lock(hashtext('the table stock of stalemate'), hashtext(coalesce(current_schema(), '')))";

// Sessions of clients: other kinds have slots of their own. What kind a session of somebody else is may be hidden.
constexpr const char* room_text =
    "SELECT current_setting('max_connections')::INT,"
    " CASE current_setting('is_superuser') WHEN 'on' THEN 0"
    " ELSE current_setting('superuser_reserved_connections')::INT END,"
    " (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datid IS NOT NULL AND usesysid IS NOT NULL"
    " AND coalesce(backend_type, 'client backend') = 'client backend')";

// A session ends a little after its client: the last run may be over, but its lock not gone.
constexpr int attempts_max = 20;
constexpr std::chrono::milliseconds attempt_interval{50};

// A crashed run's claim lasts no longer; a live one survives a failover of the range that holds its row.
constexpr std::chrono::seconds lease_length{6};

long long number_in(const PGresult* row, int column) {
  return std::atoll(::PQgetvalue(row, 0, column));
}

}  // namespace

Result<StockClaim> StockClaim::take(const std::vector<PostgresOptions>& nodes,
                                    const std::function<void(const std::string& words)>& tell) {
  const PostgresOptions& options = nodes.front();
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  StockClaim claim(std::move(*connection));
  if (claim.connection_.dialect() == Dialect::cockroach) {
    Result<std::unique_ptr<StockLease>> lease = StockLease::take(nodes, lease_length, tell);
    if (!lease) {
      return std::unexpected(lease.error());
    }
    claim.lease_ = std::move(*lease);
    return claim;
  }
  for (int attempt = 1; attempt <= attempts_max; ++attempt) {
    const Result<ResultPointer> locked = claim.connection_.run(lock_text);
    if (!locked) {
      return std::unexpected(locked.error());
    }
    if (std::string_view(::PQgetvalue(locked->get(), 0, 0)) == "t") {
      return claim;
    }
    std::this_thread::sleep_for(attempt_interval);
  }
  return failed(ErrorCode::unavailable, "another run of stalemate is using the table 'stock' of " +
                                            url_without_password(options.url) +
                                            "; wait until it has ended, or give this run a database of its own");
}

Result<void> StockClaim::check_room(const PostgresOptions& options, std::uint32_t clients, std::uint32_t connections) {
  if (connection_.dialect() == Dialect::cockroach) {
    return {};
  }
  const Result<ResultPointer> row = connection_.run(room_text);
  if (!row) {
    return std::unexpected(row.error());
  }
  const long long allowed = number_in(row->get(), 0);
  const long long reserved = number_in(row->get(), 1);
  const long long used = number_in(row->get(), 2);
  const long long left = std::max(0LL, allowed - reserved - used);
  if (connections <= left) {
    return {};
  }
  return failed(ErrorCode::unavailable,
                std::to_string(clients) + " clients need " + std::to_string(connections) + " connections, but " +
                    url_without_password(options.url) + " has " + std::to_string(left) + " left: max_connections is " +
                    std::to_string(allowed) + ", " + std::to_string(used) + " are in use and " +
                    std::to_string(reserved) +
                    " kept for superusers; ask for fewer with --clients, or raise max_connections");
}

}  // namespace stalemate
