// The part of KeyBuilder that fills in what follows from a key's ops once all of them are known.
#include <algorithm>

#include "check/exact/key_builder.hpp"
#include "check/passes/nearly_sorted.hpp"

namespace stalemate {

/// Fills in what follows from the reads, newest version first.
void KeyBuilder::close_clusters(Extent& extent) {
  const std::span<Cluster> clusters = std::span(clusters_).subspan(extent.clusters, extent.cluster_count);
  for (Cluster& cluster : clusters.subspan(extent.history.placed + 1)) {
    cluster.newer_completion_ns = never;
    cluster.newer_invocation_ns = never;
    cluster.effective_completion_ns = cluster.write_completion_ns;
  }
  Nanoseconds shown_ns = never;  // when a completed read first returned this version or a newer one
  Nanoseconds completion_ns = never;
  Nanoseconds invocation_ns = never;
  for (std::size_t rank = std::size_t{extent.history.placed} + 1; rank-- > 0;) {
    Cluster& cluster = clusters[rank];
    cluster.newer_completion_ns = completion_ns;
    cluster.newer_invocation_ns = invocation_ns;
    if (extent.history.versions_known) {
      shown_ns = std::min(shown_ns, cluster.read_completion_min_ns);
    } else {
      // What is said to have been read before it was written tells nothing of when it was there.
      const bool is_told = cluster.read_completion_min_ns >= cluster.write_invocation_ns;
      shown_ns = is_told ? cluster.read_completion_min_ns : never;
    }
    cluster.effective_completion_ns = cluster.write_completion_ns == never ? shown_ns : cluster.write_completion_ns;
    completion_ns = std::min(completion_ns, cluster.effective_completion_ns);
    invocation_ns = std::min(invocation_ns, cluster.write_invocation_ns);
  }
  if (!extent.history.versions_known) {
    keep_certainly_newer(extent);
  }
  add_completions(extent);
  add_zones(extent);
}

/// Of timed writes: takes back what was said of writes of larger rank that are not certainly newer.
void KeyBuilder::keep_certainly_newer(Extent& extent) {
  const KeyHistory key = finished(extent);
  const std::span<Cluster> clusters = std::span(clusters_).subspan(extent.clusters, extent.cluster_count);
  extent.history.order_is_total = true;
  Nanoseconds completed_ns = before_all;
  for (Rank rank = 0; rank <= key.placed; ++rank) {
    Cluster& cluster = clusters[rank];
    // What was read before it was written has no certain place.
    extent.history.order_is_total &= cluster.read_completion_min_ns >= cluster.write_invocation_ns;
    if (rank > 0 && cluster.effective_completion_ns != never) {
      extent.history.order_is_total &= completed_ns < cluster.write_invocation_ns;
      completed_ns = std::max(completed_ns, cluster.effective_completion_ns);
    }
    const Cluster& before_newer = clusters[key.newer_from(rank) - 1];
    cluster.newer_completion_ns = before_newer.newer_completion_ns;
    cluster.newer_invocation_ns = before_newer.newer_invocation_ns;
  }
}

void KeyBuilder::add_completions(Extent& extent) {
  if (extent.history.placed > batch_ops_) {
    completions_.reserve(completions_.size() + extent.history.placed);  // a large key comes alone
  }
  for (Rank rank = 1; rank <= extent.history.placed; ++rank) {
    const Cluster& cluster = clusters_[extent.clusters + rank];
    if (cluster.effective_completion_ns != never) {
      completions_.push_back({cluster.effective_completion_ns, rank, 0});
    }
  }
  const auto begin = completions_.begin() + static_cast<std::ptrdiff_t>(extent.completions);
  sort_nearly_sorted(begin, completions_.end(), [](const Completion& left, const Completion& right) {
    return left.completion_ns != right.completion_ns ? left.completion_ns < right.completion_ns
                                                     : left.rank < right.rank;
  });
  Rank rank_max = 0;
  for (auto completion = begin; completion != completions_.end(); ++completion) {
    rank_max = std::max(rank_max, completion->rank);
    completion->rank_max = rank_max;
  }
  extent.completion_count = completions_.size() - extent.completions;
}

void KeyBuilder::add_zones(Extent& extent) {
  if (extent.cluster_count > batch_ops_) {
    zones_.reserve(zones_.size() + extent.cluster_count);
  }
  for (std::size_t rank = 0; rank < extent.cluster_count; ++rank) {
    const Cluster& cluster = clusters_[extent.clusters + rank];
    extent.history.has_future_reads |= cluster.read_completion_min_ns < cluster.write_invocation_ns;
    extent.history.has_failed_reads |= standings_[extent.clusters + rank] == Standing::failed && cluster.is_read();
    const bool is_unseen = rank == 0 || cluster.write_completion_ns == never;
    if (standings_[extent.clusters + rank] == Standing::failed || (is_unseen && !cluster.is_read())) {
      continue;
    }
    zones_.push_back({std::min(cluster.write_completion_ns, cluster.read_completion_min_ns),
                      std::max(cluster.write_invocation_ns, cluster.read_invocation_max_ns), static_cast<Rank>(rank)});
  }
  const auto begin = zones_.begin() + static_cast<std::ptrdiff_t>(extent.zones);
  sort_nearly_sorted(begin, zones_.end(), [](const Zone& left, const Zone& right) {
    return left.first_completion_ns != right.first_completion_ns ? left.first_completion_ns < right.first_completion_ns
                                                                 : left.rank < right.rank;
  });
  Nanoseconds last_ns = before_all;
  for (auto zone = begin; zone != zones_.end(); ++zone) {
    extent.history.zones_conflict |= last_ns > zone->first_completion_ns;
    last_ns = std::max(last_ns, zone->last_invocation_ns);
  }
  extent.zone_count = zones_.size() - extent.zones;
}

}  // namespace stalemate
