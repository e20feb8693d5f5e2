#include "drivers/postgres/stock/stock_claim.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>

#include "core/text/number_text.hpp"
#include "drivers/postgres/stock/stock_lease.hpp"
#include "drivers/postgres/stock/stock_lock.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

// Sessions of clients: other kinds have separate slots. The kind of another user's session may be hidden.
constexpr const char* room_text =
    "SELECT current_setting('max_connections')::INT,"
    " CASE current_setting('is_superuser') WHEN 'on' THEN 0"
    " ELSE current_setting('superuser_reserved_connections')::INT END,"
    " (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datid IS NOT NULL AND usesysid IS NOT NULL"
    " AND coalesce(backend_type, 'client backend') = 'client backend')";

// A crashed run's claim lasts no longer; a live one survives a failover of the range that holds its row.
constexpr std::chrono::seconds lease_length{6};

Result<Dialect> dialect_of(const PostgresOptions& options) {
  const Result<BlockingConnection> connection = BlockingConnection::open(options);
  return connection ? Result<Dialect>(connection->dialect()) : std::unexpected(connection.error());
}

Result<std::unique_ptr<KeptClaim>> keep_claim(Dialect dialect, const std::vector<PostgresOptions>& nodes,
                                              const std::function<void(const std::string& words)>& tell) {
  if (dialect == Dialect::cockroach) {
    return StockLease::take(nodes, lease_length, tell);
  }
  return StockLock::take(nodes);
}

long long number_in(const PGresult* row, int column) {
  return std::atoll(::PQgetvalue(row, 0, column));
}

}  // namespace

Result<StockClaim> StockClaim::take(const std::vector<PostgresOptions>& nodes,
                                    const std::function<void(const std::string& words)>& tell) {
  const Result<Dialect> dialect = dialect_of(nodes.front());
  Result<std::unique_ptr<KeptClaim>> kept =
      dialect ? keep_claim(*dialect, nodes, tell) : std::unexpected(dialect.error());
  if (!kept) {
    return std::unexpected(kept.error());
  }
  StockClaim claim(std::move(*kept), *dialect);
  if (nodes.size() > 1) {
    if (const Result<void> one = claim.check_nodes(nodes); !one) {
      return std::unexpected(one.error());
    }
  }
  return claim;
}

// On two databases each would have its own rows, and half of the reads would seem to be stale. What cannot be reached
// is told elsewhere, and left out until the claim has looked at it.
Result<void> StockClaim::check_nodes(const std::vector<PostgresOptions>& nodes) {
  const std::vector<std::size_t> in_doubt = nodes.front().nodes->in_doubt();
  std::string with;
  std::string without;
  std::vector<std::size_t> not_asked;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    if (std::ranges::find(in_doubt, node) != in_doubt.end()) {
      not_asked.push_back(node);
      continue;
    }
    PostgresOptions alone = nodes[node];
    alone.nodes = nullptr;
    Result<BlockingConnection> connection = BlockingConnection::open(alone);
    if (!connection && another_node_may_do(connection.error().code)) {
      not_asked.push_back(node);
      continue;
    }
    if (!connection) {
      return std::unexpected(connection.error());
    }
    const Result<bool> seen = connection->dialect() == dialect_ ? kept_->is_seen_by(*connection) : false;
    if (!seen) {
      return std::unexpected(seen.error());
    }
    std::string& url = *seen ? with : without;
    url = url.empty() ? url_without_password(alone.url) : url;
  }
  if (without.empty()) {
    // Where none could be asked all of them are as they were.
    for (std::size_t place = 0; !with.empty() && place < not_asked.size(); ++place) {
      nodes.front().nodes->leave_out(not_asked[place]);
    }
    return {};
  }
  return failed(ErrorCode::wrong_type, "--db: " + without + " is not the same database as " +
                                           (with.empty() ? "the others" : with) +
                                           ", since this run's claim on the database is not seen there; several "
                                           "--db are for the nodes of one cluster, so name one of the two");
}

Result<void> StockClaim::check_room(const PostgresOptions& options, std::uint32_t clients, std::uint32_t connections) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  if (connection->dialect() == Dialect::cockroach) {
    return {};
  }
  const Result<ResultPointer> row = connection->run(room_text);
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
  const auto number = [](long long count) { return static_cast<std::uint64_t>(std::max(0LL, count)); };
  return failed(ErrorCode::unavailable,
                with_thousands(clients) + " clients need " + with_thousands(connections) + " connections, but " +
                    url_without_password(options.url) + " has " + with_thousands(number(left)) +
                    " left: max_connections is " + with_thousands(number(allowed)) + ", " +
                    with_thousands(number(used)) + " are in use and " + with_thousands(number(reserved)) +
                    " kept for superusers; ask for fewer with --clients, or raise max_connections");
}

}  // namespace stalemate
