// read-your-writes: a client never reads a version older than its own acknowledged writes.
//
//   client 1   |- write 7 -|  |- read: 6 -|
//
// Cost: one access to a table of the clients an op.

#include "check/checks/session_check.hpp"

namespace stalemate {

namespace {

struct ReadYourWrites {
  static constexpr std::string_view sample_of = "reads";
  static constexpr bool binds_reads = true;
  static constexpr bool marks_by_reads = false;
  static bool sets_mark(const KeyOp& op) { return op.is_write() && op.outcome == Outcome::ok; }
  static bool is_bound(const KeyOp& op) { return op.is_told_read(); }
  static std::string sentence(const HistoryHeader& header, const Op& op, const Op& mark) {
    return words_of_op(header, op) + " returned a version older than that client's own acknowledged write, " +
           words_of_op(header, mark) + ".";
  }
};

const bool read_your_writes_registered =
    CheckRegistry::add({.name = "read-your-writes",
                        .summary = "a client never reads a version older than its own acknowledged writes",
                        .customers = "did not show what the same customer had written before",
                        .models = model_bit(Model::distinct_register),
                        .decides = true,
                        .prefiltered_by = PrefilteredBy::sessions,
                        .make = make_key_check<SessionCheck<ReadYourWrites>>});

}  // namespace

}  // namespace stalemate
