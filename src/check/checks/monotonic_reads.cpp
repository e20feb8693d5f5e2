// monotonic-reads: a client never reads a version older than one it has read before.
//
//   client 1   |- read: 7 -|  |- read: 6 -|
//
// Cost: one access to a table of the clients an op.

#include "check/checks/session_check.hpp"

namespace stalemate {

namespace {

struct MonotonicReads {
  static constexpr std::string_view sample_of = "reads";
  static constexpr bool binds_reads = true;
  static constexpr bool marks_by_reads = true;
  static bool sets_mark(const KeyOp& op) { return op.is_ok_read(); }
  static bool is_bound(const KeyOp& op) { return op.is_ok_read(); }
  static std::string sentence(const HistoryHeader& header, const Op& op, const Op& mark) {
    return words_of_op(header, op) + " went back in time: it returned a version older than that client's earlier " +
           words_of_op(header, mark).substr(words_of_op(header, mark).find("'s ") + 3) + ".";
  }
};

const bool monotonic_reads_registered =
    CheckRegistry::add({.name = "monotonic-reads",
                        .summary = "a client never reads a version older than one it has read before",
                        .customers = "showed an older quantity than the same customer had seen before",
                        .models = model_bit(Model::distinct_register),
                        .decides = true,
                        .prefiltered_by = PrefilteredBy::sessions,
                        .make = make_key_check<SessionCheck<MonotonicReads>>});

}  // namespace

}  // namespace stalemate
