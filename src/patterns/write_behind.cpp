// write-behind: a write sets the entry, marks it as not yet in the database and puts the key into a queue, in one call
// to the cache; then it is acknowledged. A flusher writes what entries of the queue hold to the database; of several
// writes of a key it may write only the last. A read takes the entry; on a miss the row, which it leaves in the cache
// unless an entry has come meanwhile, and then returns that.
//
// Promises: Of ops on a key that follow one another without overlap, each store call answered and done, a read returns
// the last write. Explored: converges holds without faults and with crash, lost-reply, lost-request, refused; fresh,
// linearizable, monotonic-reads, read-your-writes hold without faults and with crash, db-rollback, refused;
// monotonic-writes, writes-follow-reads hold without faults and with crash, db-rollback, evict, lost-reply,
// lost-request, refused, restart.
//
// Does not promise: that an acknowledged write ever reaches the database: it is lost with its entry, or with its place
// in the queue (eviction, a restart of the cache). That all writes reach it: those in between are left out. Reads and
// writes need the cache; a write fails with it, and a read that cannot ask it takes the row, which may be old.
//
// Source: Oracle Coherence documentation, "Caching Data Sources".
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

const CacheCommandInfo put_dirty = {
    .name = "put-dirty",
    .summary = "set the entry, not yet in the database, and put the key into the queue",
    .role = Role::refresh,
    .command = Command::set,
    .lua = R"lua(
local time = now()
store(entry, value, time, 0)
enqueue()
return done(value, time)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment& moment) -> CacheReply {
      slots[Slot::entry] = SlotContent{arguments.value, moment.now, false};
      slots.queued = true;
      return {.value = arguments.value, .stamp = moment.now};
    },
};

const CacheCommandInfo peek_dirty = {
    .name = "peek-dirty",
    .summary = "the entry that is not yet in the database; if there is none, the key leaves the queue",
    .role = Role::lookup,
    .command = Command::get,
    .shows_entry = false,
    .lua = R"lua(
local found, time, there = load(entry)
if there and time > 0 then return done(found, time) end
dequeue()
return done(nil, 0)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment&) -> CacheReply {
      const std::optional<SlotContent>& entry = slots[Slot::entry];
      if (entry && entry->stamp > 0) {
        return {.value = entry->value, .stamp = entry->stamp};
      }
      slots.queued = false;
      return {};
    },
};

const CacheCommandInfo mark_clean = {
    .name = "mark-clean",
    .summary = "the entry is in the database now: the key leaves the queue, unless another write came",
    .role = Role::refresh,
    .command = Command::set,
    .lua = R"lua(
local found, time, there = load(entry)
if not there or time ~= stamp then return refused(found, time) end
store(entry, found, 0, ttl)
dequeue()
return done(found, 0)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      std::optional<SlotContent>& entry = slots[Slot::entry];
      if (!entry || entry->stamp != arguments.stamp) {
        return {.verdict = CacheVerdict::refused,
                .value = entry ? entry->value : absent,
                .stamp = entry ? entry->stamp : 0};
      }
      entry = SlotContent{entry->value, 0, arguments.time_to_live_ns > 0};
      slots.queued = false;
      return {.value = entry->value};
    },
};

const CacheCommandInfo add_clean = {
    .name = "add-clean",
    .summary = "set the entry, unless there is one, which is told",
    .role = Role::fill,
    .command = Command::set,
    .lua = R"lua(
local found, time, there = load(entry)
if there then return refused(found, time) end
store(entry, value, 0, ttl)
return done(value, 0)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      std::optional<SlotContent>& entry = slots[Slot::entry];
      if (entry) {
        return {.verdict = CacheVerdict::refused, .value = entry->value, .stamp = entry->stamp};
      }
      entry = SlotContent{arguments.value, 0, arguments.time_to_live_ns > 0};
      return {.value = arguments.value};
    },
};

class WriteBehind final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const Result<std::optional<Value>> entry = co_await ports.cache.get(key);
    if (entry && entry->has_value()) {
      co_return **entry;
    }
    Result<Value> value = co_await read_row(ports, key);
    if (!entry || !value || *value == absent) {
      co_return value;
    }
    const CacheArguments fill = {.value = *value, .time_to_live_ns = ports.time_to_live_ns};
    const Result<CacheReply> filled = co_await ports.cache.call(add_clean, key, fill);
    co_return filled && filled->verdict == CacheVerdict::refused ? filled->value : *value;
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const CacheArguments entry = {.value = value};
    const Result<CacheReply> put = co_await ports.cache.call(put_dirty, key, entry);
    co_return without_value(put);
  }

  Task<Result<void>> background(Ports ports) const override {
    const Result<Change> change = co_await ports.feed.next();
    if (!change) {
      co_return std::unexpected(change.error());
    }
    const CacheArguments nothing;
    const Result<CacheReply> dirty = co_await ports.cache.call(peek_dirty, change->key, nothing);
    if (!dirty) {
      co_return std::unexpected(dirty.error());
    }
    if (dirty->value == absent) {
      co_return Result<void>();
    }
    const Result<Written> written = co_await ports.database.write(change->key, dirty->value);
    if (!written) {
      co_return std::unexpected(written.error());
    }
    const CacheArguments clean = {
        .value = dirty->value, .stamp = dirty->stamp, .time_to_live_ns = ports.time_to_live_ns};
    const Result<CacheReply> marked = co_await ports.cache.call(mark_clean, change->key, clean);
    co_return without_value(marked);
  }
};

const bool write_behind_registered = register_pattern<WriteBehind>(
    "write-behind", "the entry and a place in the queue; a flusher writes db later; a miss fills it",
    EntryAfterWrite::replaced, roles_of(Role::lookup, Role::load, Role::fill, Role::update, Role::refresh),
    {.feed = FeedKind::cache_queue, .cache_calls = CacheCalls::commands});
const bool write_behind_commands_registered =
    CacheCommandRegistry::add(put_dirty) && CacheCommandRegistry::add(peek_dirty) &&
    CacheCommandRegistry::add(mark_clean) && CacheCommandRegistry::add(add_clean);

}  // namespace
}  // namespace stalemate
