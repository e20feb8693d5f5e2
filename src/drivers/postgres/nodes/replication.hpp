// How far a CockroachDB has copied its ranges to its nodes. One that has just begun has them all on its first node, and
// takes half a minute to copy them; if that node dies before, all work ends.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/error.hpp"
#include "core/types.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// How long a private CockroachDB may take until every range is on all its nodes; half a minute is usual.
inline constexpr Nanoseconds replication_limit_ns = 120'000'000'000;

/// Whose ranges.
enum class ReplicationScope : std::uint8_t { cluster, stock_table };

/// One look at the ranges.
struct Replication {
  unsigned replicas = 3;       ///< how many every range should have
  std::uint64_t ranges = 0;    ///< all of the scope
  std::uint64_t complete = 0;  ///< those that have as many replicas, or more
  friend bool operator==(const Replication&, const Replication&) = default;
};

/// What to do after a look.
enum class ReplicationStep : std::uint8_t { done, wait, give_up };

/// `done` once there are ranges and all are complete; `give_up` where they are not and the time is over.
[[nodiscard]] ReplicationStep next_step(const Replication& seen, Nanoseconds waited_ns, Nanoseconds limit_ns);

/// "all 32 ranges have 3 replicas", or "27 of 32 ranges have fewer than 3 replicas"; "of the table stock" behind the
/// ranges where they are that table's.
[[nodiscard]] std::string describe(const Replication& seen, ReplicationScope scope);

/// The statement that counts: one row of two columns, Replication::ranges and ::complete. CockroachDB takes it from
/// v20.1 on. Source: CockroachDB documentation, "crdb_internal" and "SHOW RANGES".
[[nodiscard]] std::string replication_text(ReplicationScope scope, unsigned replicas);

/// How a wait ended.
struct ReplicationWait {
  Replication last = {};
  ReplicationScope scope = ReplicationScope::cluster;
  Nanoseconds waited_ns = 0;
  [[nodiscard]] bool is_done() const { return next_step(last, waited_ns, never) == ReplicationStep::done; }
};

/// "all 32 ranges have 3 replicas, 24.1 s after it was first looked", or what is not replicated and what that means.
[[nodiscard]] std::string describe(const ReplicationWait& wait);

/// Looks again and again until every range has `replicas` replicas or the time is over; `tell` hears of every look how
/// far it is. Blocks. Errors: what cannot be seen, with the server's words, such as for want of rights.
[[nodiscard]] Result<ReplicationWait> wait_for_replication(const PostgresOptions& options, ReplicationScope scope,
                                                           unsigned replicas, Nanoseconds limit_ns,
                                                           const std::function<void(const std::string&)>& tell);

}  // namespace stalemate
