// As look_aside.hpp says.
#include "patterns/steps/look_aside.hpp"

#include "patterns/commands/lock.hpp"
#include "patterns/commands/set_if_newer.hpp"
#include "patterns/steps/limits.hpp"

namespace stalemate {

Task<Result<Value>> read_row(Ports ports, Key key) {
  const Result<std::optional<Row>> row = co_await ports.database.read(key);
  if (!row) {
    co_return std::unexpected(row.error());
  }
  co_return row->has_value() ? (*row)->value : absent;
}

Task<Result<Value>> read_look_aside(Ports ports, Key key, Nanoseconds time_to_live_ns) {
  const Result<std::optional<Value>> entry = co_await ports.cache.get(key);
  if (entry && entry->has_value()) {
    co_return **entry;
  }
  Result<Value> value = co_await read_row(ports, key);
  if (entry && value && *value != absent) {
    // The answer is known; a failed fill costs the next reader a miss.
    (void)co_await ports.cache.set(key, *value, time_to_live_ns);
  }
  co_return value;
}

Task<Result<void>> write_look_aside(Ports ports, Key key, Value value) {
  const Result<Written> written = co_await ports.database.write(key, value);
  if (may_have_happened(written)) {
    (void)co_await ports.cache.erase(key);
  }
  co_return without_value(written);
}

Task<Result<Value>> read_versioned(Ports ports, Key key) {
  const Result<std::optional<Value>> entry = co_await ports.cache.get(key);
  if (entry && entry->has_value()) {
    co_return **entry;
  }
  const Result<std::optional<Row>> row = co_await ports.database.read(key);
  if (!row) {
    co_return std::unexpected(row.error());
  }
  if (!row->has_value()) {
    co_return absent;
  }
  if (entry) {
    const CacheArguments fill = {
        .value = (*row)->value, .stamp = (*row)->version, .time_to_live_ns = ports.time_to_live_ns};
    (void)co_await ports.cache.call(set_if_newer, key, fill);
  }
  co_return (*row)->value;
}

Task<Result<Value>> read_single_flight(Ports ports, Key key) {
  const Result<std::optional<Value>> entry = co_await ports.cache.get(key);
  if (entry && entry->has_value()) {
    co_return **entry;
  }
  if (!entry) {
    Result<Value> value = co_await read_row(ports, key);
    co_return value;
  }
  const CacheArguments wanted = {.hold_ns = lock_hold_ns, .patience_ns = lock_patience_ns};
  const Result<CacheReply> flight = co_await ports.local.call(lock_command, key, wanted);
  if (!flight || flight->verdict != CacheVerdict::done) {
    Result<Value> value = co_await read_row(ports, key);
    co_return value;
  }
  Result<Value> value = co_await read_look_aside(ports, key, ports.time_to_live_ns);
  const CacheArguments ours = {.stamp = flight->stamp};
  (void)co_await ports.local.call(unlock_command, key, ours);
  co_return value;
}

}  // namespace stalemate
