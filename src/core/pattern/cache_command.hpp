// A cache command: several reads and writes of what a cache keeps of one key, as one atomic call.
//
// What plain GET, SET and DEL cannot do at once (leases, versions, tombstones, locks, markers) a pattern brings along
// as a command of its own, in two texts that say the same: a Lua script for Redis, and `apply` on CacheSlots for stores
// in memory and under the explorer. A live test runs both on the same inputs and compares.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/op.hpp"
#include "core/registry.hpp"
#include "core/types.hpp"

namespace stalemate {

/// The places a cache has for one key. Each can expire or be evicted by itself. In Redis each is a string key:
/// "stock:ID", "stock:ID:guard", "stock:ID:mark", "stock:ID:counter".
/// `entry` the copy of the row; `guard` a lease, lock or claim; `mark` a tombstone, time stamp or marker beside the
/// entry; `counter` where tokens come from.
enum class Slot : std::uint8_t { entry, guard, mark, counter };
inline constexpr std::size_t slot_count = 4;

/// What a slot holds. Its text is "VALUE" where the stamp is 0, else "VALUE@STAMP"; an absent value is "-", such as in
/// a tombstone "-@17".
struct SlotContent {
  Value value = absent;
  std::uint64_t stamp = 0;  ///< a version, token or time; below 2^53, since Lua counts in doubles
  bool expires = false;     ///< it was written with a time to live
  friend bool operator==(const SlotContent&, const SlotContent&) = default;
};

/// Everything a cache keeps of one key.
struct CacheSlots {
  std::array<std::optional<SlotContent>, slot_count> slots = {};
  bool queued = false;  ///< the key is in the cache's queue of keys to handle

  [[nodiscard]] std::optional<SlotContent>& operator[](Slot slot) { return slots[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] const std::optional<SlotContent>& operator[](Slot slot) const {
    return slots[static_cast<std::size_t>(slot)];
  }
  friend bool operator==(const CacheSlots&, const CacheSlots&) = default;
};

/// The arguments of a command, which ignores those that it does not need.
struct CacheArguments {
  Value value = absent;
  std::uint64_t stamp = 0;
  Nanoseconds time_to_live_ns = 0;  ///< of what is written to the entry; 0: it does not expire
  Nanoseconds hold_ns = 0;          ///< of what is written to the guard or the mark; 0: it does not expire
  /// How long a `busy` answer is waited out: the call is made again until another answer comes or this time has passed.
  Nanoseconds patience_ns = 0;
};

/// What is told to a command about the moment it runs in.
struct CacheMoment {
  std::uint64_t now = 0;      ///< the cache's clock: never goes back, no two commands are told the same; below 2^53
  bool expires_soon = false;  ///< the entry is there and has used up more than half of its time to live
};

/// How a command went. `done` it did what it is for; `refused` it looked and left things as they were; `busy` the same,
/// but may be done once another has finished.
enum class CacheVerdict : std::uint8_t { done, refused, busy };

struct CacheReply {
  CacheVerdict verdict = CacheVerdict::done;
  Value value = absent;     ///< `absent`: none there
  std::uint64_t stamp = 0;  ///< a version, token or time, as the command says
  friend bool operator==(const CacheReply&, const CacheReply&) = default;
};

/// What is called of a cache beside get, set and erase.
enum class CacheCalls : std::uint8_t {
  plain,    ///< nothing
  leases,   ///< commands for leases (patterns/commands/lease.hpp)
  commands  ///< any commands, so that there may be more than an entry to keep of a key
};

/// One command. `lua` is the body of a script, run behind a prelude (drivers/redis) that gives it
///   KEYS as the names entry, guard, mark, counter; the arguments value (nil where absent), stamp, ttl and hold (ms);
///   load(slot) -> value or nil, stamp or 0, and whether it is there; store(slot, value, stamp, ms); drop(slot);
///   now() and expires_soon(), as in CacheMoment; enqueue() and dequeue() for `queued`;
///   done(value, stamp), refused(value, stamp), busy(value, stamp), of which one is returned.
/// `apply` does the same to `slots`. A `busy` answer changes nothing.
struct CacheCommandInfo {
  std::string_view name;
  std::string_view summary;  ///< one line for the generated tables
  Role role = Role::lookup;  ///< as which its steps are recorded
  Command command = Command::get;
  Ward ward = Ward::none;
  bool shows_entry = true;  ///< of a `get` that is `done`: its reply's value is the entry's, absent where there is none
  std::string_view lua;
  CacheReply (*apply)(CacheSlots& slots, const CacheArguments& arguments, const CacheMoment& moment);
};

using CacheCommandRegistry = Registry<CacheCommandInfo>;

/// The command's number in histories: its place in the registry, from 1; 0 where it is not registered.
[[nodiscard]] inline std::uint8_t number_of(const CacheCommandInfo& command) {
  const CacheCommandInfo* const found = CacheCommandRegistry::find(command.name);
  return found == nullptr ? std::uint8_t{0} : static_cast<std::uint8_t>(found - CacheCommandRegistry::all().data() + 1);
}

}  // namespace stalemate
