// ValueLayout: where the values of a history are in arrays, as its own values count up from the initial one.
#pragma once

#include <algorithm>
#include <cstdint>

#include "record/history.hpp"

namespace stalemate {

/// A place of a value: below key_count the initial value of that key, above it a written value.
using ValuePlace = std::uint32_t;

struct ValueLayout {
  std::int64_t value_begin = 0;
  std::uint64_t values_max = 0;
  std::uint32_t key_count = 0;
  Value initial = absent;

  [[nodiscard]] static ValueLayout of(const History& history);

  /// Whether every place has a number, and so many more behind them.
  [[nodiscard]] bool fits(std::uint64_t spare = 0) const;
  /// The place beyond all others, for what has none.
  [[nodiscard]] ValuePlace nowhere() const { return static_cast<ValuePlace>(key_count + values_max); }
  [[nodiscard]] ValuePlace written_place_of(Value value) const {
    const auto offset = static_cast<std::uint64_t>(value - value_begin);
    return static_cast<ValuePlace>(std::min(offset, values_max)) + key_count;
  }
  [[nodiscard]] ValuePlace place_of(const OpRecord& op) const {
    return op.value() == initial ? op.key().index : written_place_of(op.value());
  }
};

}  // namespace stalemate
