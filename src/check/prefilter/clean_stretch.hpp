// CleanStretch: what the checks want to know of the ops of followed keys, of one stretch of the history's time.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "check/passes/choose.hpp"
#include "check/passes/fetch.hpp"
#include "check/passes/time_sorter.hpp"
#include "check/prefilter/clean_keys.hpp"
#include "check/prefilter/op_times.hpp"
#include "check/prefilter/screen.hpp"
#include "record/history.hpp"
#include "record/record_array.hpp"

namespace stalemate {

/// What is found of the stretch. `writes_max`: there is room for so many writes of a key that may be under way; the
/// fewer, the less memory is walked through. Neighbours share no cache line, nor a pair of lines that is fetched at
/// once. Thread rule: one thread at a time.
template <std::size_t writes_max>
class alignas(128) CleanStretch {
 public:
  /// Amounts are handed on when so many at least are there.
  static constexpr std::size_t batch_size = 4096;

  /// Requires: history, screen and times outlive it; every write of a followed key is `ok` or failed.
  CleanStretch(const History& history, const Screen& screen, const OpTimes& times, std::uint32_t number)
      : history_(history),
        screen_(screen),
        times_(times),
        number_(number),
        begin_ns_(times_.begin_ns(number)),
        end_ns_(times_.end_ns(number)),
        all_clean_(screen_.all_clean()),
        picked_(ops_at_once),
        batch_(batch_size + ops_at_once) {}

  /// An `ok` read before which no write of its key ended in the stretch.
  struct EarlyRead {
    Nanoseconds invocation_ns;
    std::uint32_t key;
  };

  /// Calls tell(batch), a CleanBatch, with the ages of all reads but early_reads().
  template <class Tell>
  void look(const Tell& tell);

  // Afterwards.

  [[nodiscard]] std::span<const EarlyRead> early_reads() const { return early_reads_.span().first(early_count_); }
  /// When the last write of the key ended that ended within the stretch, and 1; 0: none did.
  [[nodiscard]] Nanoseconds completed_ns(std::uint32_t key) const { return keys_.span()[key].completed_by(end_ns_); }
  /// When its last `ok` read began, and 1; 0: none did. Requires: has_reads().
  [[nodiscard]] Nanoseconds read_ns(std::uint32_t key) const { return reads_ns_.span()[key]; }
  /// Whether writes may have been seen for so long that it matters when the last read was.
  [[nodiscard]] bool has_reads() const { return reads_ns_.size() > 0; }
  void prefetch(std::uint32_t key) const { __builtin_prefetch(&keys_.span()[key]); }
  /// Of clean keys.
  [[nodiscard]] std::uint64_t writes() const { return writes_; }
  [[nodiscard]] bool has_adds() const { return has_adds_; }

 private:
  /// The times of so many ops' keys are fetched ahead.
  static constexpr std::size_t ops_at_once = 128;

  /// Ops of followed keys.
  using Picked = std::span<const OpRecord* const>;
  /// An op by its invocation.
  struct Begun {
    Nanoseconds time_ns;
    const OpRecord* op;
  };
  /// A write that has not been passed yet: its completion and its key.
  using Ending = std::pair<Nanoseconds, std::uint32_t>;
  /// What is known of a key so far; all zero at first.
  struct KeyTimes {
    Nanoseconds completed_ns;  // when its last write ended that has been passed, and 1; 0: none has
    std::array<Nanoseconds, writes_max> writes_ns;  // when writes end that may not have been passed, and 1; or 0

    /// When the last write ended that ended before that, and 1; 0: none did.
    [[nodiscard]] Nanoseconds completed_by(Nanoseconds now_ns) const {
      Nanoseconds latest_ns = completed_ns;
      for (const Nanoseconds write_ns : writes_ns) {
        latest_ns = std::max(latest_ns, choose(write_ns <= now_ns, write_ns, Nanoseconds{0}));
      }
      return latest_ns;
    }
    /// Of a write that has been passed, or of none; writes_max if there is none such.
    [[nodiscard]] std::size_t free_place(Nanoseconds now_ns) const {
      std::size_t place = writes_max;
      for (std::size_t i = writes_max; i-- > 0;) {
        place = choose(writes_ns[i] <= now_ns, i, place);
      }
      return place;
    }
  };

