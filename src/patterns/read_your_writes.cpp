// read-your-writes: a write leaves a marker beside the entry for 10 s, updates the row and deletes the entry. A read
// takes the entry; on a miss it takes the row where the marker stands, else what a replica has of it, and leaves that
// in the cache. A marker that could not be left does not stop the write.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads once the marker is gone (evicted, lapsed before the replica has the write, or lost with
// the cache), or where it was never left: a miss then reads and fills what the replica still has. A reader with the old
// row may fill after the delete. The same after a delete that was lost, or a writer that died before it. A failed
// lookup reads the row.
//
// Source: the remote markers of Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 5; read-your-writes as in
// Shi et al., "FlightTracker", OSDI 2020.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

const CacheCommandInfo get_marked = {
    .name = "get-marked",
    .summary = "the entry, or on a miss whether a write has left its marker",
    .role = Role::lookup,
    .command = Command::get,
    .lua = R"lua(
local found, _, there = load(entry)
if there then return done(found, 0) end
local _, left = load(mark)
return done(nil, left)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment&) -> CacheReply {
      if (slots[Slot::entry]) {
        return {.value = slots[Slot::entry]->value};
      }
      return {.stamp = slots[Slot::mark] ? slots[Slot::mark]->stamp : 0};
    },
};

const CacheCommandInfo leave_mark = {
    .name = "leave-mark",
    .summary = "leave the marker of a write",
    .role = Role::lookup,
    .command = Command::get,
    .shows_entry = false,
    .lua = R"lua(
local time = now()
store(mark, nil, time, hold)
return done(nil, time)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment& moment) -> CacheReply {
      slots[Slot::mark] = SlotContent{absent, moment.now, arguments.hold_ns > 0};
      return {.stamp = moment.now};
    },
};

class ReadYourWrites final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const CacheArguments nothing;
    const Result<CacheReply> found = co_await ports.cache.call(get_marked, key, nothing);
    if (!found || found->stamp > 0) {
      Result<Value> value = co_await read_row(ports, key);
      if (found && value && *value != absent) {
        (void)co_await ports.cache.set(key, *value, ports.time_to_live_ns);
      }
      co_return value;
    }
    if (found->value != absent) {
      co_return found->value;
    }
    const Result<std::optional<Row>> row = co_await ports.database.read_replica(key);
    if (!row) {
      co_return std::unexpected(row.error());
    }
    if (!row->has_value()) {
      co_return absent;
    }
    (void)co_await ports.cache.set(key, (*row)->value, ports.time_to_live_ns);
    co_return (*row)->value;
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const CacheArguments marker = {.hold_ns = mark_hold_ns};
    (void)co_await ports.cache.call(leave_mark, key, marker);
    Result<void> written = co_await write_look_aside(ports, key, value);
    co_return written;
  }
};

const bool read_your_writes_registered = register_pattern<ReadYourWrites>(
    "read-your-writes", "marker, db, delete; a miss reads the replica, or the row where the marker stands",
    EntryAfterWrite::removed, look_aside_calls, {.replica = true, .cache_calls = CacheCalls::commands});
const bool read_your_writes_commands_registered =
    CacheCommandRegistry::add(get_marked) && CacheCommandRegistry::add(leave_mark);

}  // namespace
}  // namespace stalemate
