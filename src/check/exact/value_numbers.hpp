// ValueNumbers: a small number for each value of a history, as its own values count up from the initial one.
#pragma once

#include <algorithm>
#include <cstdint>

#include "check/passes/choose.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Below key_count the initial value of that key, above it a written value.
using ValueNumber = std::uint32_t;

struct ValueNumbers {
  std::int64_t value_begin = 0;   ///< the written value of number key_count
  std::uint64_t written_max = 0;  ///< so many written values have a number
  std::uint32_t key_count = 0;
  Value initial = absent;

  [[nodiscard]] static ValueNumbers of(const History& history);

  /// Whether 32 bits are enough for them all.
  [[nodiscard]] bool fit() const;
  /// The number behind all others, for what has none.
  [[nodiscard]] ValueNumber none() const { return static_cast<ValueNumber>(key_count + written_max); }
  [[nodiscard]] ValueNumber of_written(Value value) const {
    const auto offset = static_cast<std::uint64_t>(value - value_begin);
    return static_cast<ValueNumber>(std::min(offset, written_max)) + key_count;
  }
  /// Of the op's value. Without a branch, which nobody could predict.
  [[nodiscard]] ValueNumber of_op(const OpRecord& op) const {
    return choose(op.value() == initial, op.key().index, of_written(op.value()));
  }
};

}  // namespace stalemate
