// What judges remember of writes: which are acknowledged, which followed which, and in which order the database
// applied them. With it "older" means the same to all judges.
#pragma once

#include <array>
#include <string>

#include "explore/judge.hpp"

namespace stalemate {

/// A set of values 0 to 7, one bit a value.
using ValueMask = std::uint8_t;
[[nodiscard]] constexpr ValueMask value_bit(Value value) {
  return static_cast<ValueMask>(1U << static_cast<unsigned>(value));
}

/// How a value compares with another one.
enum class Age : std::uint8_t {
  older,      ///< certain, whatever else is applied
  not_older,  ///< certain
  open        ///< it depends on what the database still applies
};

/// Value 0 is the row before all writes.
class Chronicle {
 public:
  static constexpr std::size_t bytes = 2 * (writes_max + 1) + 1;

  /// Takes in an event; the begin and end of a read change nothing.
  void observe(const JudgedScope& scope, const JudgedEvent& event);
  /// Of two writes the one is older that the database applies earlier (the first time, where it does so twice); where
  /// it never applies both, the one that was acknowledged before the other began. A value that nobody wrote is older
  /// than every other.
  [[nodiscard]] Age age(Value value, Value other) const;
  /// Whether it is older if nothing more is applied.
  [[nodiscard]] bool older_at_rest(Value value, Value other) const;
  /// Both were applied, `value` before `other`.
  [[nodiscard]] bool applied_before(Value value, Value other) const;
  /// The writes that were acknowledged.
  [[nodiscard]] ValueMask acknowledged() const { return acknowledged_; }

  void append_to(std::string& memory) const;
  /// Requires: `memory` begins with what append_to appended.
  [[nodiscard]] static Chronicle from(const std::string& memory);

 private:
  [[nodiscard]] bool known(Value value) const { return value >= 0 && value <= static_cast<Value>(writes_max); }
  [[nodiscard]] bool applied(Value value) const { return rank_.at(static_cast<std::size_t>(value)) != 0; }
  /// One was acknowledged before the other began. Requires: both were written.
  [[nodiscard]] bool acknowledged_before(Value value, Value other) const;
  void commit(Value value);

  std::array<std::uint8_t, writes_max + 1> rank_ = {};  // place in the order of first commits; 0: not applied
  std::array<ValueMask, writes_max + 1> acknowledged_before_ = {};  // its begin
  ValueMask acknowledged_ = 0;
};

}  // namespace stalemate
