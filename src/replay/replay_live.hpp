// A witness replayed on real servers: the same processes make the same calls in the same order, and what they read is
// compared with what the explorer predicted.
#pragma once

#include <string>
#include <vector>

#include "core/error.hpp"
#include "drive/session.hpp"
#include "drivers/cache/cache_hand.hpp"
#include "explore/telling/telling.hpp"

namespace stalemate {

/// Whether every step can be forced. Two things cannot: a lagging replica, and a command that is told its entry expires
/// soon. Errors: wrong_type, which names the step.
[[nodiscard]] Result<void> can_be_forced(const Witness& witness, const Telling& telling);

/// Lets each process continue only when it is its turn, and reads row and entry at the end. A delayed request takes
/// effect later, over its own connection. What happens to the cache without a request (an eviction, an expiry, a
/// restart, a fail-over) is done to it through `hand`, which holds live_key; a lost push is withheld from the
/// background part. Returns sentences on what differs from the witness: none if everything read is as it says.
/// Requires: can_be_forced; the row holds its initial value and the cache nothing. Errors: as the sessions, where a
/// server fails.
[[nodiscard]] Result<std::vector<std::string>> replay_live(const Witness& witness, const Telling& telling,
                                                           SessionFactory& stores, CacheHand& hand);

}  // namespace stalemate
