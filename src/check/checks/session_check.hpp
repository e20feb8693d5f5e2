// SessionCheck: what the four session guarantees share. Each says which ops set a client's mark and which must not fall
// below it.
//
// Source: Terry et al., "Session guarantees for weakly consistent replicated data", PDIS 1994.
#pragma once

#include <string>

#include "check/checks/key_check.hpp"
#include "check/exact/session_table.hpp"
#include "check/words.hpp"

namespace stalemate {

/// `Guarantee` has `static bool sets_mark(const KeyOp&)`, `static bool is_bound(const KeyOp&)`, `sample_of`, and
/// `sentence(header, bound op, op that set the mark)`. An op that is bound is compared with the mark before it sets
/// one. `binds_reads`: bound are `ok` reads, else writes; `marks_by_reads`: these set marks. A vague read is taken for
/// the newest that it may be, so that it may be bound but sets no mark. Where versions are in the order of time and
/// clients take turns, none is broken. Cost: one access to a table of the clients an op.
template <class Guarantee>
class SessionCheck final : public KeyCheck {
 public:
  explicit SessionCheck(const CheckOptions& options) : tally_(options) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      if (part.is_first) {
        sessions_.begin_key();
      }
      for (const KeyOp& op : part.ops) {
        check_op(*part.key, op);
      }
    }
  }

  void add_cleared(const Cleared& cleared) override {
    tally_.sample += Guarantee::binds_reads ? cleared.reads : cleared.writes;
  }
  void absorb(KeyCheck& other) override { tally_.absorb(static_cast<SessionCheck&>(other).tally_); }
  [[nodiscard]] bool misses_vague_reads() const override { return Guarantee::marks_by_reads; }

  CheckResult result(const Summary& summary) override {
    CheckResult result = result_of(tally_, Guarantee::sample_of);
    const HistoryHeader& header = summary.history.header;
    result.violations = violations_of(tally_.suspects, summary, [&](const Suspect&, std::span<const Op> ops) {
      return Guarantee::sentence(header, ops[0], ops[1]);
    });
    judge_by_versions(result, tally_, summary);
    return result;
  }

 private:
  void check_op(const KeyHistory& key, const KeyOp& op) {
    if (op.is_vague && !key.versions_known) [[unlikely]] {
      tally_.unjudged += Guarantee::binds_reads ? 1 : 0;
      return;
    }
    const bool is_placed = key.is_placed(op.rank);
    if (Guarantee::is_bound(op)) {
      if (is_placed) [[likely]] {
        compare(key, op);
      } else {
        tally_.unjudged += key.may_be_placed(op.rank) ? 1 : 0;
        tally_.outside += !key.may_be_placed(op.rank) && op.outcome == Outcome::ok ? 1 : 0;
      }
    }
    if (is_placed && Guarantee::sets_mark(op)) {
      sessions_.note(key, op.client, op.rank, op.position);
    }
  }

  /// Requires: the op is bound and has a place.
  void compare(const KeyHistory& key, const KeyOp& op) {
    const SessionTable::Entry mark = sessions_.newest(op.client);
    const bool is_broken = key.newer_from(op.rank) <= mark.rank;
    if (!is_broken && !key.versions_known && mark.maybe_newer.than(op.rank)) [[unlikely]] {
      ++tally_.unjudged;
      return;
    }
    ++tally_.sample;
    if (is_broken) [[unlikely]] {
      ++tally_.count;
      tally_.suspects.add({.at_ns = op.invocation_ns, .key = key.key, .ops = {op.position, mark.op}, .op_count = 2});
    }
  }

  Tally tally_;
  SessionTable sessions_;
};

}  // namespace stalemate
