// lease: a miss is given a token, and only the token that still counts may fill; others that miss wait for the fill up
// to 100 ms, then take the row without filling. A write updates the row, then deletes the entry and voids the token
// that is out. A reader whose token is void returns the row it has loaded. A token nobody fills with lapses after 2 s.
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
// Source: Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 3.2.1.
#include "patterns/commands/lease.hpp"
#include "core/pattern/pattern.hpp"
#include "patterns/steps/leased.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class Lease final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_leased(ports, key, lease_get, 1); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override { return write_leased(ports, key, value); }
};

const bool lease_registered =
    register_pattern<Lease>("lease", "db, then delete and void the fill token; a miss fills with its token",
                            EntryAfterWrite::removed, look_aside_calls, {.cache_calls = CacheCalls::leases});

}  // namespace
}  // namespace stalemate
