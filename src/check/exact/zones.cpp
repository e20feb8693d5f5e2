#include "check/exact/zones.hpp"

#include <algorithm>
#include <limits>

namespace stalemate {

namespace {

constexpr Nanoseconds unbounded = std::numeric_limits<Nanoseconds>::max();

/// What the end of a cluster's zone is when a measure moves it: for Δ only its reads can move.
Nanoseconds movable_end(const KeyHistory& key, const Zone& zone, ZoneMeasure measure) {
  return measure == ZoneMeasure::delta ? key.clusters[zone.rank].read_invocation_max_ns : zone.last_invocation_ns;
}

/// What it takes to put all of `later` before `earlier` ends; falls as `earlier` has a larger f.
Nanoseconds cost_of_later_first(const KeyHistory& key, const Zone& earlier, const Zone& later, ZoneMeasure measure) {
  if (measure == ZoneMeasure::delta && key.clusters[later.rank].write_invocation_ns > earlier.first_completion_ns) {
    return unbounded;  // the write itself began too late, and writes do not move
  }
  return movable_end(key, later, measure) - earlier.first_completion_ns;
}

/// Whether its value was read before it was written.
bool was_read_early(const KeyHistory& key, const Zone& zone) {
  const Cluster& cluster = key.clusters[zone.rank];
  return cluster.read_completion_min_ns < cluster.write_invocation_ns;
}

}  // namespace

const std::vector<ZoneConflict>& ZoneFinder::find(const KeyHistory& key, ZoneMeasure measure) {
  conflicts_.clear();
  if (!key.zones_conflict) {
    return conflicts_;
  }
  const std::span<const Zone> zones = key.zones;
  last_.clear();
  last_zone_.clear();
  last_.reserve(zones.size());
  last_zone_.reserve(zones.size());
  for (std::size_t j = 0; j < zones.size(); ++j) {
    const Nanoseconds first_ns = zones[j].first_completion_ns;
    if (j > 0 && last_[j - 1] > first_ns) {
      // The cost of putting i first rises with the greatest end so far, the cost of putting j first falls with i: the
      // worst pair is where they cross.
      const auto later_costs_more = [&](std::size_t i) {
        return cost_of_later_first(key, zones[i], zones[j], measure) >= last_[i] - first_ns;
      };
      std::size_t low = 0;
      std::size_t high = j;
      while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        (later_costs_more(middle) ? low : high) = later_costs_more(middle) ? middle + 1 : middle;
      }
      ZoneConflict worst;
      if (low > 0) {
        worst = {zones[last_zone_[low - 1]].rank, zones[j].rank, last_[low - 1] - first_ns};
      }
      if (low < j) {
        const Nanoseconds cost_ns = cost_of_later_first(key, zones[low], zones[j], measure);
        if (cost_ns > worst.amount_ns) {
          worst = {zones[last_zone_[low]].rank, zones[j].rank, cost_ns};
        }
      }
      if (worst.amount_ns > 0) {
        conflicts_.push_back(worst);
      }
    }
    const Nanoseconds end_ns = movable_end(key, zones[j], measure);
    const bool is_last = j == 0 || end_ns > last_[j - 1];
    last_zone_.push_back(is_last ? static_cast<std::uint32_t>(j) : last_zone_[j - 1]);
    last_.push_back(is_last ? end_ns : last_[j - 1]);
  }
  return conflicts_;
}

const std::vector<ZoneConflict>& ZoneFinder::find_least(const KeyHistory& key) {
  conflicts_.clear();
  if (!key.zones_conflict) {
    return conflicts_;
  }
  note_backward_zones(key);
  const Zone* open = nullptr;  // of the forward zones that are left in, the last one
  for (const Zone& zone : key.zones) {
    if (zone.last_invocation_ns <= zone.first_completion_ns || was_read_early(key, zone)) {
      continue;
    }
    // To leave a forward zone out is no worse than to leave out what lies inside, which is in conflict with no other.
    const auto end = std::ranges::lower_bound(key.zones, zone.last_invocation_ns, {}, &Zone::first_completion_ns);
    const auto inside = static_cast<std::size_t>(end - key.zones.begin());
    if (inside > 0 && last_[inside - 1] > zone.first_completion_ns) {
      conflicts_.push_back({.earlier = zone.rank, .later = key.zones[last_zone_[inside - 1]].rank});
      continue;
    }
    const bool overlaps = open != nullptr && open->last_invocation_ns > zone.first_completion_ns;
    if (overlaps) {
      conflicts_.push_back({.earlier = open->rank, .later = zone.rank});
    }
    // Of two that overlap the one that ends first is in conflict with fewer of the later ones.
    open = !overlaps || zone.last_invocation_ns < open->last_invocation_ns ? &zone : open;
  }
  return conflicts_;
}

/// For each zone the greatest s of the backward zones up to it.
void ZoneFinder::note_backward_zones(const KeyHistory& key) {
  last_.assign(key.zones.size(), before_all);
  last_zone_.assign(key.zones.size(), 0);
  for (std::size_t i = 0; i < key.zones.size(); ++i) {
    const Zone& zone = key.zones[i];
    if (i > 0) {
      last_[i] = last_[i - 1];
      last_zone_[i] = last_zone_[i - 1];
    }
    const bool is_backward = zone.last_invocation_ns <= zone.first_completion_ns;
    if (is_backward && zone.last_invocation_ns > last_[i] && !was_read_early(key, zone)) {
      last_[i] = zone.last_invocation_ns;
      last_zone_[i] = static_cast<std::uint32_t>(i);
    }
  }
}

bool has_impossible_reads(const KeyHistory& key) {
  return key.phantoms > 0 || key.has_failed_reads || key.has_future_reads;
}

}  // namespace stalemate
