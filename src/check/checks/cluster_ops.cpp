#include "check/checks/cluster_ops.hpp"

#include <bitset>
#include <utility>

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
    for (const OpPosition position : summary.index.order_of(key)) {
      const OpRecord& op = records[position];
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
