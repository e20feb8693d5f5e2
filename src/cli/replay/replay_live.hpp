// A witness forced on real servers: the same processes make the same calls in the same order, and what they read is
// compared with what the explorer said they would.
#pragma once

#include <string>
#include <vector>

#include "cli/run/stores.hpp"
#include "core/error.hpp"
#include "explore/telling/telling.hpp"

namespace stalemate {

/// What came of it.
struct LiveReplay {
  std::vector<std::string> engines = {};      ///< such as "PostgreSQL 15.18"
  std::vector<std::string> differences = {};  ///< sentences; none: all that was read is as the witness says
};

/// Starts or reaches the servers, lets each process go on only when it is its turn, and reads row and entry at the end.
/// A request that stays behind takes effect later over a connection of its own; what befalls the cache by itself (an
/// eviction, an expiry, a restart, a fail-over) is done by a hand in it, and a lost push is taken away from the
/// background part it was for. It forces all but a lagging replica and a command that is told its entry expires soon.
/// Errors: wrong_type where a step is of a kind that cannot be forced; as Stores where a server fails.
[[nodiscard]] Result<LiveReplay> replay_live(const Witness& witness, const Telling& telling,
                                             const StoresWanted& wanted);

}  // namespace stalemate
