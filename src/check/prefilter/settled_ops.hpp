// SettledOps: which ops of a history nothing is wrong with, as a Screen found, for loops over all of them.
#pragma once

#include <cstdint>

#include "check/prefilter/zone_table.hpp"
#include "record/history.hpp"

namespace stalemate {

/// What a Screen found of a key: bit 0 says whether the checks have to see ops that are not settled, bit 1 whether they
/// have to see the others.
enum class KeyState : std::uint8_t { clean = 0b00, partly_clean = 0b01, odd = 0b11 };

/// Valid as long as the Screen. Requires: not all keys are clean; the screen did not give up.
struct SettledOps {
  const KeyState* key_states;          ///< by key
  const std::uint64_t* open;           ///< a bit a place: no op of it is settled
  const std::uint64_t* kept;           ///< a bit a place: its write is not
  const ZoneTable::PackedZone* zones;  ///< by place
  ValueLayout layout;

  /// Of a clean key every op, of a partly clean one some. Without a branch, for there nobody can predict it.
  [[nodiscard]] bool has(const OpRecord& op) const {
    const ValuePlace place = layout.place_of(op);
    const std::uint64_t is_read = op.kind() == OpKind::read ? 1 : 0;
    const std::uint64_t is_write = op.kind() == OpKind::write ? 1 : 0;
    const std::uint64_t is_ok = op.outcome() == Outcome::ok ? 1 : 0;
    const std::uint64_t is_first = ZoneTable::is_first_completion(zones[place], op.completion_ns()) ? 1 : 0;
    const std::uint64_t may_write = is_write & is_first & ~(kept[place / 64] >> place % 64);
    const std::uint64_t is_alone = ~(open[place / 64] >> place % 64);
    const std::uint64_t is_settled = is_ok & is_alone & (is_read | may_write) & 1;
    return (static_cast<std::uint64_t>(key_states[op.key().index]) >> is_settled & 1) == 0;
  }
};

}  // namespace stalemate
