#include "check/history_index.hpp"

#include <algorithm>
#include <limits>

#include "check/screen.hpp"
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
  std::uint64_t ops = 0;
  std::uint64_t writes = 0;
  Value value_min = std::numeric_limits<Value>::max();
  Value value_max = std::numeric_limits<Value>::min();
};

HistoryIndex::HistoryIndex(const History& history, const Screen* screen) : history_(&history), screen_(screen) {
  if (screen_ != nullptr && screen_->all_clean()) {
    key_begin_.assign(std::size_t{history_->header.key_count} + 1, 0);
    versions_known_ = screen_->versions_known();
    return;
  }
  const Counted counted = count_ops();
  group_ops(counted);
  const auto span = static_cast<std::uint64_t>(std::int64_t{counted.value_max} - counted.value_min + 1);
  value_min_ = counted.value_min;
  is_dense_ = counted.writes == 0 || span <= 4 * counted.writes + 4096;
  if (is_dense_) {
    ranks_.assign(counted.writes == 0 ? 0 : span, no_rank);
    is_dense_ = index_densely();
  }
  if (!is_dense_) {
    index_sorted();
  }
  read_versions();
  if (screen_ != nullptr && !screen_->gave_up()) {
    versions_known_ = screen_->versions_known();
  }
}

bool HistoryIndex::is_indexed(const OpRecord& op) const {
  return op.kind() != OpKind::background && (screen_ == nullptr || !screen_->is_clean(op.key()));
}

HistoryIndex::Counted HistoryIndex::count_ops() {
  Counted counted;
  key_begin_.assign(std::size_t{history_->header.key_count} + 1, 0);
  for (const OpRecord& op : history_->ops()) {
    if (!is_indexed(op)) {
      continue;
    }
    STALEMATE_ASSERT(op.key().index < history_->header.key_count, "the header's key_count covers every op");
    ++counted.ops;
    ok_reads_ += op.kind() == OpKind::read && op.outcome() == Outcome::ok ? 1 : 0;
    ++key_begin_[op.key().index + 1];
    if (is_write(op)) {
      ++counted.writes;
      counted.value_min = std::min(counted.value_min, op.value());
      counted.value_max = std::max(counted.value_max, op.value());
    }
  }
  return counted;
}

void HistoryIndex::group_ops(const Counted& counted) {
  for (std::size_t key = 1; key < key_begin_.size(); ++key) {
    key_begin_[key] += key_begin_[key - 1];
  }
  order_.resize(counted.ops);
  // Each key's beginning serves as its cursor, and is one key further when the pass is over.
  const std::span<const OpRecord> ops = history_->ops();
  for (std::size_t position = 0; position < ops.size(); ++position) {
    if (is_indexed(ops[position])) {
      order_[key_begin_[ops[position].key().index]++] = static_cast<OpPosition>(position);
    }
  }
  for (std::size_t key = key_begin_.size() - 1; key > 0; --key) {
    key_begin_[key] = key_begin_[key - 1];
  }
  key_begin_[0] = 0;
}

/// False if two ops wrote one value, or one wrote the initial value: then values alone do not name writes.
bool HistoryIndex::index_densely() {
  constexpr Rank seen = no_rank - 1;
  const Value initial = history_->header.initial_value;
  for (const OpRecord& op : history_->ops()) {
    if (!is_write(op) || !is_indexed(op)) {
      continue;
    }
    Rank& rank = ranks_[static_cast<std::size_t>(std::int64_t{op.value()} - value_min_)];
    if (rank == seen || op.value() == initial) {
      return false;
    }
    rank = seen;
  }
  return true;
}

void HistoryIndex::index_sorted() {
  const Value initial = history_->header.initial_value;
  for (const OpRecord& op : history_->ops()) {
    if (is_write(op) && is_indexed(op)) {
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

void HistoryIndex::read_versions() {
  for (const StepRecord& step : history_->steps()) {
    if (step.store() != Store::database || step.command() != Command::write) {
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
    const Slot slot = slot_of(key, step.value());
    const bool is_written = slot != no_slot && (!is_dense_ || ranks_[slot] != no_rank);
    if (is_written) {
      note_version(slot, step);
    }
  }
  // Where every update was refused, the order of versions is known: there is none but the first.
  versions_known_ = versions_known_ || (!versions_.empty() && std::ranges::count(versions_, applied_unversioned) == 0);
}

void HistoryIndex::note_version(Slot slot, const StepRecord& step) {
  if (versions_.empty()) {
    versions_.assign(ranks_.size(), no_step_seen);
  }
  Version& version = versions_[slot];
  if (step.outcome() == Outcome::ok && step.version() != unknown_version) {
    versions_known_ = true;
    version = version >= refused ? step.version() : std::max(version, step.version());
  } else if (step.outcome() != Outcome::fail && (version == no_step_seen || version == refused)) {
    version = applied_unversioned;
  } else if (version == no_step_seen) {
    version = refused;
  }
}

Slot HistoryIndex::search_slot(std::uint32_t key, Value value) const {
  const std::uint64_t pair = pair_of(key, value);
  const auto place = std::ranges::lower_bound(sorted_values_, pair);
  return place != sorted_values_.end() && *place == pair ? static_cast<Slot>(place - sorted_values_.begin()) : no_slot;
}

bool HistoryIndex::has_repeated_values(Key key) const {
  return !repeated_keys_.empty() && std::ranges::binary_search(repeated_keys_, key.index);
}

std::uint64_t HistoryIndex::keys_with_ops() const {
  std::uint64_t keys = 0;
  for (std::size_t key = 0; key + 1 < key_begin_.size(); ++key) {
    keys += key_begin_[key] != key_begin_[key + 1] ? 1 : 0;
  }
  return keys;
}

}  // namespace stalemate
