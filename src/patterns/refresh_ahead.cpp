// refresh-ahead: a write updates the row, then deletes the entry. A read takes the entry, on a miss the row, and leaves
// it in the cache for the scenario's time to live, or for 1 s where it has none. A read that finds an entry in the
// second half of its life puts the key into a queue, from where a refresher loads the row again and sets the entry
// before it expires.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Explored:
// converges, monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads under concurrency: the refresher, like a reader that fills, may have loaded the old row
// and set it after the delete or over a newer value, and then all readers see it until the key's next write, refresh or
// expiry. The same after a delete that was lost, or a writer that died before it.
//
// Source: Oracle Coherence documentation, "Caching Data Sources"; when to refresh: Vattani et al., "Optimal
// probabilistic cache stampede prevention", VLDB 2015.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

const CacheCommandInfo get_ahead = {
    .name = "get-ahead",
    .summary = "the entry; if it expires soon, the key joins the queue",
    .role = Role::lookup,
    .command = Command::get,
    .lua = R"lua(
local found, _, there = load(entry)
if there and expires_soon() then enqueue() end
return done(found, 0)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment& moment) -> CacheReply {
      const std::optional<SlotContent>& entry = slots[Slot::entry];
      slots.queued = slots.queued || (entry && moment.expires_soon);
      return {.value = entry ? entry->value : absent};
    },
};

const CacheCommandInfo refresh = {
    .name = "refresh",
    .summary = "set the entry to what was loaded, and take the key from the queue",
    .role = Role::refresh,
    .command = Command::set,
    .lua = R"lua(
dequeue()
if value then store(entry, value, 0, ttl) else drop(entry) end
return done(value, 0)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      slots.queued = false;
      slots[Slot::entry].reset();
      if (arguments.value != absent) {
        slots[Slot::entry] = SlotContent{arguments.value, 0, arguments.time_to_live_ns > 0};
      }
      return {.value = arguments.value};
    },
};

class RefreshAhead final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const CacheArguments wanted = {.time_to_live_ns = life_ns(ports)};
    const Result<CacheReply> found = co_await ports.cache.call(get_ahead, key, wanted);
    if (found && found->value != absent) {
      co_return found->value;
    }
    Result<Value> value = co_await read_row(ports, key);
    if (found && value && *value != absent) {
      (void)co_await ports.cache.set(key, *value, life_ns(ports));
    }
    co_return value;
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    return write_look_aside(ports, key, value);
  }

  Task<Result<void>> background(Ports ports) const override {
    const Result<Change> change = co_await ports.feed.next();
    if (!change) {
      co_return std::unexpected(change.error());
    }
    const Result<Value> value = co_await read_row(ports, change->key);
    if (!value) {
      co_return std::unexpected(value.error());
    }
    const CacheArguments loaded = {.value = *value, .time_to_live_ns = life_ns(ports)};
    const Result<CacheReply> set = co_await ports.cache.call(refresh, change->key, loaded);
    co_return without_value(set);
  }
};

const bool refresh_ahead_registered = register_pattern<RefreshAhead>(
    "refresh-ahead", "db, then delete; entries read in the second half of their life are loaded again",
    EntryAfterWrite::removed, look_aside_calls | role_bit(Role::refresh),
    {.feed = FeedKind::cache_queue,
     .cache_calls = CacheCalls::commands,
     .time_to_live_ns = own_time_to_live_ns,
     .refreshes_ahead = true});
const bool refresh_ahead_commands_registered =
    CacheCommandRegistry::add(get_ahead) && CacheCommandRegistry::add(refresh);

}  // namespace
}  // namespace stalemate
