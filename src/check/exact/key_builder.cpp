#include "check/exact/key_builder.hpp"

#include <algorithm>
#include <utility>

#include "check/passes/nearly_sorted.hpp"
#include "core/absent_row.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

constexpr std::size_t prefetch_distance = 24;

bool is_placed(const UnrankedWrite& write) {
  return write.standing == Standing::applied || write.standing == Standing::timed;
}

/// A total order, so that it does not matter which other writes there are. Two writes of one version are told so by
/// mistake.
bool is_placed_earlier(const UnrankedWrite& left, const UnrankedWrite& right) {
  if (left.version != right.version) [[likely]] {
    return left.version < right.version;
  }
  return std::pair(left.invocation_ns, left.position) < std::pair(right.invocation_ns, right.position);
}

bool begins_earlier(const KeyOp& left, const KeyOp& right) {
  return left.invocation_ns != right.invocation_ns ? left.invocation_ns < right.invocation_ns
                                                   : left.position < right.position;
}

/// What is to be thought of a write, from its outcome and what the steps say of its version.
Standing standing_of(Outcome outcome, Version version, bool versions_known, bool is_complete) {
  if (outcome == Outcome::fail) {
    return Standing::failed;
  }
  if (!versions_known) {
    return version == refused && outcome == Outcome::ok ? Standing::lost : Standing::timed;
  }
  if (version == applied_unversioned) {
    return Standing::unplaced;
  }
  if (version != no_step_seen && version != refused) {
    return Standing::applied;
  }
  // A history that was cut may have lost the step that would show the write applied.
  const bool is_certain = version == refused || is_complete;
  return outcome == Outcome::ok && is_certain ? Standing::lost : Standing::unplaced;
}

}  // namespace

void KeyBuilder::build(std::uint32_t first, std::uint32_t last, const Take& take) {
  // A key of up to a quarter of all ops is copied out of the history once; a larger one is read from it again for each
  // pass, for it lies there nearly in one piece.
  const std::size_t copied_max = std::max<std::size_t>(batch_ops_, index_.op_count() / 4);
  for (std::uint32_t key = first; key < last; ++key) {
    const std::span<OpPosition> order = index_.order_of(key);
    if (order.empty() || index_.has_repeated_values(Key{key})) {
      continue;
    }
    if (ops_.size() + order.size() > batch_ops_) {
      flush(take);
    }
    if (order.size() > copied_max) {
      build_in_place(key, order, take);
    } else {
      build_copied(key, order);
    }
  }
  flush(take);
}

KeyOp KeyBuilder::gather(OpPosition position) const {
  const OpRecord& op = index_.history().ops()[position];
  const Nanoseconds completion_ns = op.completion_ns();
  return KeyOp{.invocation_ns = op.invocation_ns() - clock_error_ns_,
               .completion_ns = completion_ns == never ? never : completion_ns + clock_error_ns_,
               .position = position,
               .value = op.value(),
               .client = op.client(),
               .kind = op.kind(),
               .outcome = op.outcome()};
}

KeyBuilder::Extent KeyBuilder::open(std::uint32_t key) const {
  Extent extent = {};
  extent.history.key = Key{key};
  extent.history.versions_known = index_.versions_known();
  extent.history.order_is_total = index_.versions_known();
  extent.history.lacks_settled = index_.lacks_settled(key);
  extent.ops = ops_.size();
  extent.clusters = clusters_.size();
  extent.zones = zones_.size();
  extent.completions = completions_.size();
  return extent;
}

/// Appends the ops at order[from, to) to ops_.
void KeyBuilder::gather(std::span<const OpPosition> order, std::size_t from, std::size_t to) {
  const std::span<const OpRecord> records = index_.history().ops();
  // The keys of a range lie next to each other in the order, so the ops after this key's are the next ones needed.
  const auto left = static_cast<std::size_t>(index_.order_end() - order.data());
  const std::size_t prefetch_end = left - std::min(prefetch_distance, left);
  ops_.reserve(ops_.size() + to - from);
  for (std::size_t i = from; i < to; ++i) {
    if (i < prefetch_end) {
      __builtin_prefetch(&records[order.data()[i + prefetch_distance]]);
    }
    const KeyOp& op = ops_.emplace_back(gather(order[i]));
    if (const ValueSlot slot = index_.slot_hint(op.value); slot != no_slot) {
      index_.prefetch_slot(slot);
      if (op.is_write()) {
        index_.prefetch_version(slot);
      }
    }
  }
}

