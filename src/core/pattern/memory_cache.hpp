// A cache in the memory of this process: what an application server keeps for its clients.
#pragma once

#include <array>
#include <coroutine>
#include <deque>
#include <optional>
#include <unordered_map>

#include "core/pattern/feed.hpp"
#include "core/pattern/ports.hpp"

namespace stalemate {

/// Applies every command at once, by its `apply`, and waits out `busy` answers on the clock it is given. Cannot fail.
/// Time to live and hold are rounded up to whole milliseconds, as a server's are. A command that writes a slot exactly
/// as it was does not renew its life.
/// Thread rule: one thread; many callers. A caller that waits must not outlive it.
class MemoryCache final : public Cache {
 public:
  explicit MemoryCache(Clock& clock) : clock_(clock) {}

  Task<Result<std::optional<Value>>> get(Key key) override;
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override;
  Task<Result<bool>> erase(Key key) override;
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override;

  /// What is kept of the key now.
  [[nodiscard]] CacheSlots slots(Key key);
  /// The key that has been `queued` longest. It stays queued.
  [[nodiscard]] std::optional<Key> first_queued();
  /// Resumes `waiting` once, when a key is queued next; one at a time.
  void wake_when_queued(std::coroutine_handle<> waiting) { queue_waiter_ = waiting; }
  /// Forgets everything, as a server that dies does.
  void clear();

 private:
  struct Kept {
    CacheSlots slots = {};
    std::array<Nanoseconds, slot_count> ends_ns = {never, never, never, never};
  };

  Kept& kept_now(Key key);
  CacheReply apply(const CacheCommandInfo& command, Key key, const CacheArguments& arguments);
  void settle(Key key, Kept& kept, const CacheSlots& before, const CacheArguments& arguments);
  void drop_if_empty(Key key);

  Clock& clock_;
  std::unordered_map<Key, Kept> kept_ = {};
  std::deque<Key> queue_ = {};  // may name keys that are no longer queued
  std::coroutine_handle<> queue_waiter_ = {};
  std::uint64_t moment_ = 0;
};

/// The keys that are `queued` in a MemoryCache, as a feed.
/// Thread rule: the cache's thread; one call at a time.
class MemoryQueueFeed final : public LiveFeed {
 public:
  explicit MemoryQueueFeed(MemoryCache& cache) : cache_(cache) {}
  Task<Result<Change>> next() override;
  Task<Result<void>> acknowledge(Change change) override;
  void finish() override;

 private:
  MemoryCache& cache_;
  std::coroutine_handle<> waiting_ = {};
  bool finished_ = false;
};

}  // namespace stalemate
