// What the parts of the brute-force twins share: the ops of one key as the definitions speak of them, and their orders.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/op.hpp"

namespace stalemate::test {

struct BruteOp {
  Op op = {};
  std::optional<Version> version = {};  // of a write: applied
  bool lost = false;
  bool unplaced = false;
  bool is_vague = false;            // a read that found no row, and several deletes may be why: value is the newest's
  bool timed = false;               // no versions are told: of a write that was perhaps applied
  Nanoseconds counts_from = never;  // when a write counts as completed
};

using Ops = std::vector<BruteOp>;

inline bool is_told_read(const BruteOp& op) {
  return op.op.kind == OpKind::read && op.op.outcome == Outcome::ok;
}
inline bool is_ok_read(const BruteOp& op) {
  return is_told_read(op) && !op.is_vague;
}
inline bool is_write(const BruteOp& op) {
  return op.op.kind != OpKind::read;  // adds write too
}

/// The write of a value; nullptr for the initial value and for phantoms.
[[nodiscard]] const BruteOp* writer_of(const Ops& ops, Value value);
/// The version a read returned: 0 for the initial value; none where it has no place.
[[nodiscard]] std::optional<Version> version_read(const Ops& ops, const BruteOp& read, Value initial);
[[nodiscard]] bool was_read(const Ops& ops, Value value);
/// The writes that are certainly newer than a value, by version or, where none are told, by time; none where it has no
/// place among them. Requires: counts_from is known.
[[nodiscard]] std::optional<std::vector<const BruteOp*>> newer_writes(const Ops& ops, Value value, Value initial);
/// Where no versions are told: when each write counts as completed. Then, if the order of all that do is certain, their
/// versions, counted from 1; false if it is not.
[[nodiscard]] bool place_by_time(Ops& ops);

/// Whether clients could have seen one copy: writes of unknown outcome that nobody read are as if they never were.
[[nodiscard]] bool is_linearizable(const Ops& all, Value initial);

/// Whether a read of a value without a place among the versions makes every order by version impossible.
enum class Unplaceable : std::uint8_t { counts, ignored };
/// The least k for which there is an order by version; none if there is none for any k.
[[nodiscard]] std::optional<std::uint64_t> least_k(const Ops& all, Value initial, Unplaceable unplaceable);

/// The least multiple of `unit` that makes it linearizable when `move` has moved every op by it; `never` if none does.
[[nodiscard]] Nanoseconds least_move(const Ops& ops, Value initial, Nanoseconds unit,
                                     const std::function<void(BruteOp&, Nanoseconds)>& move);

}  // namespace stalemate::test
