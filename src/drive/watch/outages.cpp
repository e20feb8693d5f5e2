#include "drive/watch/outages.hpp"

#include <algorithm>

namespace stalemate {
namespace {

// A store that answers with an error is there; one that cannot be reached is not.
bool is_outage(ErrorCode error) {
  return error == ErrorCode::connection_refused || error == ErrorCode::connection_lost || error == ErrorCode::timed_out;
}

// A server that is starting up or shutting down answers so; its outage lasts until it serves again.
bool ends_no_outage(ErrorCode error) {
  return is_outage(error) || error == ErrorCode::unavailable;
}

// A flapping server must not fill memory; what comes after is folded into the last outage.
constexpr std::size_t outages_max = 1000;

// The longest back-off of a session: it may refuse calls this long after its store is back.
constexpr Nanoseconds one_outage_gap_ns = 1'000'000'000;

// Whether `later` continues `outage`. Requires: not begun before it.
bool goes_on(const StoreOutage& outage, const StoreOutage& later) {
  return outage.store == later.store && (outage.end_ns == never || later.start_ns - outage.end_ns <= one_outage_gap_ns);
}

}  // namespace

void Outages::note(Store store, Nanoseconds start_ns, Nanoseconds end_ns, ErrorCode error) {
  std::size_t& open = open_[static_cast<std::size_t>(store)];
  if (open == none) {
    if (!is_outage(error)) {
      return;
    }
    if (outages_.size() < outages_max) {
      outages_.push_back({.store = store, .start_ns = start_ns});
    }
    open = outages_.size() - 1;
    return;
  }
  // A call begun before the outage may still succeed during it; only one begun later shows that the store is back.
  if (!ends_no_outage(error) && start_ns > outages_[open].start_ns) {
    outages_[open].end_ns = end_ns;
    open = none;
  }
}

std::vector<StoreOutage> Outages::merged(std::vector<StoreOutage> outages) {
  std::ranges::sort(outages, [](const StoreOutage& left, const StoreOutage& right) {
    return left.store != right.store ? left.store < right.store : left.start_ns < right.start_ns;
  });
  std::vector<StoreOutage> merged;
  for (const StoreOutage& outage : outages) {
    if (!merged.empty() && goes_on(merged.back(), outage)) {
      merged.back().end_ns = std::max(merged.back().end_ns, outage.end_ns);
    } else {
      merged.push_back(outage);
    }
  }
  std::ranges::stable_sort(merged, {}, &StoreOutage::start_ns);
  return merged;
}

std::vector<StoreOutage> with_whole_outages(std::vector<StoreOutage> of_nodes) {
  struct Turn {
    Nanoseconds at_ns;
    int down;  // one more, or one less
  };
  std::vector<Turn> turns;
  for (const StoreOutage& outage : of_nodes) {
    turns.push_back({outage.start_ns, 1});
    turns.push_back({outage.end_ns, -1});
  }
  // A node that comes back at the moment when another goes leaves no time in which both were down.
  std::ranges::sort(turns, [](const Turn& left, const Turn& right) {
    return left.at_ns != right.at_ns ? left.at_ns < right.at_ns : left.down < right.down;
  });
  const auto nodes = of_nodes.empty() ? 1 : static_cast<int>(of_nodes.front().nodes);
  std::vector<StoreOutage> all = of_nodes;
  int down = 0;
  for (const Turn& turn : turns) {
    if (turn.down > 0 && down + 1 == nodes) {
      all.push_back({.store = of_nodes.front().store, .start_ns = turn.at_ns});
    } else if (turn.down < 0 && down == nodes) {
      all.back().end_ns = turn.at_ns;
    }
    down += turn.down;
  }
  std::ranges::stable_sort(all, {}, &StoreOutage::start_ns);
  return all;
}

}  // namespace stalemate
