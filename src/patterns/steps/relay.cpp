// As relay.hpp says.
#include "patterns/steps/relay.hpp"

namespace stalemate {

Task<Result<void>> delete_next_changed(Ports ports) {
  const Result<Change> change = co_await ports.feed.next();
  if (!change) {
    co_return std::unexpected(change.error());
  }
  const Result<bool> erased = co_await ports.cache.erase(change->key);
  if (!erased) {
    co_return std::unexpected(erased.error());
  }
  Result<void> done = co_await ports.feed.acknowledge(*change);
  co_return done;
}

}  // namespace stalemate
