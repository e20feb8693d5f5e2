// A lock on a key, held in the key's guard until it is given back or its hold is over.
#pragma once

#include "core/pattern/cache_command.hpp"

namespace stalemate {

/// Takes the lock for `hold_ns`. `done`: it is ours; value the entry as it is now, stamp the token to give it back
/// with. `busy`: another has it.
extern const CacheCommandInfo lock_command;
/// Gives the lock back. `stamp` the token. `refused`: it is no longer ours.
extern const CacheCommandInfo unlock_command;

}  // namespace stalemate
