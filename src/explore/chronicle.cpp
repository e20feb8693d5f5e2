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
  return applied(value) && applied(other) &&
         rank_.at(static_cast<std::size_t>(value)) < rank_.at(static_cast<std::size_t>(other));
}

Age Chronicle::age(Value value, Value other) const {
  if (value == other || other == 0) {
    return Age::not_older;
  }
  if (!known(value) || value == 0) {
    return Age::older;
  }
  if (applied(value) && applied(other)) {
    return applied_before(value, other) ? Age::older : Age::not_older;
  }
  if (applied(value)) {  // if `other` is applied at all, then later
    return acknowledged_before(value, other) ? Age::older : Age::open;
  }
  if (applied(other)) {
    return acknowledged_before(value, other) ? Age::open : Age::not_older;
  }
  return Age::open;
}

bool Chronicle::older_at_rest(Value value, Value other) const {
  const Age certain = age(value, other);
  return certain == Age::open ? acknowledged_before(value, other) : certain == Age::older;
}

bool Chronicle::acknowledged_before(Value value, Value other) const {
  return (acknowledged_before_.at(static_cast<std::size_t>(other)) & value_bit(value)) != 0;
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
