// none: reads and writes go to the database; there is no cache.
//
// Promises: a read returns what the database returned; a write is acknowledged only once the database acknowledged it.
// So the client sees exactly the isolation the database gives single statements. This assumes that every statement goes
// to the same database, or to a cluster that behaves as one. Explored: converges, monotonic-writes, writes-follow-reads
// hold without faults and with any fault; fresh, linearizable, monotonic-reads, read-your-writes hold without faults
// and with crash, delayed, lost-reply, lost-request, refused.
//
// Does not promise: anything of its own; an `info` write may still take effect later.
//
// Source: the origin's "after".
#include "core/pattern/pattern.hpp"

namespace stalemate {
namespace {

class None final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const Result<std::optional<Row>> row = co_await ports.database.read(key);
    if (!row) {
      co_return std::unexpected(row.error());
    }
    co_return row->has_value() ? (*row)->value : absent;
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    co_return without_value(written);
  }
};

const bool none_registered =
    register_pattern<None>("none", "the database alone", EntryAfterWrite::no_cache, roles_of(Role::load, Role::update));

}  // namespace
}  // namespace stalemate
