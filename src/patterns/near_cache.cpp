// near-cache: each application server keeps copies of entries in its own memory. A read takes the copy, else the entry,
// else the row, and leaves it in the places before. A write updates the row, deletes the entry and its own server's
// copy. The cache pushes the name of every entry that changes to each server, whose background part removes the copy.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads: until the push has arrived and was dealt with, other servers read their copies. A push
// may overtake the answer of a lookup it came after, for they come on two connections; the server then keeps the old
// copy until the key's next change or expiry. The same after a push that was lost; after a lost connection everything
// is removed. And what cache-aside does not promise.
//
// Source: Redis documentation, "Client-side caching in Redis" (CLIENT TRACKING, broadcasting mode).
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class NearCache final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const Result<std::optional<Value>> copy = co_await ports.local.get(key);
    if (copy && copy->has_value()) {
      co_return **copy;
    }
    Result<Value> value = co_await read_look_aside(ports, key, ports.time_to_live_ns);
    if (value && *value != absent) {
      (void)co_await ports.local.set(key, *value, ports.time_to_live_ns);
    }
    co_return value;
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    Result<void> written = co_await write_look_aside(ports, key, value);
    if (may_have_happened(written)) {
      (void)co_await ports.local.erase(key);
    }
    co_return written;
  }

  Task<Result<void>> background(Ports ports) const override {
    const Result<Change> change = co_await ports.feed.next();
    if (!change) {
      co_return std::unexpected(change.error());
    }
    (void)co_await ports.local.erase(change->key);
    Result<void> done = co_await ports.feed.acknowledge(*change);
    co_return done;
  }
};

const bool near_cache_registered =
    register_pattern<NearCache>("near-cache", "db, then delete; servers keep copies, which the cache's pushes remove",
                                EntryAfterWrite::removed, look_aside_calls, {.feed = FeedKind::invalidations});

}  // namespace
}  // namespace stalemate
