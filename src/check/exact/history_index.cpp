#include "check/exact/history_index.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <utility>

#include "check/exact/value_numbers.hpp"
#include "check/passes/fetch.hpp"
#include "check/prefilter/prefilter.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

bool is_write(const OpRecord& op) {
  return op.kind() == OpKind::write || op.kind() == OpKind::add;
}

/// Values of one key next to each other, in order of value.
std::uint64_t pair_of(std::uint32_t key, Value value) {
  return std::uint64_t{key} << 32U | (static_cast<std::uint32_t>(value) ^ 0x80000000U);
}

}  // namespace

struct HistoryIndex::Counted {
  std::uint64_t ok_reads = 0;
  std::uint64_t settled_writes = 0;  // of partly clean keys
  std::uint64_t writes = 0;
  Value value_min = std::numeric_limits<Value>::max();
  Value value_max = std::numeric_limits<Value>::min();
};

HistoryIndex::HistoryIndex(const History& history, const Prefilter* prefilter, const Crew& crew)
    : history_(&history),
      prefilter_(prefilter),
      groups_(prefilter != nullptr && prefilter->all_clean() ? 0 : history.header.key_count, history.ops().size(),
              crew) {
  if (prefilter_ != nullptr && prefilter_->all_clean()) {
    versions_known_ = prefilter_->versions_known();
    return;
  }
  const Counted counted = count_ops(crew);
  const auto span = static_cast<std::uint64_t>(std::int64_t{counted.value_max} - counted.value_min + 1);
  const bool may_be_dense = counted.writes == 0 || span <= ValueNumbers::of(history).written_max;
  ok_reads_ = counted.ok_reads;
  settled_writes_ = counted.settled_writes;
  value_min_ = counted.value_min;
  if (may_be_dense) {
    ranks_.assign(counted.writes == 0 ? 0 : span, no_rank);
  }
  is_dense_ = group_ops(crew, may_be_dense);
  picked_ = {};
  if (!is_dense_) {
    index_sorted();
  }
  versions_ = RecordArray<std::uint64_t>(ranks_.size());
  read_versions(crew);
  if (prefilter_ != nullptr) {
    versions_known_ = prefilter_->versions_known();  // as the updates of all ops tell
  }
}

/// Calls use(op, position) for those of 64 ops from `begin` on that `picked` has a bit of.
template <class Use>
void HistoryIndex::use_picked(std::size_t begin, std::uint64_t picked, const Use& use) const {
  for (; picked != 0; picked &= picked - 1) {
    const std::size_t position = begin + static_cast<std::size_t>(std::countr_zero(picked));
    use(history_->ops()[position], static_cast<OpPosition>(position));
  }
}

/// Calls use(op, position) for the ops of the member's share that are to be indexed, and remembers which they are. They
/// are picked without a branch, for which they are may be as good as random.
template <class Picks, class Use>
void HistoryIndex::pick(std::uint32_t member, const Picks& picks, const Use& use) {
  const std::span<const OpRecord> ops = history_->ops();
  const std::size_t end = share_begin(ops.size(), member + 1, groups_.members());
  std::vector<std::uint64_t> words;
  for (std::size_t begin = share_begin(ops.size(), member, groups_.members()); begin < end; begin += 64) {
    const std::span<const OpRecord> block = ops.subspan(begin, std::min<std::size_t>(64, end - begin));
    std::uint64_t picked = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      fetch_ahead(&block[i]);
      picked |= picks(block[i]) << i;
    }
    words.push_back(picked);
    use_picked(begin, picked, use);
  }
  picked_[member] = std::move(words);
}

/// The same, first. `left_out`: has added to it how many writes of partly clean keys are settled.
template <class Use>
void HistoryIndex::pick_indexed(std::uint32_t member, std::uint64_t& left_out, const Use& use) {
  if (prefilter_ == nullptr) {
    pick(member, [](const OpRecord& op) { return std::uint64_t{op.kind() != OpKind::background ? 1U : 0U}; }, use);
    return;
  }
  const SettledOps settled = prefilter_->settled_ops();
  std::uint64_t count = 0;
  const auto picks = [settled, &count](const OpRecord& op) {
    const std::uint64_t is_settled = settled.has(op) ? 1 : 0;
    const std::uint64_t is_write = op.kind() == OpKind::write ? 1 : 0;
    const std::uint64_t is_of_client = op.kind() != OpKind::background ? 1 : 0;
    const std::uint64_t is_partly_clean = settled.key_states[op.key().index] == KeyState::partly_clean ? 1 : 0;
    count += is_settled & is_write & is_partly_clean;
    return is_of_client & ~is_settled;
  };
  pick(member, picks, use);
  left_out += count;
}

/// Afterwards, again.
template <class Use>
void HistoryIndex::for_each_indexed(std::uint32_t member, const Use& use) const {
  std::size_t begin = share_begin(history_->ops().size(), member, groups_.members());
  for (const std::uint64_t picked : picked_[member]) {
    fetch_ahead(&history_->ops()[begin]);
    use_picked(begin, picked, use);
    begin += 64;
  }
}

bool HistoryIndex::lacks_settled(std::uint32_t key) const {
  return prefilter_ != nullptr && !prefilter_->all_clean() && prefilter_->state_of(Key{key}) == KeyState::partly_clean;
}

