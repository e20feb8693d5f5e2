// A set that does not overwrite what is newer.
#pragma once

#include "core/pattern/cache_command.hpp"

namespace stalemate {

/// Sets the entry to `value` of version `stamp`. `refused`: the entry, or the tombstone in its place, is of a newer
/// version; stamp says of which.
extern const CacheCommandInfo set_if_newer;

}  // namespace stalemate
