// lease: a miss is given a token, and only the token that still counts may fill; others that miss wait for the fill up
// to 100 ms, then take the row without filling. A write updates the row, then deletes the entry and voids the token
// that is out. A reader whose token is void returns the row it has loaded. A token nobody fills with lapses after 2 s.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write.
//
// Does not promise: anything after a delete that was lost, or a writer that died before it: the old entry then stays
// until the key's next write or expiry. Nor that tokens survive the cache: they are lost and rolled back with it.
//
// Source: Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 3.2.1.
#include "patterns/commands/lease.hpp"
#include "core/pattern.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

// A token lapses if its reader does not fill.
constexpr Nanoseconds lease_hold_ns = 2'000'000'000;

class Lease final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const CacheArguments wanted = {.hold_ns = lease_hold_ns, .patience_ns = fill_patience_ns};
    const Result<CacheReply> found = co_await ports.cache.call(lease_get, key, wanted);
    if (found && found->value != absent) {
      co_return found->value;
    }
    Result<Value> value = co_await read_row(ports, key);
    if (value && *value != absent && found && found->verdict == CacheVerdict::done) {
      const CacheArguments fill = {.value = *value, .stamp = found->stamp, .time_to_live_ns = ports.time_to_live_ns};
      (void)co_await ports.cache.call(lease_set, key, fill);
    }
    co_return value;
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    if (!written && written.error().outcome == Outcome::fail) {
      co_return std::unexpected(written.error());
    }
    const CacheArguments nothing;
    (void)co_await ports.cache.call(lease_delete, key, nothing);
    if (!written) {
      co_return std::unexpected(written.error());
    }
    co_return Result<void>();
  }
};

const bool registered = register_pattern<Lease>(
    "lease", "db, then delete and void the fill token; a miss fills with its token", EntryAfterWrite::removed);

}  // namespace
}  // namespace stalemate
