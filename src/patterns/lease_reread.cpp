// lease-reread: as lease, but a reader whose token is void does not return the row it has loaded: it reads again, up to
// four times in all, and then returns the last row it loaded.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write.
//
// Does not promise: anything after a delete that was lost, or a writer that died before it: the old entry then stays
// until the key's next write or expiry. Nor that tokens survive the cache: they are lost and rolled back with it.
//
// Source: Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 3.2.1, with the stricter of two answers to what a
// reader with a void token returns.
#include "core/pattern.hpp"
#include "patterns/commands/lease.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

// A token lapses if its reader does not fill.
constexpr Nanoseconds lease_hold_ns = 2'000'000'000;
// Reads of one op, before the last row read is returned.
constexpr int rounds_max = 4;

class LeaseReread final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const CacheArguments wanted = {.hold_ns = lease_hold_ns, .patience_ns = fill_patience_ns};
    for (int round = 1;; ++round) {
      const Result<CacheReply> found = co_await ports.cache.call(lease_get, key, wanted);
      if (found && found->value != absent) {
        co_return found->value;
      }
      Result<Value> value = co_await read_row(ports, key);
      if (!value || *value == absent || !found || found->verdict != CacheVerdict::done) {
        co_return value;
      }
      const CacheArguments fill = {.value = *value, .stamp = found->stamp, .time_to_live_ns = ports.time_to_live_ns};
      const Result<CacheReply> filled = co_await ports.cache.call(lease_set, key, fill);
      const bool is_void = filled && filled->verdict == CacheVerdict::refused;
      if (!is_void || round == rounds_max) {
        co_return value;
      }
    }
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

const bool registered = register_pattern<LeaseReread>(
    "lease-reread", "as lease; a reader whose token is void reads again", EntryAfterWrite::removed);

}  // namespace
}  // namespace stalemate
