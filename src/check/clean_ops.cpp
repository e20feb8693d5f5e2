#include "check/clean_ops.hpp"

#include <algorithm>
#include <array>

namespace stalemate {

namespace {

/// The times of so many ops' keys are fetched ahead.
constexpr std::size_t ops_at_once = 128;
/// Amounts are handed on so many at a time.
constexpr std::size_t batch_size = 4096;

}  // namespace

CleanOps::CleanOps(const CleanShare& share)
    : share_(share), all_clean_(share.screen.all_clean()), keys_(share.keys.places(share.history.header.key_count)) {}

void CleanOps::look(const Take& take, CleanKeys& keys) {
  for_each_by_invocation([&](const OpRecord& op, std::uint32_t place) { add(op, place, take, keys); });
  take({.read_ages_ns = batch_});
  batch_.clear();
  tell_spans(take);
}

/// Calls use(op, place of its key) for each op of the share.
template <class Use>
void CleanOps::for_each_op(std::size_t begin, std::size_t end, const Use& use) {
  const KeyShare share = share_.keys;
  std::array<const OpRecord*, ops_at_once> picked = {};
  for (std::size_t from = begin; from < end; from += ops_at_once) {
    // Whose key is whose is as good as random, so there is no branch on it.
    std::size_t count = 0;
    for (const OpRecord& op : share_.history.ops().subspan(from, std::min(ops_at_once, end - from))) {
      const std::uint32_t key = op.key().index;
      __builtin_prefetch(keys_.data() + share.place_of(key), 1);
      picked[count] = &op;
      count += share.has(key) ? 1 : 0;
    }
    for (const OpRecord* op : std::span(picked).first(count)) {
      if (op->kind() != OpKind::background && (all_clean_ || share_.screen.is_clean(op->key()))) {
        use(*op, share.place_of(op->key().index));
      }
    }
  }
}

template <class Use>
void CleanOps::for_each_by_invocation(const Use& use) {
  const std::span<const OpRecord> ops = share_.history.ops();
  if (share_.times.is_sorted()) {
    for_each_op(0, ops.size(), use);
    return;
  }
  TimeSorter<Begun> begun;
  for (std::size_t block = 0; block * OpTimes::block_ops < ops.size();) {
    const std::size_t begin = block * OpTimes::block_ops;
    block += begun.waiting() / OpTimes::block_ops + 1;
    Begun* next = begun.room(block * OpTimes::block_ops - begin);
    for_each_op(begin, std::min(block * OpTimes::block_ops, ops.size()),
                [&next](const OpRecord& op, std::uint32_t place) { *next++ = {op.invocation_ns(), place, &op}; });
    begun.add_until(next);
    const auto earlier = [](const Begun& left, const Begun& right) { return left.time_ns < right.time_ns; };
    for (const Begun& op : begun.release(share_.times.least_invocation_from(block), earlier)) {
      use(*op.op, op.place);
    }
  }
}

void CleanOps::add(const OpRecord& op, std::uint32_t place, const Take& take, CleanKeys& keys) {
  const Nanoseconds invocation_ns = op.invocation_ns();
  while (!endings_.empty() && endings_.top().first < invocation_ns) {
    keys_.data()[endings_.top().second].completed_ns = endings_.top().first + 1;
    endings_.pop();
  }
  if (op.outcome() != Outcome::ok) {
    return;
  }
  if (op.kind() != OpKind::read) {
    ++keys.writes;
    keys.has_adds = keys.has_adds || op.kind() == OpKind::add;
    endings_.emplace(op.completion_ns(), place);
    return;
  }
  KeyTimes& key = keys_.data()[place];
  key.read_ns = invocation_ns + 1;
  last_read_ns_ = invocation_ns;
  if (key.completed_ns != 0) {
    batch_.push_back(invocation_ns + 1 - key.completed_ns);
    if (batch_.size() == batch_size) {
      take({.read_ages_ns = batch_});
      batch_.clear();
    }
  }
}

void CleanOps::tell_spans(const Take& take) {
  if (last_read_ns_ <= CleanBatch::span_ns_min) {
    return;  // no write can have been followed by a read that much later
  }
  for_each_op(0, share_.history.ops().size(), [&](const OpRecord& op, std::uint32_t place) {
    const Nanoseconds span_ns = keys_.data()[place].read_ns - 1 - op.completion_ns();
    if (op.kind() == OpKind::read || op.outcome() != Outcome::ok || span_ns <= CleanBatch::span_ns_min) {
      return;
    }
    batch_.push_back(span_ns);
    if (batch_.size() == batch_size) {
      take({.write_spans_ns = batch_});
      batch_.clear();
    }
  });
  take({.write_spans_ns = batch_});
  batch_.clear();
}

}  // namespace stalemate
