// ObjectStates: what an object holds after each op, as small numbers: the state's number is its value's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "record/foreign/event_history.hpp"

namespace stalemate {

/// A ValueId, or for values that no op names a number above all of them.
using ObjectState = std::uint32_t;

struct SearchOp;

/// The sequential object: a value that can be read, written, compared and set, appended to (text) and added to
/// (integers). nil counts as the empty text and as 0.
class ObjectStates {
 public:
  /// For reads, writes and cas only: values need no meaning.
  ObjectStates() = default;
  /// Requires: `values` outlives it.
  explicit ObjectStates(const ValueTable& values);

  /// The state after `op` on `state`; none if the op cannot have given its result there.
  /// Requires: understands said so of all ops.
  [[nodiscard]] std::optional<ObjectState> after(ObjectState state, const SearchOp& op);
  /// Whether what the ops leave has a meaning: texts are appended to texts only, integers added to integers only, to
  /// whichever of the ops' values the object may hold then.
  [[nodiscard]] bool understands(std::span<const SearchOp> ops, ObjectState initial) const;
  /// The state of an empty text: what a key of a store holds before the first put.
  [[nodiscard]] ObjectState empty_text() { return state_of_text({}); }
  /// That of a counter that nothing was added to.
  [[nodiscard]] ObjectState zero() { return state_of_sum(0); }
  /// For people, as EDN.
  [[nodiscard]] std::string words(ObjectState state) const;

 private:
  [[nodiscard]] bool is_of_kind(ObjectState state, ValueKind kind) const;

  /// 128 bits, in which no sum of 2^64 values overflows.
  __extension__ using Sum = __int128;

  [[nodiscard]] ObjectState state_of_text(const std::string& text);
  [[nodiscard]] ObjectState state_of_sum(Sum sum);
  [[nodiscard]] std::string text_of(ObjectState state) const;
  [[nodiscard]] Sum sum_of(ObjectState state) const;
  [[nodiscard]] static std::string words_of_sum(Sum sum);

  const ValueTable* values_ = nullptr;
  std::unordered_map<std::string, ObjectState> texts_;
  std::map<Sum, ObjectState> sums_;
  std::map<std::pair<ObjectState, ValueId>, ObjectState> combined_;  // what an append or add made
  struct Derived {
    std::string text = {};
    Sum sum = 0;
    bool is_text = false;
  };
  std::vector<Derived> derived_;  // by state - values_->size()
};

}  // namespace stalemate
