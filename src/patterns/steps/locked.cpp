// As locked.hpp says.
#include "patterns/steps/locked.hpp"

#include "patterns/commands/lock.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

constexpr CacheArguments lock_wanted = {.hold_ns = lock_hold_ns, .patience_ns = lock_patience_ns};

}  // namespace

Task<Result<Value>> read_locked(Ports ports, Key key, LockCommands commands) {
  const Result<std::optional<Value>> entry = co_await ports.cache.get(key);
  if (entry && entry->has_value()) {
    co_return **entry;
  }
  CacheReply lock = {.verdict = CacheVerdict::refused};
  if (entry) {
    const Result<CacheReply> taken = co_await ports.cache.call(commands.lock, key, lock_wanted);
    lock = taken.value_or(lock);
  }
  const bool is_locked = lock.verdict == CacheVerdict::done;
  Result<Value> value = lock.value;
  if (!is_locked || lock.value == absent) {
    value = co_await read_row(ports, key);
    if (is_locked && value && *value != absent) {
      if (commands.fill != nullptr) {
        const CacheArguments fill = {.value = *value, .stamp = lock.stamp, .time_to_live_ns = ports.time_to_live_ns};
        (void)co_await ports.cache.call(*commands.fill, key, fill);
      } else {
        (void)co_await ports.cache.set(key, *value, ports.time_to_live_ns);
      }
    }
  }
  if (is_locked) {
    const CacheArguments ours = {.stamp = lock.stamp};
    (void)co_await ports.cache.call(unlock_command, key, ours);
  }
  co_return value;
}

Task<Result<void>> write_locked(Ports ports, Key key, Value value, LockCommands commands) {
  const Result<CacheReply> lock = co_await ports.cache.call(commands.lock, key, lock_wanted);
  if (!lock) {
    co_return failed(lock.error().code, lock.error().detail);
  }
  if (lock->verdict != CacheVerdict::done) {
    co_return failed(ErrorCode::unavailable, "the key's lock was not to be had");
  }
  const Result<Written> written = co_await ports.database.write(key, value);
  const CacheArguments ours = {.stamp = lock->stamp};
  if (may_have_happened(written)) {
    if (commands.invalidate != nullptr) {
      (void)co_await ports.cache.call(*commands.invalidate, key, ours);
    } else {
      (void)co_await ports.cache.erase(key);
    }
  }
  (void)co_await ports.cache.call(unlock_command, key, ours);
  co_return without_value(written);
}

}  // namespace stalemate
