// A witness forced on real servers: the same processes make the same calls in the same order, and what they read is
// compared with what the explorer said they would.
#pragma once

#include <string>
#include <vector>

#include "cli/stores.hpp"
#include "core/error.hpp"
#include "explore/telling.hpp"

namespace stalemate {

/// What came of it.
struct LiveReplay {
  std::vector<std::string> engines = {};      ///< such as "PostgreSQL 15.18"
  std::vector<std::string> differences = {};  ///< sentences; none: all that was read is as the witness says
};

/// On real stores the row holds initial_value where the explorer's holds 0, and so on.
[[nodiscard]] Value live_value(Value explored);

/// Starts or reaches the servers, lets each process go on only when it is its turn, and reads row and entry at the end.
/// Of the faults it can force crash, lost-request and lost-reply.
/// Errors: wrong_type where a step is of a kind that cannot be forced; as Stores where a server fails.
[[nodiscard]] Result<LiveReplay> replay_live(const Witness& witness, const Telling& telling,
                                             const StoresWanted& wanted);

}  // namespace stalemate
