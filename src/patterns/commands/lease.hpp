// Leases: a miss is given a token, and only who has the token that still counts may fill.
#pragma once

#include "core/pattern/cache_command.hpp"

namespace stalemate {

/// `done` with a value: a hit. `done` without: a miss, stamp the token to fill with, which counts for `hold_ns`.
/// `busy`: a miss, and another has a token.
/// Source: Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 3.2.1.
extern const CacheCommandInfo lease_get;
/// Sets the entry. `stamp` the token. `refused`: it does not count any more.
extern const CacheCommandInfo lease_set;
/// Removes the entry and makes the token that is out count no more.
extern const CacheCommandInfo lease_delete;

}  // namespace stalemate
