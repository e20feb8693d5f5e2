// ObjectStates: what an object holds after each op, as small numbers: the state's number is its value's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "record/event_history.hpp"

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
  /// Requires: appends of text and adds of integers only (see understands).
  [[nodiscard]] std::optional<ObjectState> after(ObjectState state, const SearchOp& op);
  /// Whether the op's value is of the kind its op needs.
  [[nodiscard]] bool understands(const SearchOp& op) const;
  /// The state of an empty text: what a key of a store holds before the first put.
  [[nodiscard]] ObjectState empty_text() { return state_of_text({}); }
  /// For people, as EDN.
  [[nodiscard]] std::string words(ObjectState state) const;

 private:
  [[nodiscard]] ObjectState state_of_text(const std::string& text);
  [[nodiscard]] ObjectState state_of_integer(std::int64_t integer);
  [[nodiscard]] std::string text_of(ObjectState state) const;
  [[nodiscard]] std::int64_t integer_of(ObjectState state) const;

  const ValueTable* values_ = nullptr;
  std::unordered_map<std::string, ObjectState> texts_;
  std::unordered_map<std::int64_t, ObjectState> integers_;
  std::map<std::pair<ObjectState, ValueId>, ObjectState> combined_;  // what an append or add made
  struct Derived {
    std::string text = {};
    std::int64_t integer = 0;
    bool is_text = false;
  };
  std::vector<Derived> derived_;  // by state - values_->size()
};

}  // namespace stalemate
