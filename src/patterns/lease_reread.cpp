// lease-reread: as lease, but a reader whose token is void does not return the row it has loaded: it reads again, up to
// four times in all, and then returns the last row it loaded.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// converges holds without faults and with evict, expire, lost-reply, refused, restart; fresh, read-your-writes hold
// without faults and with crash, evict, expire, lost-reply, refused, restart; monotonic-writes, writes-follow-reads
// hold without faults and with any fault.
//
// Does not promise: anything after a delete that was lost, or a writer that died before it: the old entry then stays
// until the key's next write or expiry. Nor that tokens survive the cache: they are lost and rolled back with it.
//
// Source: Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 3.2.1, with the stricter of two answers to what a
// reader with a void token returns.
#include "core/pattern/pattern.hpp"
#include "patterns/commands/lease.hpp"
#include "patterns/steps/leased.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

// Reads of one op, before the last row read is returned.
constexpr int rounds_max = 4;

class LeaseReread final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    return read_leased(ports, key, lease_get, rounds_max);
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override { return write_leased(ports, key, value); }
};

const bool lease_reread_registered =
    register_pattern<LeaseReread>("lease-reread", "as lease; a reader whose token is void reads again",
                                  EntryAfterWrite::removed, look_aside_calls, {.cache_calls = CacheCalls::leases});

}  // namespace
}  // namespace stalemate
