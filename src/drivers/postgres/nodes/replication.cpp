#include "drivers/postgres/nodes/replication.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "core/text/duration.hpp"
#include "drivers/postgres/blocking_connection.hpp"

namespace stalemate {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds count_again{200};

std::uint64_t count_in(const PGresult* row, int column) {
  return std::strtoull(::PQgetvalue(row, 0, column), nullptr, 10);
}

Result<Replication> look(BlockingConnection& connection, ReplicationScope scope, unsigned replicas) {
  const Result<ResultPointer> row = connection.run(replication_text(scope, replicas).c_str());
  if (!row) {
    return std::unexpected(row.error());
  }
  if (::PQntuples(row->get()) != 1 || ::PQnfields(row->get()) != 2) {
    return failed(ErrorCode::protocol, "the database does not count its ranges as it was asked to");
  }
  return Replication{replicas, count_in(row->get(), 0), count_in(row->get(), 1)};
}

}  // namespace

ReplicationStep next_step(const Replication& seen, Nanoseconds waited_ns, Nanoseconds limit_ns) {
  if (seen.ranges > 0 && seen.complete >= seen.ranges) {
    return ReplicationStep::done;
  }
  return waited_ns < limit_ns ? ReplicationStep::wait : ReplicationStep::give_up;
}

std::string describe(const Replication& seen, ReplicationScope scope) {
  const std::string of_all = std::to_string(seen.ranges) + (seen.ranges == 1 ? " range" : " ranges") +
                             (scope == ReplicationScope::stock_table ? " of the table stock" : "");
  const std::string replicas = std::to_string(seen.replicas) + (seen.replicas == 1 ? " replica" : " replicas");
  if (next_step(seen, 0, 0) == ReplicationStep::done) {
    return (seen.ranges == 1 ? "the " : "all ") + of_all + (seen.ranges == 1 ? " has " : " have ") + replicas;
  }
  const std::uint64_t missing = seen.ranges - std::min(seen.complete, seen.ranges);
  return std::to_string(missing) + " of " + of_all + (missing == 1 ? " has" : " have") + " fewer than " + replicas;
}

std::string replication_text(ReplicationScope scope, unsigned replicas) {
  return "SELECT count(*), count(*) FILTER (WHERE array_length(replicas, 1) >= " + std::to_string(replicas) +
         ") FROM " +
         (scope == ReplicationScope::cluster ? "crdb_internal.ranges_no_leases" : "[SHOW RANGES FROM TABLE stock]");
}

std::string describe(const ReplicationWait& wait) {
  const std::string state = describe(wait.last, wait.scope);
  const std::string waited = format_duration_short(wait.waited_ns);
  return wait.is_done() ? state + ", after " + waited
                        : state + " after " + waited + ": if the node that holds them dies, all work ends";
}

Result<ReplicationWait> wait_for_replication(const PostgresOptions& options, ReplicationScope scope, unsigned replicas,
                                             Nanoseconds limit_ns,
                                             const std::function<void(const std::string&)>& tell) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  // A query must not outlast the wait; a server that does not accept the setting is queried anyway.
  const Result<ResultPointer> limited = connection->run("SET statement_timeout = '10s'");
  static_cast<void>(limited);
  const SteadyClock::time_point start = SteadyClock::now();
  while (true) {
    const Result<Replication> seen = look(*connection, scope, replicas);
    if (!seen) {
      return std::unexpected(seen.error());
    }
    const ReplicationWait wait = {*seen, scope, std::chrono::nanoseconds(SteadyClock::now() - start).count()};
    if (next_step(*seen, wait.waited_ns, limit_ns) != ReplicationStep::wait) {
      return wait;
    }
    if (tell) {
      tell(describe(*seen, scope));
    }
    std::this_thread::sleep_for(count_again);
  }
}

}  // namespace stalemate