void KeyBuilder::build_copied(std::uint32_t key, std::span<const OpPosition> order) {
  Extent extent = open(key);
  gather(order, 0, order.size());
  extent.op_count = order.size();
  const auto begin = ops_.begin() + static_cast<std::ptrdiff_t>(extent.ops);
  sort_nearly_sorted(begin, ops_.end(), begins_earlier);
  for (auto op = begin; op != ops_.end(); ++op) {
    if (op->is_write()) {
      add_write(key, *op);
    }
  }
  place_clusters(extent);
  resolve(extent, std::span<KeyOp>(ops_).subspan(extent.ops));
  close_clusters(extent);
  extents_.push_back(extent);
}

void KeyBuilder::build_in_place(std::uint32_t key, std::span<OpPosition> order, const Take& take) {
  Extent extent = open(key);
  sort_order(order);
  const auto for_each_block = [&](const auto& use) {
    for (std::size_t from = 0; from < order.size(); from += batch_ops_) {
      const std::size_t to = std::min(from + batch_ops_, order.size());
      ops_.clear();
      gather(order, from, to);
      use(from == 0, to == order.size());
    }
  };
  const std::size_t writes_max = std::min<std::size_t>(order.size(), index_.slot_count());
  writes_.reserve(writes_max);
  clusters_.reserve(writes_max + 1);
  for (const OpPosition position : order) {
    if (index_.history().ops()[position].kind() != OpKind::read) {
      add_write(key, gather(position));
    }
  }
  place_clusters(extent);
  for_each_block([&](bool, bool) { resolve(extent, ops_); });
  close_clusters(extent);
  const KeyHistory history = finished(extent);
  // Resolving again for the checks counts again what `history` already holds, which does no harm.
  for_each_block([&](bool is_first, bool is_last) {
    resolve(extent, ops_);
    const KeyPart part{.key = &history, .ops = ops_, .is_first = is_first, .is_last = is_last};
    take(std::span(&part, 1));
  });
  clear();
}

void KeyBuilder::sort_order(std::span<OpPosition> order) const {
  const std::span<const OpRecord> records = index_.history().ops();
  sort_nearly_sorted(order.begin(), order.end(), [records](OpPosition left, OpPosition right) {
    const Nanoseconds left_ns = records[left].invocation_ns();
    const Nanoseconds right_ns = records[right].invocation_ns();
    return left_ns != right_ns ? left_ns < right_ns : left < right;
  });
}

void KeyBuilder::add_write(std::uint32_t key, const KeyOp& op) {
  const ValueSlot slot = index_.slot_of(key, op.value);
  STALEMATE_ASSERT(slot != no_slot, "every written value has a slot");
  const Version version = index_.version_in(slot);
  const Standing standing = standing_of(op.outcome, version, index_.versions_known(), index_.history().is_complete());
  writes_.push_back({.version = standing == Standing::timed ? no_step_seen : version,
                     .invocation_ns = op.invocation_ns,
                     .completion_ns = op.completion_ns,
                     .position = op.position,
                     .value = op.value,
                     .standing = standing});
}

/// Makes clusters of the key's writes, the placed ones in order of version and the others behind them, and tells the
/// index every write's rank.
void KeyBuilder::place_clusters(Extent& extent) {
  auto placed_end = std::find_if_not(writes_.begin(), writes_.end(), is_placed);
  if (std::any_of(placed_end, writes_.end(), is_placed)) {
    placed_end = std::stable_partition(writes_.begin(), writes_.end(), is_placed);
  }
  sort_nearly_sorted(writes_.begin(), placed_end, is_placed_earlier);
  extent.history.placed = static_cast<std::uint32_t>(placed_end - writes_.begin());
  extent.cluster_count = writes_.size() + 1;
  standings_.resize(clusters_.size());
  clusters_.push_back({.value = index_.history().header.initial_value});
  standings_.push_back(Standing::initial);
  for (std::size_t place = 0; place < writes_.size(); ++place) {
    const UnrankedWrite& write = writes_[place];
    clusters_.push_back({.write_invocation_ns = write.invocation_ns,
                         .write_completion_ns = write.completion_ns,
                         .write = write.position,
                         .value = write.value});
    standings_.push_back(write.standing);
    extent.history.lost += write.standing == Standing::lost ? 1 : 0;
    index_.set_rank(index_.slot_of(extent.history.key.index, write.value), static_cast<Rank>(place + 1));
  }
  writes_.clear();
  place_deletes(extent);
}

/// Finds the key's deletes, of which each names itself by a value of its own while reads only tell that there was no
/// row.
void KeyBuilder::place_deletes(const Extent& extent) {
  deletes_.clear();
  failed_delete_ = no_rank;
  if (is_imported(index_.history().header)) {
    return;
  }
  for (Rank rank = 1; rank < extent.cluster_count; ++rank) {
    const Cluster& cluster = clusters_[extent.clusters + rank];
    if (!is_delete(cluster.value)) {
      continue;
    }
    if (standings_[extent.clusters + rank] == Standing::failed) {
      failed_delete_ = rank;
    } else {
      deletes_.push_back({cluster.write_invocation_ns, rank});
    }
  }
  std::ranges::sort(deletes_, {},
                    [](const DeletePlace& place) { return std::pair(place.invocation_ns, place.newest); });
  for (std::size_t i = 1; i < deletes_.size(); ++i) {
    deletes_[i].newest = std::max(deletes_[i].newest, deletes_[i - 1].newest);
  }
}

