// Reads and writes that several patterns share.
#pragma once

#include "core/faults/call_names.hpp"
#include "core/pattern/ports.hpp"

namespace stalemate {

/// The calls of a pattern whose reads look aside and whose writes delete.
inline constexpr RoleMask look_aside_calls =
    roles_of(Role::lookup, Role::load, Role::fill, Role::update, Role::invalidate);

/// The row's value, or `absent`.
[[nodiscard]] Task<Result<Value>> read_row(Ports ports, Key key);

/// The cache's entry; on a miss the row, which is left in the cache for `time_to_live_ns`. A failed lookup takes the
/// row and does not fill; a failed fill does not fail the read.
[[nodiscard]] Task<Result<Value>> read_look_aside(Ports ports, Key key, Nanoseconds time_to_live_ns);

/// Updates the row, then deletes the entry, also where the update's outcome is not known. The outcome is the database's
/// whatever becomes of the delete.
[[nodiscard]] Task<Result<void>> write_look_aside(Ports ports, Key key, Value value);

/// As read_look_aside, but a fill carries the row's version and overwrites nothing newer.
/// Requires: row versions.
[[nodiscard]] Task<Result<Value>> read_versioned(Ports ports, Key key);

/// As read_look_aside, but of the clients of one application server that miss, only one loads and fills at a time: the
/// others wait for it and look into the cache again. Who has waited too long takes the row and does not fill.
[[nodiscard]] Task<Result<Value>> read_single_flight(Ports ports, Key key);

}  // namespace stalemate
