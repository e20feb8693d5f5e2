// writes-follow-reads: a write is newer than every version its client has read before.
//
//   client 1   |- read: 6 -|  |- write 7 -|      order of versions: 7, 6
//
// Cost: one access to a table of the clients an op.

#include "check/checks/session_check.hpp"

namespace stalemate {

namespace {

struct WritesFollowReads {
  static constexpr std::string_view sample_of = "writes";
  static constexpr bool binds_reads = false;
  static constexpr bool marks_by_reads = true;
  static bool sets_mark(const KeyOp& op) { return op.is_ok_read(); }
  static bool is_bound(const KeyOp& op) { return op.is_write(); }
  static std::string sentence(const HistoryHeader& header, const Op& op, const Op& mark) {
    return words_of_op(header, op) + " was applied before the version that the client had read, by " +
           words_of_op(header, mark) + ".";
  }
};

const bool writes_follow_reads_registered =
    CheckRegistry::add({.name = "writes-follow-reads",
                        .summary = "a write is newer than every version its client has read before",
                        .customers = "took effect before what the same customer had seen",
                        .models = model_bit(Model::distinct_register),
                        .decides = true,
                        .prefiltered_by = PrefilteredBy::sessions,
                        .make = make_key_check<SessionCheck<WritesFollowReads>>});

}  // namespace

}  // namespace stalemate