/// Of a read that found no row; marks it as vague where several deletes had begun. Ranks without a place are greater
/// than those with one, so that of such a read nothing is judged.
Rank KeyBuilder::rank_of_no_row(KeyOp& read) const {
  const auto begun = std::ranges::upper_bound(deletes_, read.completion_ns, {}, &DeletePlace::invocation_ns);
  if (begun == deletes_.begin()) {
    return failed_delete_ != no_rank ? failed_delete_ : deletes_.front().newest;  // read before it was deleted
  }
  read.is_vague = begun - deletes_.begin() > 1;
  return std::prev(begun)->newest;
}

/// Gives each op the rank of its value, and widens the clusters by their reads. May be repeated.
void KeyBuilder::resolve(Extent& extent, std::span<KeyOp> ops) {
  Cluster* const clusters = &clusters_[extent.clusters];
  const std::uint32_t key = extent.history.key.index;
  const Value initial = index_.history().header.initial_value;
  const bool is_complete = index_.history().is_complete();
  for (KeyOp& op : ops) {
    if (op.kind == OpKind::read && op.outcome != Outcome::ok) {
      op.rank = no_rank;
      continue;
    }
    Rank rank = 0;
    if (op.value == no_row && !op.is_write() && (!deletes_.empty() || failed_delete_ != no_rank)) [[unlikely]] {
      rank = rank_of_no_row(op);
    } else if (op.value != initial || op.is_write()) {
      const ValueSlot slot = index_.slot_of(key, op.value);
      rank = slot == no_slot ? no_rank : index_.rank_in(slot);
      if (rank >= extent.cluster_count || rank == 0 || clusters[rank].value != op.value) {
        rank = no_rank;
      }
    }
    op.rank = rank;
    if (rank == no_rank && !is_complete) [[unlikely]] {
      // The write may be in the missing part, so nothing is known of what was read.
      op.outcome = Outcome::info;
      continue;
    }
    if (op.kind != OpKind::read) {
      continue;
    }
    if (op.is_vague) [[unlikely]] {
      ++extent.history.vague;
    } else if (rank == no_rank) {
      ++extent.history.phantoms;
    } else {
      Cluster& cluster = clusters[rank];
      cluster.read_completion_min_ns = std::min(cluster.read_completion_min_ns, op.completion_ns);
      cluster.read_invocation_max_ns = std::max(cluster.read_invocation_max_ns, op.invocation_ns);
    }
  }
}

KeyHistory KeyBuilder::finished(const Extent& extent) const {
  KeyHistory history = extent.history;
  history.clusters = std::span(clusters_).subspan(extent.clusters, extent.cluster_count);
  history.standings = std::span(standings_).subspan(extent.clusters, extent.cluster_count);
  history.zones = std::span(zones_).subspan(extent.zones, extent.zone_count);
  history.completions = std::span(completions_).subspan(extent.completions, extent.completion_count);
  return history;
}

/// Hands on what is there, in portions of about batch_ops_ ops.
void KeyBuilder::flush(const Take& take) {
  histories_.clear();
  for (const Extent& extent : extents_) {
    histories_.push_back(finished(extent));
  }
  parts_.clear();
  std::size_t ops_in_parts = 0;
  for (std::size_t i = 0; i < extents_.size(); ++i) {
    const std::span<const KeyOp> ops = std::span<const KeyOp>(ops_).subspan(extents_[i].ops, extents_[i].op_count);
    for (std::size_t from = 0; from < ops.size(); from += batch_ops_) {
      const std::size_t count = std::min<std::size_t>(batch_ops_, ops.size() - from);
      parts_.push_back({.key = &histories_[i],
                        .ops = ops.subspan(from, count),
                        .is_first = from == 0,
                        .is_last = from + count == ops.size()});
      ops_in_parts += count;
      if (ops_in_parts >= batch_ops_) {
        take(parts_);
        parts_.clear();
        ops_in_parts = 0;
      }
    }
  }
  if (!parts_.empty()) {
    take(parts_);
  }
  clear();
}

void KeyBuilder::clear() {
  extents_.clear();
  ops_.clear();
  clusters_.clear();
  standings_.clear();
  zones_.clear();
  completions_.clear();
}

}  // namespace stalemate
