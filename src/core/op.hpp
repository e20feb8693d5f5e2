// What one client asked for, and what each call to a store did for it: the two records every history is made of.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.hpp"
#include "core/types.hpp"

namespace stalemate {

/// What an op does. `add` is a read-modify-write; `background` groups the steps of a part that serves no client
/// (a relay, a flusher).
enum class OpKind : std::uint8_t { read, write, add, background };

/// One client request of one key, as it went.
/// Invariant: invocation_ns <= completion_ns. An `info` op has completion_ns == never.
struct Op {
  OpIndex index = no_op;
  Key key = {};
  ClientId client = 0;  ///< of a `background` op: its application server, or 0
  OpKind kind = OpKind::read;
  Outcome outcome = Outcome::info;
  ErrorCode error = ErrorCode::none;
  /// Written, or returned by an `ok` read (`absent`: there was no row); of a `background` op that of the change it
  /// deals with, where the feed tells it.
  Value value = absent;
  Nanoseconds intended_ns = 0;    ///< when the plan wanted it
  Nanoseconds invocation_ns = 0;  ///< when it was begun
  Nanoseconds completion_ns = never;
};

/// Who was called.
enum class Store : std::uint8_t { database, cache, replica, local };

/// What a store was asked to do.
enum class Command : std::uint8_t { read, write, get, set, erase };

/// What a step is for, which is what `--skip` and the causes of stale reads speak of.
/// `lookup` the read of the cache; `load` the read of the database; `fill` the set after a miss; `update` the write of
/// the row; `invalidate` the delete caused by a write; `refresh` a set caused by a write.
enum class Role : std::uint8_t { lookup, load, fill, update, invalidate, refresh };

/// What a cache command does, beside reading or changing the entry, to keep others from changing it wrongly.
/// `hold` takes the key's lock; `release` gives it back; `grant` hands out a token on a miss; `redeem` is a set that
/// needs its token to be valid still; `revoke` makes granted tokens invalid; `mark` leaves a stamp in the cache,
/// which refuses sets of lower stamps; `compare` is a set that such a stamp refuses, and which leaves its own.
enum class Ward : std::uint8_t { none, hold, release, grant, redeem, revoke, mark, compare };

/// The fault that was applied to a step: 0 for none, else the fault's number in the history's header.
using FaultId = std::uint8_t;
inline constexpr FaultId no_fault = 0;

/// One call to a store made by an op.
/// Invariant: start_ns <= end_ns. A skipped call has outcome `fail` and start_ns == end_ns; a lost reply has `info`.
struct Step {
  OpIndex op = no_op;
  Store store = Store::database;
  Command command = Command::read;
  Role role = Role::lookup;
  Outcome outcome = Outcome::info;
  ErrorCode error = ErrorCode::none;
  FaultId fault = no_fault;
  std::uint8_t retries = 0;        ///< of a database call: attempts after the first (SQLSTATE 40001), capped at 255
  std::uint8_t cache_command = 0;  ///< of a cache call: its number in the history's header; 0: a plain one
  bool skipped = false;            ///< its fault left it out: the call was never made
  Value value = absent;            ///< sent by a write or set; returned by a read or get (`absent`: none there)
  /// Of an applied database write, where the engine tells it; of a cache command the stamp it sent, or was told.
  Version version = unknown_version;
  Nanoseconds start_ns = 0;
  Nanoseconds end_ns = 0;
};

[[nodiscard]] std::string_view name_of(OpKind kind);
[[nodiscard]] std::string_view name_of(Store store);
[[nodiscard]] std::string_view name_of(Command command);
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::string_view name_of(Ward ward);

}  // namespace stalemate
