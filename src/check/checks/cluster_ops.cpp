#include "check/checks/cluster_ops.hpp"

#include <bitset>
#include <utility>
#include <vector>

#include "core/absent_row.hpp"

namespace stalemate {

namespace {

/// Of ops at the same instant, the first in the history is taken, in whatever order they come.
void widen(ClusterOps& ops, OpPosition position, std::span<const OpRecord> records) {
  const OpRecord& op = records[position];
  const bool is_read = op.kind() == OpKind::read;
  const auto completes_before = [&](OpPosition other) {
    return other == no_op || std::pair(op.completion_ns(), position) < std::pair(records[other].completion_ns(), other);
  };
  if (!is_read) {
    ops.write = position;
  } else if (completes_before(ops.first_read)) {
    ops.first_read = position;
  }
  if (completes_before(ops.first_completed)) {
    ops.first_completed = position;
  }
  const auto begins_after = [&](OpPosition other) {
    return other == no_op ||
           std::pair(-op.invocation_ns(), position) < std::pair(-records[other].invocation_ns(), other);
  };
  if (begins_after(ops.last_invoked)) {
    ops.last_invoked = position;
  }
}

/// The first deletes of a key, of which reads that found no row are, where that is certain
/// (KeyBuilder::rank_of_no_row).
class FirstDeletes {
 public:
  FirstDeletes(const Summary& summary, std::uint32_t key) : widened_ns_(2 * summary.options.clock_error_ns) {
    for (const OpPosition position : summary.index.order_of(key)) {
      const OpRecord& op = summary.history.ops()[position];
      if (op.kind() == OpKind::write && is_delete(op.value()) && !is_imported(summary.history.header)) {
        add(op);
      }
    }
  }
  /// What these deletes are named, if the read saw one of them.
  [[nodiscard]] std::span<const Value> seen_by(const OpRecord& read) const {
    const Nanoseconds end_ns = read.completion_ns() + widened_ns_;
    const bool is_certain = second_ns_ > end_ns || (first_ns_ > end_ns && !has_failed_);
    return is_certain ? std::span<const Value>(names_) : std::span<const Value>();
  }

 private:
  void add(const OpRecord& op) {
    if (op.outcome() == Outcome::fail) {
      has_failed_ = true;
      return;
    }
    if (op.invocation_ns() < first_ns_) {
      second_ns_ = std::exchange(first_ns_, op.invocation_ns());
      names_.clear();
    } else {
      second_ns_ = std::min(second_ns_, op.invocation_ns());
    }
    if (op.invocation_ns() == first_ns_) {
      names_.push_back(op.value());
    }
  }

  Nanoseconds widened_ns_;
  Nanoseconds first_ns_ = never;
  Nanoseconds second_ns_ = never;
  bool has_failed_ = false;
  std::vector<Value> names_;  // of those begun at first_ns_
};

}  // namespace

void ClusterFinder::find(const Summary& summary) {
  const std::span<const OpRecord> records = summary.history.ops();
  for (auto group = found_.begin(); group != found_.end();) {
    const std::uint32_t key = group->first.first;
    // Few values are wanted of a key that may have very many: most are told from them by their low bits.
    std::bitset<1024> wanted_bits;
    const auto bit_of = [](Value value) { return static_cast<std::uint32_t>(value) % 1024; };
    for (; group != found_.end() && group->first.first == key; ++group) {
      wanted_bits.set(bit_of(group->first.second));
    }
    const FirstDeletes deletes(summary, key);
    for (const OpPosition position : summary.index.order_of(key)) {
      const OpRecord& op = records[position];
      if (op.kind() == OpKind::read && op.outcome() == Outcome::ok && op.value() == no_row) [[unlikely]] {
        for (const Value seen : deletes.seen_by(op)) {
          if (const auto wanted = found_.find({key, seen}); wanted != found_.end()) {
            widen(wanted->second, position, records);
          }
        }
      }
      const bool shows_value = op.kind() != OpKind::read || op.outcome() == Outcome::ok;
      if (!shows_value || !wanted_bits.test(bit_of(op.value()))) {
        continue;
      }
      if (const auto wanted = found_.find({key, op.value()}); wanted != found_.end()) {
        widen(wanted->second, position, records);
      }
    }
  }
}

}  // namespace stalemate
