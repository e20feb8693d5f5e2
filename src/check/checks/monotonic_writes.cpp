// monotonic-writes: the database applies a client's writes of a key in the client's order.
//
//   client 1   |- write 6 -|  |- write 7 -|      order of versions: 7, 6
//
// Cost: one access to a table of the clients an op.

#include "check/checks/session_check.hpp"

namespace stalemate {

namespace {

struct MonotonicWrites {
  static constexpr std::string_view sample_of = "writes";
  static constexpr bool binds_reads = false;
  static constexpr bool marks_by_reads = false;
  static bool sets_mark(const KeyOp& op) { return op.is_write() && op.outcome == Outcome::ok; }
  static bool is_bound(const KeyOp& op) { return op.is_write(); }
  static std::string sentence(const HistoryHeader& header, const Op& op, const Op& mark) {
    return words_of_op(header, op) + " was applied before that client's earlier write, " + words_of_op(header, mark) +
           ".";
  }
};

const bool monotonic_writes_registered =
    CheckRegistry::add({.name = "monotonic-writes",
                        .summary = "the database applies a client's writes of a key in the client's order",
                        .customers = "took effect before an earlier one of the same customer",
                        .models = model_bit(Model::distinct_register),
                        .decides = true,
                        .prefiltered_by = PrefilteredBy::sessions,
                        .make = make_key_check<SessionCheck<MonotonicWrites>>});

}  // namespace

}  // namespace stalemate