  Picked pick(std::span<const OpRecord> ops);
  template <class Use>
  void for_each_picked(std::size_t begin_block, std::size_t end_block, const Use& use);
  template <class Use>
  void for_each_by_invocation(const Use& use);
  void begin();
  void add(Picked ops);
  void add_ending(Nanoseconds completion_ns, std::uint32_t key);
  void pass_endings(Nanoseconds before_ns);

  const History& history_;
  const Screen& screen_;
  const OpTimes& times_;
  std::uint32_t number_;
  Nanoseconds begin_ns_;
  Nanoseconds end_ns_;
  bool all_clean_;
  RecordArray<KeyTimes> keys_;         // of the thread that looks, from there on
  RecordArray<Nanoseconds> reads_ns_;  // by key; may be empty
  std::vector<const OpRecord*> picked_;
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings_;  // for which KeyTimes has no room
  std::vector<Nanoseconds> batch_;                                            // the first batched_
  std::size_t batched_ = 0;
  RecordArray<EarlyRead> early_reads_;  // the first early_count_
  std::size_t early_count_ = 0;
  std::uint64_t writes_ = 0;
  bool has_adds_ = false;
};

template <std::size_t writes_max>
template <class Tell>
void CleanStretch<writes_max>::look(const Tell& tell) {
  keys_ = RecordArray<KeyTimes>(history_.header.key_count);
  keys_.make_ready(0, keys_.size());
  reads_ns_ = RecordArray<Nanoseconds>(times_.span_ns() > CleanBatch::span_ns_min ? keys_.size() : 0);
  begin();
  for_each_by_invocation([&](Picked ops) {
    add(ops);
    if (batched_ >= batch_size) {
      tell({.read_ages_ns = std::span(batch_).first(std::exchange(batched_, 0))});
    }
  });
  tell({.read_ages_ns = std::span(batch_).first(std::exchange(batched_, 0))});
  pass_endings(end_ns_);
}

/// With the writes that are under way when the stretch begins, and room for its early reads.
template <std::size_t writes_max>
void CleanStretch<writes_max>::begin() {
  for (const OpPosition position : times_.writes_under_way(number_)) {
    const OpRecord& op = history_.ops()[position];
    if (screen_.is_followed(op.key())) {
      add_ending(op.completion_ns(), op.key().index);
    }
  }
  if (number_ > 0) {
    const std::size_t blocks = times_.end_block(number_) - times_.begin_block(number_);
    early_reads_ = RecordArray<EarlyRead>(blocks * OpTimes::block_ops + ops_at_once);
  }
}

/// The ops of followed keys that were invoked in the stretch, at most ops_at_once.
template <std::size_t writes_max>
auto CleanStretch<writes_max>::pick(std::span<const OpRecord> ops) -> Picked {
  const KeyTimes* const times = keys_.span().data();
  const OpRecord** next = picked_.data();
  for (const OpRecord& op : ops) {
    fetch_ahead(&op);
    __builtin_prefetch(times + op.key().index, 1);
    const Nanoseconds invocation_ns = op.invocation_ns();
    const bool is_of_client = op.kind() != OpKind::background;
    const bool is_picked = (invocation_ns >= begin_ns_) & (invocation_ns < end_ns_) & is_of_client;
    *next = &op;
    next += is_picked ? 1 : 0;
  }
  const std::span<const OpRecord*> picked(picked_.data(), next);
  if (all_clean_) {
    return picked;
  }
  const auto behind =
      std::ranges::remove_if(picked, [this](const OpRecord* op) { return !screen_.is_followed(op->key()); });
  return picked.first(picked.size() - behind.size());
}

/// Calls use(ops) with what is picked of the blocks, at most ops_at_once at a time.
template <std::size_t writes_max>
template <class Use>
void CleanStretch<writes_max>::for_each_picked(std::size_t begin_block, std::size_t end_block, const Use& use) {
  const std::span<const OpRecord> ops = history_.ops();
  const std::size_t end = std::min(end_block * OpTimes::block_ops, ops.size());
  for (std::size_t from = begin_block * OpTimes::block_ops; from < end; from += ops_at_once) {
    use(pick(ops.subspan(from, std::min(ops_at_once, end - from))));
  }
}

template <std::size_t writes_max>
template <class Use>
void CleanStretch<writes_max>::for_each_by_invocation(const Use& use) {
  const std::size_t begin_block = times_.begin_block(number_);
  const std::size_t end_block = times_.end_block(number_);
  if (times_.is_sorted()) {
    for_each_picked(begin_block, end_block, use);
    return;
  }
  TimeSorter<Begun> begun;
  for (std::size_t block = begin_block; block < end_block;) {
    const std::size_t from = block;
    block = std::min(block + begun.waiting() / OpTimes::block_ops + 1, end_block);
    Begun* next = begun.room((block - from) * OpTimes::block_ops);
    for_each_picked(from, block, [&next](Picked picked) {
      next =
          std::ranges::transform(picked, next, [](const OpRecord* op) { return Begun{op->invocation_ns(), op}; }).out;
    });
    begun.add_until(next);
    const auto earlier = [](const Begun& left, const Begun& right) { return left.time_ns < right.time_ns; };
    const Nanoseconds safe_ns = block < end_block ? times_.least_invocation_from(block) : never;
    std::span<const Begun> released = begun.release(safe_ns, earlier);
    while (!released.empty()) {
      const std::size_t count = std::min(released.size(), ops_at_once);
      std::ranges::transform(released.first(count), picked_.begin(), &Begun::op);
      use(Picked(picked_).first(count));
      released = released.subspan(count);
    }
  }
}

/// Without branches on what is as good as random: which ops are reads, and which writes have ended.
template <std::size_t writes_max>
void CleanStretch<writes_max>::add(Picked ops) {
  Nanoseconds* age = batch_.data() + batched_;
  EarlyRead nowhere;
  const std::size_t early_step = number_ > 0 ? 1 : 0;
  EarlyRead* early = number_ > 0 ? early_reads_.data() + early_count_ : &nowhere;
  const bool has_reads = this->has_reads();
  const bool all_clean = all_clean_;
  std::uint64_t writes = 0;
  bool has_adds = false;
  for (const OpRecord* op : ops) {
    const Nanoseconds invocation_ns = op->invocation_ns();
    if (!endings_.empty()) [[unlikely]] {
      pass_endings(invocation_ns);
    }
    if (op->outcome() != Outcome::ok) [[unlikely]] {
      continue;
    }
    KeyTimes& key = keys_.data()[op->key().index];
    const bool is_read = op->kind() == OpKind::read;
    const Nanoseconds completed_ns = key.completed_by(invocation_ns);
    key.completed_ns = completed_ns;
    if (has_reads) {
      reads_ns_.data()[op->key().index] = choose(is_read, invocation_ns + 1, reads_ns_.data()[op->key().index]);
    }
    *age = invocation_ns + 1 - completed_ns;
    *early = {.invocation_ns = invocation_ns, .key = op->key().index};
    const bool has_age = completed_ns != 0;
    age += static_cast<unsigned>(is_read & has_age);
    const bool is_early = is_read & !has_age;
    early += is_early ? early_step : 0;
    writes += is_read || !(all_clean || screen_.is_clean(op->key())) ? 0 : 1;
    has_adds |= op->kind() == OpKind::add;
    const bool is_write = !is_read;
    const std::size_t place = key.free_place(invocation_ns);
    const bool has_room = place < writes_max;
    Nanoseconds& write_ns = key.writes_ns[choose(has_room, place, std::size_t{0})];
    write_ns = choose(is_write & has_room, op->completion_ns() + 1, write_ns);
    if (is_write & !has_room) [[unlikely]] {
      endings_.emplace(op->completion_ns(), op->key().index);
    }
  }
  batched_ = static_cast<std::size_t>(age - batch_.data());
  early_count_ = number_ > 0 ? static_cast<std::size_t>(early - early_reads_.data()) : 0;
  writes_ += writes;
  has_adds_ |= has_adds;
}

/// A write that ends within the stretch, or after it.
template <std::size_t writes_max>
void CleanStretch<writes_max>::add_ending(Nanoseconds completion_ns, std::uint32_t key) {
  auto& writes_ns = keys_.data()[key].writes_ns;
  const auto free = std::ranges::find(writes_ns, Nanoseconds{0});
  if (free == writes_ns.end()) {
    endings_.emplace(completion_ns, key);
  } else {
    *free = completion_ns + 1;
  }
}

template <std::size_t writes_max>
void CleanStretch<writes_max>::pass_endings(Nanoseconds before_ns) {
  while (!endings_.empty() && endings_.top().first < before_ns) {
    KeyTimes& key = keys_.data()[endings_.top().second];
    key.completed_ns = std::max(key.completed_ns, endings_.top().first + 1);
    endings_.pop();
  }
}

}  // namespace stalemate
