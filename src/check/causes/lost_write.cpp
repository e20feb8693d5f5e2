// find_lost_write: which write a read would have shown, had the database applied it.
#include <algorithm>

#include "check/causes/causes.hpp"
#include "check/exact/key_history.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {

namespace {

bool is_write_of(const OpRecord& op, Key key) {
  return op.key() == key && (op.kind() == OpKind::write || op.kind() == OpKind::add);
}

/// Acknowledged, and no update of it can have reached the database.
bool is_lost(const History& history, const OpRecord& write) {
  const std::span<const StepRecord> steps = history.steps_of(write.index());
  const bool may_be_applied =
      std::ranges::any_of(steps, [](const StepRecord& step) { return is_update(step) && may_have_happened(step); });
  // Where steps are missing, so may be the update.
  return write.outcome() == Outcome::ok && !may_be_applied && (!steps.empty() || history.is_complete());
}

}  // namespace

OpIndex find_lost_write(const History& history, OpIndex read_index) {
  const OpRecord* read = history.find_op(read_index);
  if (read == nullptr || read->kind() != OpKind::read || read->outcome() != Outcome::ok || history.steps().empty()) {
    return no_op;
  }
  Nanoseconds shown_from_ns = before_all;  // when the value that was read had been written
  for (const OpRecord& op : history.ops()) {
    if (is_write_of(op, read->key()) && op.value() == read->value()) {
      shown_from_ns = op.completion_ns();
    }
  }
  const OpRecord* found = nullptr;
  for (const OpRecord& op : history.ops()) {
    const bool is_missed = is_write_of(op, read->key()) && op.completion_ns() < read->invocation_ns() &&
                           op.invocation_ns() > shown_from_ns;
    const bool is_later = found == nullptr || op.completion_ns() > found->completion_ns();
    if (is_missed && is_later && is_lost(history, op)) {
      found = &op;
    }
  }
  return found == nullptr ? no_op : found->index();
}

}  // namespace stalemate
