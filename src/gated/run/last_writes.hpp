// Which values the rows of a run may hold once it is over, as far as its own writes tell.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/types.hpp"

namespace stalemate {

/// A value is out of the question once another write of its key was acknowledged that began after it had been. Writes
/// that overlapped, and those of which nobody knows whether they were done, leave more than one.
/// Thread rule: one thread at a time.
class LastWrites {
 public:
  /// `initial`: what every row holds at first.
  explicit LastWrites(Value initial) : initial_(initial) {}

  void begin(Key key, Value value);
  void end(Key key, Value value, Outcome outcome);
  /// A write of that value may be carried out again, at any later time.
  void expect_copy(Key key, Value value);
  /// At least one, each once.
  [[nodiscard]] std::vector<Value> candidates(Key key) const;

 private:
  struct Write {
    Value value = absent;
    bool acknowledged = false;
    bool is_copy = false;
    std::vector<Value> before = {};  ///< those that had been acknowledged when it began
  };
  std::vector<Write>& writes_of(Key key);

  Value initial_;
  std::map<std::uint32_t, std::vector<Write>> writes_ = {};  // by key, of those that are not out of the question
};

}  // namespace stalemate
