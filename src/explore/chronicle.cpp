#include "explore/chronicle.hpp"

#include <algorithm>

namespace stalemate {

void Chronicle::commit(Value value) {
  // No read is compared with a value that no client wrote.
  if (known(value) && value != 0 && rank_.at(static_cast<std::size_t>(value)) == 0) {
    const std::uint8_t last = *std::ranges::max_element(rank_);
    rank_.at(static_cast<std::size_t>(value)) = static_cast<std::uint8_t>(last + 1);
  }
}

void Chronicle::observe(const JudgedScope& scope, const JudgedEvent& event) {
  if (event.kind == JudgedEventKind::commit) {
    commit(event.value);
    return;
  }
  const ScopeOp& op = scope.ops[event.op];
  if (op.kind != OpKind::write) {
    return;
  }
  if (event.kind == JudgedEventKind::begin) {
    acknowledged_before_.at(static_cast<std::size_t>(op.value)) = acknowledged_;
  } else if (event.ending.outcome == Outcome::ok) {
    acknowledged_ = static_cast<ValueMask>(acknowledged_ | value_bit(op.value));
  }
}

bool Chronicle::applied_before(Value value, Value other) const {
  const std::uint8_t rank = rank_.at(static_cast<std::size_t>(value));
  const std::uint8_t other_rank = rank_.at(static_cast<std::size_t>(other));
  return rank != 0 && other_rank != 0 && rank < other_rank;
}

bool Chronicle::older(Value value, Value other) const {
  if (value == other || other == 0) {
    return false;
  }
  if (!known(value) || value == 0) {
    return true;
  }
  const bool both_applied =
      rank_.at(static_cast<std::size_t>(value)) != 0 && rank_.at(static_cast<std::size_t>(other)) != 0;
  return both_applied ? applied_before(value, other)
                      : (acknowledged_before_.at(static_cast<std::size_t>(other)) & value_bit(value)) != 0;
}

bool Chronicle::older_than_one_of(Value value, ValueMask others) const {
  for (Value other = 1; other <= static_cast<Value>(writes_max); ++other) {
    if ((others & value_bit(other)) != 0 && older(value, other)) {
      return true;
    }
  }
  return false;
}

void Chronicle::append_to(std::string& memory) const {
  memory.append(rank_.begin(), rank_.end());
  memory.append(acknowledged_before_.begin(), acknowledged_before_.end());
  memory.push_back(static_cast<char>(acknowledged_));
}

Chronicle Chronicle::from(const std::string& memory) {
  Chronicle chronicle;
  const auto* place = reinterpret_cast<const std::uint8_t*>(memory.data());
  std::copy_n(place, chronicle.rank_.size(), chronicle.rank_.begin());
  std::copy_n(place + chronicle.rank_.size(), chronicle.rank_.size(), chronicle.acknowledged_before_.begin());
  chronicle.acknowledged_ = place[bytes - 1];
  return chronicle;
}

}  // namespace stalemate
