// Reads and writes under a lock on the key in the cache, which several patterns share.
#pragma once

#include "core/pattern/ports.hpp"

namespace stalemate {

/// The commands of such a pattern; the last three are called with the lock's token as their stamp.
struct LockCommands {
  const CacheCommandInfo& lock;                  ///< answers as lock_command does
  const CacheCommandInfo* fill = nullptr;        ///< nullptr: a plain set
  const CacheCommandInfo* invalidate = nullptr;  ///< nullptr: a plain delete
};

/// The entry; on a miss the lock is taken and the entry looked at again, and if there is still none, the row is loaded
/// and left in the cache. Who does not get the lock takes the row and does not fill.
[[nodiscard]] Task<Result<Value>> read_locked(Ports ports, Key key, LockCommands commands);

/// Takes the lock, updates the row, deletes the entry and gives the lock back. Errors: `fail` without the lock.
[[nodiscard]] Task<Result<void>> write_locked(Ports ports, Key key, Value value, LockCommands commands);

}  // namespace stalemate
