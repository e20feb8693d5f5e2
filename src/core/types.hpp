// The small types that every room uses.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>

namespace stalemate {

/// A place in time: nanoseconds since the run began, on one monotonic clock. Durations use the same unit.
using Nanoseconds = std::int64_t;

/// The completion of an op that never completed: later than every instant.
inline constexpr Nanoseconds never = std::numeric_limits<Nanoseconds>::max();

/// A row, by its number in the run's key table: 0 to keys - 1. Drivers hold the names (product ids).
struct Key {
  std::uint32_t index = 0;
  friend auto operator<=>(const Key&, const Key&) = default;
};

/// What a row holds (the origin's quantity). Every write of a run writes another value, so a value names its write.
using Value = std::int32_t;

/// "No value": the row or entry was absent. No write ever writes it.
inline constexpr Value absent = std::numeric_limits<Value>::min();

/// A key's place in the order in which the database applied its writes: larger is later, equal never happens for two
/// writes of one key. 0: not known (reads, failed writes, engines without a commit-order token). Comparable within one
/// key only.
using Version = std::uint64_t;
inline constexpr Version unknown_version = 0;

/// A logical client, which does one op at a time: 0 to clients - 1.
using ClientId = std::uint16_t;

/// An op's place in its plan: 0 to ops - 1, ordered by intended start.
using OpIndex = std::uint32_t;
/// The index that belongs to no op.
inline constexpr OpIndex no_op = std::numeric_limits<OpIndex>::max();

}  // namespace stalemate

template <>
struct std::hash<stalemate::Key> {
  std::size_t operator()(stalemate::Key key) const noexcept { return std::hash<std::uint32_t>{}(key.index); }
};