HistoryIndex::Counted HistoryIndex::count_ops(const Crew& crew) {
  std::vector<Counted> by_member(groups_.members());
  picked_.resize(groups_.members());
  groups_.count(crew, [&](std::uint32_t member, const auto& add) {
    Counted counted;
    pick_indexed(member, counted.settled_writes, [&](const OpRecord& op, OpPosition) {
      STALEMATE_ASSERT(op.key().index < history_->header.key_count, "the header's key_count covers every op");
      add(op.key().index);
      counted.ok_reads += op.kind() == OpKind::read && op.outcome() == Outcome::ok ? 1 : 0;
      if (is_write(op)) {
        ++counted.writes;
        counted.value_min = std::min(counted.value_min, op.value());
        counted.value_max = std::max(counted.value_max, op.value());
      }
    });
    by_member[member] = counted;
  });
  Counted all;
  for (const Counted& counted : by_member) {
    all.ok_reads += counted.ok_reads;
    all.settled_writes += counted.settled_writes;
    all.writes += counted.writes;
    all.value_min = std::min(all.value_min, counted.value_min);
    all.value_max = std::max(all.value_max, counted.value_max);
  }
  return all;
}

/// False if it was not to be dense, or if two ops wrote one value or one wrote the initial value: then values alone do
/// not name writes.
bool HistoryIndex::group_ops(const Crew& crew, bool is_dense) {
  const Value initial = history_->header.initial_value;
  std::atomic<bool> has_repeated = false;
  groups_.place(crew, [&](std::uint32_t member, const auto& add) {
    bool is_distinct = true;
    for_each_indexed(member, [&](const OpRecord& op, OpPosition position) {
      add(op.key().index, position);
      if (is_dense && is_write(op)) {
        is_distinct = is_first_of(op.value()) && op.value() != initial && is_distinct;
      }
    });
    if (!is_distinct) {
      has_repeated.store(true, std::memory_order_relaxed);
    }
  });
  return is_dense && !has_repeated.load(std::memory_order_relaxed);
}

/// Whether no write of the value has been seen before; from now on one has.
bool HistoryIndex::is_first_of(Value value) {
  constexpr Rank seen = no_rank - 1;
  Rank& rank = ranks_[static_cast<std::size_t>(std::int64_t{value} - value_min_)];
  if (groups_.members() > 1) {
    return std::atomic_ref(rank).exchange(seen, std::memory_order_relaxed) != seen;
  }
  return std::exchange(rank, seen) != seen;
}

void HistoryIndex::index_sorted() {
  const Value initial = history_->header.initial_value;
  for (const OpRecord& op : history_->ops()) {
    if (is_write(op) && (prefilter_ == nullptr || prefilter_->state_of(op.key()) != KeyState::clean)) {
      sorted_values_.push_back(pair_of(op.key().index, op.value()));
      if (op.value() == initial) {
        repeated_keys_.push_back(op.key().index);
      }
    }
  }
  std::ranges::sort(sorted_values_);
  for (std::size_t i = 1; i < sorted_values_.size(); ++i) {
    if (sorted_values_[i] == sorted_values_[i - 1]) {
      repeated_keys_.push_back(static_cast<std::uint32_t>(sorted_values_[i] >> 32U));
    }
  }
  sorted_values_.erase(std::ranges::unique(sorted_values_).begin(), sorted_values_.end());
  std::ranges::sort(repeated_keys_);
  repeated_keys_.erase(std::ranges::unique(repeated_keys_).begin(), repeated_keys_.end());
  ranks_.assign(sorted_values_.size(), no_rank);
}

void HistoryIndex::read_versions(const Crew& crew) {
  const std::span<const StepRecord> steps = history_->steps();
  std::vector<VersionsTold> by_member(crew.size);
  crew([&](std::uint32_t member) {
    const std::size_t begin = share_begin(steps.size(), member, crew.size);
    const std::size_t end = share_begin(steps.size(), member + 1, crew.size);
    by_member[member] = read_versions(steps.subspan(begin, end - begin));
  });
  VersionsTold told;
  for (const VersionsTold& found : by_member) {
    told.add(found);
  }
  versions_known_ = told.is_order_known();
}

VersionsTold HistoryIndex::read_versions(std::span<const StepRecord> steps) {
  VersionsTold told;
  for (const StepRecord& step : steps) {
    fetch_ahead(&step);
    if (!step.is_update()) {
      continue;
    }
    std::uint32_t key = 0;
    if (!is_dense_) {
      const OpRecord* op = history_->find_op(step.op());
      if (op == nullptr) {
        continue;
      }
      key = op->key().index;
    }
    const ValueSlot slot = slot_of(key, step.value());
    const bool is_written = slot != no_slot && (!is_dense_ || ranks_[slot] != no_rank);
    if (is_written) {
      told.add(step);
      note_version(slot, step);
    }
  }
  return told;
}

void HistoryIndex::note_version(ValueSlot slot, const StepRecord& step) {
  const std::uint64_t stored = packed_version::of(step);
  // A retried write may have steps in the shares of several members.
  const std::atomic_ref version(versions_.data()[slot]);
  std::uint64_t before = version.load(std::memory_order_relaxed);
  while (before < stored && !version.compare_exchange_weak(before, stored, std::memory_order_relaxed)) {
  }
}

ValueSlot HistoryIndex::search_slot(std::uint32_t key, Value value) const {
  const std::uint64_t pair = pair_of(key, value);
  const auto found = std::ranges::lower_bound(sorted_values_, pair);
  return found != sorted_values_.end() && *found == pair ? static_cast<ValueSlot>(found - sorted_values_.begin())
                                                         : no_slot;
}

bool HistoryIndex::has_repeated_values(Key key) const {
  return !repeated_keys_.empty() && std::ranges::binary_search(repeated_keys_, key.index);
}

std::uint64_t HistoryIndex::keys_with_ops() const {
  std::uint64_t keys = 0;
  for (std::uint32_t key = 0; key < groups_.key_count(); ++key) {
    keys += groups_.before(key) != groups_.before(key + 1) ? 1 : 0;
  }
  return keys;
}

}  // namespace stalemate
