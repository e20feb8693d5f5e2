#include "check/clean_ops.hpp"

#include <algorithm>

#include "check/choose.hpp"
#include "check/fetch.hpp"

namespace stalemate {

namespace {

/// The times of so many ops' keys are fetched ahead.
constexpr std::size_t ops_at_once = 128;
/// Amounts are handed on when so many at least are there.
constexpr std::size_t batch_size = 4096;

}  // namespace

CleanOps::CleanOps(const CleanShare& share)
    : share_(share),
      all_clean_(share.screen.all_clean()),
      keys_(share.keys.places(share.history.header.key_count)),
      picked_(ops_at_once),
      batch_(batch_size + ops_at_once) {}

void CleanOps::look(const Take& take, CleanKeys& keys) {
  for_each_by_invocation([&](Picked ops) {
    add(ops, keys);
    if (batched_ >= batch_size) {
      take({.read_ages_ns = std::span(batch_).first(std::exchange(batched_, 0))});
    }
  });
  take({.read_ages_ns = std::span(batch_).first(std::exchange(batched_, 0))});
  tell_spans(take);
}

/// Calls use(ops) with all ops of cleared keys of the share, at most ops_at_once at a time.
template <class Use>
void CleanOps::for_each_picked(std::size_t begin, std::size_t end, const Use& use) {
  for (std::size_t from = begin; from < end; from += ops_at_once) {
    use(pick(from, std::min(from + ops_at_once, end)));
  }
}

CleanOps::Picked CleanOps::pick(std::size_t begin, std::size_t end) {
  const KeyShare share = share_.keys;
  const KeyTimes* const times = keys_.data();
  // Whose key is whose is as good as random, so there is no branch on it.
  const OpRecord** next = picked_.data();
  std::uint32_t place = 0;
  for (const OpRecord& op : share_.history.ops().subspan(begin, end - begin)) {
    fetch_ahead(&op);
    const std::uint32_t key = op.key().index;
    const bool is_of_client = op.kind() != OpKind::background;
    const bool is_picked = share.has(key) & is_of_client;
    place = is_picked ? share.place_of(key) : place;
    __builtin_prefetch(times + place, 1);
    *next = &op;
    next += is_picked ? 1 : 0;
  }
  const std::span<const OpRecord*> picked(picked_.data(), next);
  if (all_clean_) {
    return picked;
  }
  const auto behind =
      std::ranges::remove_if(picked, [this](const OpRecord* op) { return !share_.screen.is_clean(op->key()); });
  return picked.first(picked.size() - behind.size());
}

template <class Use>
void CleanOps::for_each_by_invocation(const Use& use) {
  const std::span<const OpRecord> ops = share_.history.ops();
  if (share_.times.is_sorted()) {
    for_each_picked(0, ops.size(), use);
    return;
  }
  TimeSorter<Begun> begun;
  for (std::size_t block = 0; block * OpTimes::block_ops < ops.size();) {
    const std::size_t begin = block * OpTimes::block_ops;
    block += begun.waiting() / OpTimes::block_ops + 1;
    Begun* next = begun.room(block * OpTimes::block_ops - begin);
    for_each_picked(begin, std::min(block * OpTimes::block_ops, ops.size()), [&next](Picked picked) {
      next =
          std::ranges::transform(picked, next, [](const OpRecord* op) { return Begun{op->invocation_ns(), op}; }).out;
    });
    begun.add_until(next);
    const auto earlier = [](const Begun& left, const Begun& right) { return left.time_ns < right.time_ns; };
    std::span<const Begun> released = begun.release(share_.times.least_invocation_from(block), earlier);
    while (!released.empty()) {
      const std::size_t count = std::min(released.size(), ops_at_once);
      std::ranges::transform(released.first(count), picked_.begin(), &Begun::op);
      use(Picked(picked_).first(count));
      released = released.subspan(count);
    }
  }
}

/// Without branches on what is as good as random: which ops are reads, and which writes have ended.
void CleanOps::add(Picked ops, CleanKeys& keys) {
  const KeyShare share = share_.keys;
  Nanoseconds* age = batch_.data() + batched_;
  Nanoseconds last_read_ns = last_read_ns_;
  std::uint64_t writes = 0;  // the member's own: what is shared is slow to change
  bool has_adds = false;
  for (const OpRecord* op : ops) {
    const Nanoseconds invocation_ns = op->invocation_ns();
    if (!endings_.empty()) [[unlikely]] {
      pass_endings(invocation_ns);
    }
    if (op->outcome() != Outcome::ok) [[unlikely]] {
      continue;
    }
    const std::uint32_t place = share.place_of(op->key().index);
    KeyTimes& key = keys_.data()[place];
    const bool is_read = op->kind() == OpKind::read;
    const auto [first_ns, second_ns] = key.writes_ns;
    const bool has_first_ended = first_ns <= invocation_ns;
    const bool has_second_ended = second_ns <= invocation_ns;
    const Nanoseconds completed_ns = std::max({key.completed_ns, choose(has_first_ended, first_ns, Nanoseconds{0}),
                                               choose(has_second_ended, second_ns, Nanoseconds{0})});
    key.completed_ns = completed_ns;
    key.read_ns = choose(is_read, invocation_ns + 1, key.read_ns);
    last_read_ns = choose(is_read, invocation_ns, last_read_ns);
    *age = invocation_ns + 1 - completed_ns;
    const bool has_age = completed_ns != 0;
    age += static_cast<unsigned>(is_read & has_age);
    writes += is_read ? 0 : 1;
    has_adds |= op->kind() == OpKind::add;
    const bool is_write = !is_read;
    Nanoseconds& write_ns = key.writes_ns[has_first_ended ? 0 : 1];
    const bool has_room = has_first_ended | has_second_ended;
    write_ns = choose(is_write & has_room, op->completion_ns() + 1, write_ns);
    if (is_write & !has_room) [[unlikely]] {
      endings_.emplace(op->completion_ns(), place);
    }
  }
  batched_ = static_cast<std::size_t>(age - batch_.data());
  last_read_ns_ = last_read_ns;
  keys.writes += writes;
  keys.has_adds |= has_adds;
}

void CleanOps::pass_endings(Nanoseconds before_ns) {
  while (!endings_.empty() && endings_.top().first < before_ns) {
    KeyTimes& key = keys_.data()[endings_.top().second];
    key.completed_ns = std::max(key.completed_ns, endings_.top().first + 1);
    endings_.pop();
  }
}

void CleanOps::tell_spans(const Take& take) {
  if (last_read_ns_ <= CleanBatch::span_ns_min) {
    return;  // no write can have been followed by a read that much later
  }
  for_each_picked(0, share_.history.ops().size(), [&](Picked ops) {
    for (const OpRecord* op : ops) {
      const Nanoseconds read_ns = keys_.data()[share_.keys.place_of(op->key().index)].read_ns - 1;
      const Nanoseconds span_ns = read_ns - op->completion_ns();
      const bool is_read = op->kind() == OpKind::read;
      const bool is_answered = op->outcome() == Outcome::ok;
      const bool is_long = span_ns > CleanBatch::span_ns_min;
      batch_[batched_] = span_ns;
      batched_ += static_cast<unsigned>(!is_read & is_answered & is_long);
    }
    if (batched_ >= batch_size) {
      take({.write_spans_ns = std::span(batch_).first(std::exchange(batched_, 0))});
    }
  });
  take({.write_spans_ns = std::span(batch_).first(std::exchange(batched_, 0))});
}

}  // namespace stalemate
