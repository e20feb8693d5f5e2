#include "record/history.hpp"

#include <algorithm>
#include <tuple>

#include "core/assert.hpp"
#include "record/load/step_order.hpp"

namespace stalemate {

const OpRecord* History::find_op(OpIndex index) const {
  const std::span<const OpRecord> all = ops();
  if (index < all.size() && all[index].index() == index) [[likely]] {
    return &all[index];
  }
  const auto place = std::ranges::lower_bound(all, index, {}, &OpRecord::index);
  return place != all.end() && place->index() == index ? &*place : nullptr;
}

std::span<const StepRecord> History::steps_of(OpIndex index) const {
  const std::span<const StepRecord> all = steps();
  const auto begin = std::ranges::lower_bound(all, index, {}, &StepRecord::op);
  // They are few, and lie next to each other, where a search for their end would begin at the ends of all.
  const auto end = std::find_if(begin, all.end(), [index](const StepRecord& step) { return step.op() != index; });
  return {begin, end};
}

History make_history(HistoryHeader header, std::span<const Op> ops, std::span<const Step> steps) {
  History history;
  history.header = std::move(header);
  history.op_array = RecordArray<OpRecord>(ops.size());
  std::ranges::transform(ops, history.op_array.data(), [](const Op& op) { return OpRecord(op); });
  std::ranges::sort(history.op_array.span(), {}, &OpRecord::index);
  const auto twin = std::ranges::adjacent_find(history.ops(), {}, &OpRecord::index);
  STALEMATE_ASSERT(twin == history.ops().end(), "no two ops of a history have the same index");
  Nanoseconds end_ns = 0;
  for (const OpRecord& op : history.ops()) {
    history.header.key_count = std::max(history.header.key_count, op.key().index + 1);
    history.header.client_count = std::max(history.header.client_count, op.client() + 1U);
    end_ns = std::max(end_ns, op.is_completed() ? op.completion_ns() : op.invocation_ns());
  }
  history.step_array = RecordArray<StepRecord>(steps.size());
  std::ranges::transform(steps, history.step_array.data(), [](const Step& step) { return StepRecord(step); });
  std::ranges::sort(history.step_array.span(), step_before);
  history.trailer = HistoryTrailer{.ops = ops.size(), .steps = steps.size(), .duration_ns = end_ns, .counts = {}};
  return history;
}

}  // namespace stalemate
