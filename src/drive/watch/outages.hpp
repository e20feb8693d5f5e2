// Periods in which a store did not answer, as the steps show them.
#pragma once

#include <string>
#include <vector>

#include "core/op.hpp"

namespace stalemate {

/// From the start of the first call that found the store unreachable to the end of the next that did not.
struct StoreOutage {
  Store store = Store::database;
  Nanoseconds start_ns = 0;
  Nanoseconds end_ns = never;  ///< never: still going on
  unsigned node = 0;           ///< the one node, from 1, that did not answer; 0: the whole store
  unsigned nodes = 1;          ///< how many it has
  std::string place = {};      ///< where the node listens
  friend bool operator==(const StoreOutage&, const StoreOutage&) = default;
};

/// The outages of a store's nodes, sorted by start, with an outage of the whole store for each time all were down.
/// Requires: those of one node do not overlap.
[[nodiscard]] std::vector<StoreOutage> with_whole_outages(std::vector<StoreOutage> of_nodes);

/// Thread rule: one thread at a time; each worker has its own, merged at the end.
class Outages {
 public:
  /// Notes one call. `error` none: the store answered. An error that a server answered with begins no outage;
  /// `unavailable` does not end one either.
  void note(Store store, Nanoseconds start_ns, Nanoseconds end_ns, ErrorCode error);

  [[nodiscard]] const std::vector<StoreOutage>& all() const { return outages_; }
  /// The outages of all workers, sorted by start. Outages of one store that overlap, or are at most a second apart, are
  /// merged: a session in its back-off still fails its calls while others have reached the store again.
  [[nodiscard]] static std::vector<StoreOutage> merged(std::vector<StoreOutage> outages);

 private:
  // Where each store's open outage stands in outages_, or none.
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t open_[4] = {none, none, none, none};
  std::vector<StoreOutage> outages_ = {};
};

}  // namespace stalemate
