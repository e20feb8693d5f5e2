// SettledOps: which ops of a history nothing is wrong with, as a Screen found, for loops over all of them.
#pragma once

#include <cstdint>

#include "check/value_layout.hpp"
#include "record/history.hpp"

namespace stalemate {

/// What a Screen found of a key: bit 0 says whether ops are left to look at other than settled reads, bit 1 whether
/// such reads are too.
enum class KeyState : std::uint8_t { clean = 0b00, partly_clean = 0b01, odd = 0b11 };

/// Valid as long as the Screen. Requires: not all keys are clean; the screen did not give up.
struct SettledOps {
  const KeyState* key_states;  ///< by key
  const std::uint64_t* open;   ///< a bit a place: whether reads of it are not settled where its key is partly clean
  ValueLayout layout;

  /// Whether reads of the op's value are left to look at. Requires: the key is clean or partly clean.
  [[nodiscard]] bool is_open(const OpRecord& op) const {
    const ValuePlace place = layout.place_of(op);
    return (open[place / 64] >> place % 64 & 1U) != 0;
  }
  /// Of a clean key every op, of a partly clean one some reads. Without a branch, for there nobody can predict it.
  [[nodiscard]] bool has(const OpRecord& op) const {
    const bool is_plain = op.is_plain();
    const bool is_read = op.kind() == OpKind::read;
    const bool is_open = this->is_open(op);
    const auto bit = static_cast<unsigned>(is_plain & is_read & !is_open);
    return (static_cast<unsigned>(key_states[op.key().index]) >> bit & 1U) == 0;
  }
};

}  // namespace stalemate
