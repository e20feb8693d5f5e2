#include "check/prefilter/value_stream.hpp"

#include <algorithm>
#include <bit>

#include "check/passes/fetch.hpp"
#include "check/passes/steps_with_keys.hpp"

namespace stalemate {

namespace {

/// Ops are added so many at a time, then their steps. Fewer than half a ring, so that a value is still there when its
/// steps are added.
constexpr std::size_t block_ops = 256;
/// So many values of a key that an earlier member answers for are remembered.
constexpr int elders_max = 64;

}  // namespace

StreamSizes StreamSizes::for_values(std::uint64_t values_max) const {
  const std::uint64_t ring = std::clamp<std::uint64_t>(std::bit_ceil(values_max), 4, ring_values);
  return {.ring_values = static_cast<std::uint32_t>(ring),
          .border_values = std::min(border_values, static_cast<std::uint32_t>(ring / 4)),
          .window = std::min<std::size_t>(window, std::max<std::size_t>(values_max, 1))};
}

ValueStream::ValueStream(const History& history, const ValueLayout& layout, const ValueRules& rules, const Share& share,
                         const StreamSizes& sizes)
    : history_(history),
      layout_(layout),
      rules_(rules),
      share_(share),
      sizes_(sizes),
      value_begin_(static_cast<std::uint64_t>(layout.value_begin) - layout.key_count),
      ring_(sizes.ring_values),
      versions_(sizes.ring_values),
      tail_(share.begin),
      head_(share.has_border ? 2 * sizes.border_values : 0),
      windows_(layout.key_count, sizes.window),
      initial_reads_ns_(layout.key_count, -1),
      is_barely_seen_(layout.key_count),
      last_elders_(layout.key_count),
      next_step_(share.steps_begin) {
  for (std::uint32_t key = 0; key < layout.key_count; ++key) {
    windows_[key].begin(share.has_border);
  }
}

bool ValueStream::run(const std::atomic<bool>& is_over) {
  const std::span<const OpRecord> ops = history_.ops();
  for (std::size_t begin = share_.ops_begin; begin < share_.ops_end; begin += block_ops) {
    const std::size_t end = std::min(begin + block_ops, share_.ops_end);
    const bool is_last = end == share_.ops_end;
    if (!add_ops(ops.subspan(begin, end - begin)) ||
        !add_steps(is_last ? no_op + std::uint64_t{1} : ops[end].index()) || is_over.load(std::memory_order_relaxed)) {
      return false;
    }
  }
  return retire(std::max(tail_, border_end()));
}

/// Whether an op is a write is hard to predict, so nothing branches on it.
bool ValueStream::add_ops(std::span<const OpRecord> ops) {
  // What the loop needs is in variables of its own, which its stores cannot change.
  const std::uint32_t ring_mask = sizes_.ring_values - 1;
  const std::uint64_t value_begin = value_begin_;
  ValueRecord* const ring = ring_.data();
  std::uint64_t tail = tail_;
  std::uint64_t writes = 0;
  std::uint64_t specials = 0;
  std::uint64_t writes_before = 0;
  for (const OpRecord& op : ops) {
    fetch_ahead(&op);
    const std::uint64_t place = static_cast<std::uint64_t>(std::int64_t{op.value()}) - value_begin;
    const auto completion_ns = static_cast<std::uint64_t>(op.plain_completion_ns());
    const bool is_simple = op.is_plain() & (place - tail <= ring_mask) & (completion_ns < packed_time::instant_mask);
    if (!is_simple) [[unlikely]] {
      ++specials;
      if (!add_special(op)) {
        return false;
      }
      tail = tail_;
      continue;
    }
    ValueRecord& known = ring[place & ring_mask];
    const std::uint64_t is_write = op.kind() == OpKind::write ? 1 : 0;
    writes_before |= known.write & (0 - is_write);
    known.add(op, completion_ns);
    known.write |= packed_write::of_ok(op) & (0 - is_write);
    writes += is_write;
  }
  counts_.ops += ops.size() - specials;
  counts_.ok_reads += ops.size() - specials - writes;
  counts_.has_writes |= writes > 0;
  return writes_before == 0;
}

/// Adds an op that is not an `ok` read or write of a value in the ring.
bool ValueStream::add_special(const OpRecord& op) {
  if (op.kind() == OpKind::background) {
    return true;
  }
  const bool is_read = op.kind() == OpKind::read;
  const std::uint32_t key = op.key().index;
  ++counts_.ops;
  if (op.outcome() != Outcome::ok) {
    is_barely_seen_[key] = 1;
    if (is_read) {
      return true;
    }
  }
  const ValuePlace place = layout_.place_of(op);
  const bool has_place = place != layout_.nowhere() && (place >= layout_.key_count || is_read);
  const auto completion_ns = std::min(static_cast<std::uint64_t>(op.completion_ns()), packed_time::instant_mask);
  const bool is_timed = completion_ns < packed_time::instant_mask || op.outcome() == Outcome::info;
  if (!has_place || !is_timed) {
    return false;
  }
  counts_.ok_reads += is_read ? 1 : 0;
  if (place < layout_.key_count) {
    initial_reads_ns_[key] = std::max(initial_reads_ns_[key], op.invocation_ns());
    return true;
  }
  ValueRecord seen = {.keys = ValueRecord::keys_of(op.key())};
  if (op.outcome() != Outcome::fail) {
    seen.add(op, completion_ns);
  }
  if (place < tail_) {
    return is_read && add_seen(place, seen);
  }
  if (!make_room(place) || (!is_read && record(place).write != 0)) {
    return false;
  }
  seen.write = is_read ? 0 : packed_write::of(op);
  record(place).merge(seen);
  counts_.has_writes |= !is_read;
  return true;
}

bool ValueStream::add_seen(ValuePlace place, const ValueRecord& seen) {
  if (place < share_.begin) {
    return add_elder(place, seen);
  }
  if (place >= tail_ || place < border_end()) {
    if (place >= tail_ && !is_in_ring(place)) {
      return false;
    }
    (place >= tail_ ? record(place) : head_[place - share_.begin].known).merge(seen);
    return true;
  }
  OrderedZone* const zone = windows_[seen.key().index].find(place);
  // The order may depend on f, which is not to change any more.
  if (zone == nullptr || rules_.widened(seen.first_completion_ns()) < zone->first_completion_ns) {
    return false;
  }
  zone->last_invocation_ns = std::max(zone->last_invocation_ns, static_cast<Nanoseconds>(seen.last));
  return true;
}

bool ValueStream::add_elder(ValuePlace place, const ValueRecord& seen) {
  std::uint32_t& last = last_elders_[seen.key().index];
  int looks = 0;
  for (std::uint32_t next = last; next != 0; next = elders_[next - 1].before) {
    if (elders_[next - 1].place == place) {
      elders_[next - 1].seen.merge(seen);
      return true;
    }
    if (++looks == elders_max) {
      return false;
    }
  }
  elders_.push_back({.seen = seen, .place = place, .before = last});
  last = static_cast<std::uint32_t>(elders_.size());
  return true;
}

/// The versions that the steps up to that op's tell.
bool ValueStream::add_steps(std::uint64_t op_end) {
  bool is_sound = true;
  next_step_ = for_each_update(history_.steps(), next_step_, share_.steps_end, op_end, [&](const StepRecord& step) {
    const ValuePlace place = layout_.written_place_of(step.value());
    const bool is_known = place != layout_.nowhere() && is_in_ring(place) && record(place).write != 0;
    if (!is_known || (packed_version::is_told(step) && !rules_.versions_known)) [[unlikely]] {
      is_sound = false;
      return;
    }
    (step.outcome() == Outcome::fail ? counts_.has_refused : counts_.may_have_applied) = true;
    version(place) = std::max(version(place), packed_version::of(step));
  });
  return is_sound;
}

/// For a value beyond the ring.
bool ValueStream::make_room(ValuePlace place) {
  while (!is_in_ring(place)) {
    if (!retire(tail_ + sizes_.ring_values / 2)) {
      return false;
    }
  }
  return true;
}

/// Puts the values before `end` in order, for nothing more is to come of them but reads.
bool ValueStream::retire(ValuePlace end) {
  for (; tail_ < end; ++tail_) {
    ValueRecord& known = record(tail_);
    if (known.is_empty()) {
      continue;
    }
    std::uint64_t& told = version(tail_);
    if (tail_ < border_end()) {
      head_[tail_ - share_.begin] = {known, told};
    } else {
      const ValueUse use = known.has_two_keys() ? ValueUse::odd : use_of(known.facts(told), rules_);
      if (use == ValueUse::ordered) [[likely]] {
        windows_[known.key().index].add(known.ordered(told, rules_, tail_));
        ++counts_.values;
      } else if (use == ValueUse::odd) {
        return false;
      }
    }
    known = {};
    told = 0;
  }
  return windows_.hold();
}

bool ValueStream::close(const ValueStream* next) {
  const ValuePlace ring_end = tail_ + sizes_.ring_values;
  if (next == nullptr || !next->share_.has_border) {
    return retire(ring_end);
  }
  const ValuePlace border_begin = next->share_.begin;
  const ValuePlace border_end = next->border_end();
  if (tail_ > border_begin || !make_room(border_end)) {
    return false;
  }
  for (ValuePlace place = border_begin; place < border_end; ++place) {
    const auto& [other, told] = next->head_[place - border_begin];
    if (other.write != 0 && record(place).write != 0) {
      return false;
    }
    record(place).merge(other);
    version(place) = std::max(version(place), told);
  }
  if (!retire(border_end)) {
    return false;
  }
  // What it saw of the next one's other values, nobody knows.
  return std::ranges::all_of(ring_, &ValueRecord::is_empty);
}

}  // namespace stalemate
