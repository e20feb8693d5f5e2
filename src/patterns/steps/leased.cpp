// As leased.hpp says.
#include "patterns/steps/leased.hpp"

#include "patterns/commands/lease.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {

Task<Result<Value>> read_leased(Ports ports, Key key, const CacheCommandInfo& get, int rounds) {
  const CacheArguments wanted = {.hold_ns = lease_hold_ns, .patience_ns = fill_patience_ns};
  for (int round = 1;; ++round) {
    const Result<CacheReply> found = co_await ports.cache.call(get, key, wanted);
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
    if (!is_void || round == rounds) {
      co_return value;
    }
  }
}

Task<Result<void>> write_leased(Ports ports, Key key, Value value) {
  const Result<Written> written = co_await ports.database.write(key, value);
  if (may_have_happened(written)) {
    const CacheArguments nothing;
    (void)co_await ports.cache.call(lease_delete, key, nothing);
  }
  co_return without_value(written);
}

}  // namespace stalemate
