// A witness replayed on real servers: the same processes make the same calls in the same order, and what they read is
// compared with what the explorer predicted.
#pragma once

#include <string>
#include <vector>

#include "cli/run/stores.hpp"
#include "core/error.hpp"
#include "explore/telling/telling.hpp"

namespace stalemate {

/// The outcome of a live replay.
struct LiveReplay {
  std::vector<std::string> engines = {};      ///< such as "PostgreSQL 15.18"
  std::vector<std::string> differences = {};  ///< sentences; none: everything read is as the witness says
};

/// Starts or reaches the servers, lets each process continue only when it is its turn, and reads row and entry at the
/// end. A delayed request takes effect later, over its own connection. What happens to the cache without a request (an
/// eviction, an expiry, a restart, a fail-over) is done to it through CacheHand; a lost push is withheld from the
/// background part. Two things cannot be forced: a lagging replica, and a command that is told its entry expires soon.
/// Errors: wrong_type where a step cannot be forced; as Stores where a server fails.
[[nodiscard]] Result<LiveReplay> replay_live(const Witness& witness, const Telling& telling,
                                             const StoresWanted& wanted);

}  // namespace stalemate
