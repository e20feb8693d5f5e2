#include "core/pattern/memory_cache.hpp"

#include <algorithm>
#include <utility>

namespace stalemate {
namespace {

constexpr Nanoseconds millisecond_ns = 1'000'000;
// A busy answer is asked for again after this long, doubled every time up to the second.
constexpr Nanoseconds first_pause_ns = 50'000;
constexpr Nanoseconds last_pause_ns = millisecond_ns;

Nanoseconds whole_milliseconds(Nanoseconds duration_ns) {
  return (duration_ns + millisecond_ns - 1) / millisecond_ns * millisecond_ns;
}

// Waits until a key is queued.
struct WaitForQueue {
  MemoryCache& cache;
  std::coroutine_handle<>& waiting;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiting = handle;
    cache.wake_when_queued(handle);
  }
  void await_resume() noexcept { waiting = {}; }
};

}  // namespace

MemoryCache::Kept& MemoryCache::kept_now(Key key) {
  Kept& kept = kept_[key];
  const Nanoseconds now_ns = clock_.now_ns();
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    if (kept.ends_ns[slot] <= now_ns) {
      kept.slots.slots[slot].reset();
      kept.ends_ns[slot] = never;
    }
  }
  return kept;
}

void MemoryCache::drop_if_empty(Key key) {
  const auto place = kept_.find(key);
  if (place != kept_.end() && place->second.slots == CacheSlots()) {
    kept_.erase(place);
  }
}

CacheSlots MemoryCache::slots(Key key) {
  const CacheSlots found = kept_now(key).slots;
  drop_if_empty(key);
  return found;
}

std::optional<Key> MemoryCache::first_queued() {
  while (!queue_.empty()) {
    const auto place = kept_.find(queue_.front());
    if (place != kept_.end() && place->second.slots.queued) {
      return queue_.front();
    }
    queue_.pop_front();
  }
  return std::nullopt;
}

void MemoryCache::clear() {
  kept_.clear();
  queue_.clear();
}

Task<Result<std::optional<Value>>> MemoryCache::get(Key key) {
  const std::optional<SlotContent> entry = slots(key)[Slot::entry];
  // A tombstone is no entry.
  co_return entry && entry->value != absent ? std::optional<Value>(entry->value) : std::nullopt;
}

Task<Result<void>> MemoryCache::set(Key key, Value value, Nanoseconds time_to_live_ns) {
  Kept& kept = kept_now(key);
  kept.slots[Slot::entry] = SlotContent{value, 0, time_to_live_ns > 0};
  kept.ends_ns[0] = time_to_live_ns > 0 ? clock_.now_ns() + whole_milliseconds(time_to_live_ns) : never;
  co_return Result<void>();
}

Task<Result<bool>> MemoryCache::erase(Key key) {
  Kept& kept = kept_now(key);
  const bool was_there = kept.slots[Slot::entry].has_value();
  kept.slots[Slot::entry].reset();
  kept.ends_ns[0] = never;
  drop_if_empty(key);
  co_return was_there;
}

// Gives what was written its end, and the queue its key.
void MemoryCache::settle(Key key, Kept& kept, const CacheSlots& before, const CacheArguments& arguments) {
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    const std::optional<SlotContent>& content = kept.slots.slots[slot];
    if (content == before.slots[slot]) {
      continue;
    }
    const Nanoseconds life_ns = slot == 0 ? arguments.time_to_live_ns : arguments.hold_ns;
    const bool ends = content && content->expires && life_ns > 0;
    kept.ends_ns[slot] = ends ? clock_.now_ns() + whole_milliseconds(life_ns) : never;
  }
  if (kept.slots.queued && !before.queued) {
    queue_.push_back(key);
    if (const std::coroutine_handle<> waiter = std::exchange(queue_waiter_, {})) {
      waiter.resume();
    }
  }
}

CacheReply MemoryCache::apply(const CacheCommandInfo& command, Key key, const CacheArguments& arguments) {
  Kept& kept = kept_now(key);
  const Nanoseconds now_ns = clock_.now_ns();
  moment_ = std::max(moment_ + 1, static_cast<std::uint64_t>(std::max<Nanoseconds>(now_ns, 0)));
  CacheMoment moment;
  moment.now = moment_;
  moment.expires_soon = kept.slots[Slot::entry] && kept.ends_ns[0] != never &&
                        (kept.ends_ns[0] - now_ns) * 2 < whole_milliseconds(arguments.time_to_live_ns);
  const CacheSlots before = kept.slots;
  const CacheReply reply = command.apply(kept.slots, arguments, moment);
  STALEMATE_ASSERT(reply.verdict != CacheVerdict::busy || kept.slots == before, "a busy answer changes nothing");
  settle(key, kept, before, arguments);
  drop_if_empty(key);
  return reply;
}

Task<Result<CacheReply>> MemoryCache::call(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
  const Nanoseconds start_ns = clock_.now_ns();
  Nanoseconds pause_ns = first_pause_ns;
  while (true) {
    const CacheReply reply = apply(command, key, arguments);
    const Nanoseconds left_ns = arguments.patience_ns - (clock_.now_ns() - start_ns);
    if (reply.verdict != CacheVerdict::busy || left_ns <= 0) {
      co_return reply;
    }
    co_await clock_.sleep(std::min(pause_ns, left_ns));
    pause_ns = std::min(pause_ns * 2, last_pause_ns);
  }
}

Task<Result<Change>> MemoryQueueFeed::next() {
  while (true) {
    if (const std::optional<Key> key = cache_.first_queued()) {
      Change change;
      change.key = *key;
      co_return change;
    }
    if (finished_) {
      co_return failed(ErrorCode::cancelled, "the run has ended");
    }
    WaitForQueue wait{cache_, waiting_};
    co_await wait;
  }
}

Task<Result<void>> MemoryQueueFeed::acknowledge(Change) {
  co_return Result<void>();
}

void MemoryQueueFeed::finish() {
  finished_ = true;
  if (const std::coroutine_handle<> waiting = std::exchange(waiting_, {})) {
    cache_.wake_when_queued({});
    waiting.resume();
  }
}

}  // namespace stalemate
