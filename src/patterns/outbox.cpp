// outbox: a write updates the row and leaves a message in the same transaction; it does not touch the cache. A relay
// takes the messages, oldest first, deletes the entry and only then removes the message. A read takes the entry, on a
// miss the row, and leaves it in the cache.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache fails no op. Every message leads to
// a delete that the cache has answered, however often the relay dies in between. Explored: monotonic-writes,
// writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads: until the relay has dealt with a write's message, readers see the old entry. A reader
// that loaded the old row may fill after the relay's delete, and then all readers see it until the key's next write or
// expiry.
//
// Source: the transactional outbox of microservices; Richardson, "Microservices Patterns", 2018, 3.3.7.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"
#include "patterns/steps/relay.hpp"

namespace stalemate {
namespace {

class Outbox final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    return read_look_aside(ports, key, ports.time_to_live_ns);
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write_with_message(key, value);
    co_return without_value(written);
  }

  Task<Result<void>> background(Ports ports) const override { return delete_next_changed(ports); }
};

const bool outbox_registered = register_pattern<Outbox>(
    "outbox", "db and a message in one transaction; a relay deletes the entry; a miss fills it",
    EntryAfterWrite::removed, look_aside_calls, {.feed = FeedKind::outbox});

}  // namespace
}  // namespace stalemate
