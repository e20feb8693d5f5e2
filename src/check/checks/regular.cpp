// regular: a read returns the last write completed before it, or a concurrent one.
//
//   client 1  |- write 6 -| |- write 7 -|        |------- write 8 -------|
//   client 2                                 |- read: 7 or 8 -|
//
// Where the versions are known, the last write completed is the one of the newest version; else it is any that no other
// completed write follows in time. A write of unknown outcome never completes, so that its value may always be read; it
// counts as completed for others once a completed read returned its value.
//
// Cost: one comparison a read; a binary search for one that is wrong.

#include <algorithm>

#include "check/checks/key_check.hpp"
#include "check/words.hpp"

namespace stalemate {

namespace {

enum class IrregularForm : std::uint8_t { old_value, future_value, never_written };

class RegularCheck final : public KeyCheck {
 public:
  explicit RegularCheck(const CheckOptions& options) : tally_(options) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      for (const KeyOp& op : part.ops) {
        if (op.is_told_read()) {
          check_op(*part.key, op);
        }
      }
    }
  }

  void add_cleared(const Cleared& cleared) override { tally_.sample += cleared.reads; }
  void absorb(KeyCheck& other) override { tally_.absorb(static_cast<RegularCheck&>(other).tally_); }

  CheckResult result(const Summary& summary) override {
    CheckResult result = result_of(tally_, "reads");
    const HistoryHeader& header = summary.history.header;
    result.violations = violations_of(tally_.suspects, summary, [&](const Suspect& suspect, std::span<const Op> ops) {
      const std::string read = words_of_op(header, ops[0]);
      switch (static_cast<IrregularForm>(suspect.form)) {
        case IrregularForm::old_value:
          return read + " returned a value that " + words_of_op(header, ops[1]) +
                 " had already replaced before the read began.";
        case IrregularForm::future_value: return read + " had ended before " + words_of_op(header, ops[1]) + " began.";
        case IrregularForm::never_written: break;
      }
      return read + " returned a value that no write of the key left there.";
    });
    if (tally_.unjudged + tally_.outside > 0) {
      judge_by_versions(result, tally_, summary);
    }
    return result;
  }

 private:
  /// Which write had replaced the read's value before the read began. Requires: one had.
  static OpPosition replaced_by(const KeyHistory& key, const KeyOp& op) {
    const Rank newer_from = key.newer_from(op.rank);
    const auto newer = std::ranges::partition_point(
        key.completions, [newer_from](const Completion& completion) { return completion.rank_max < newer_from; });
    return key.clusters[newer->rank].write;
  }

  void check_op(const KeyHistory& key, const KeyOp& op) {
    if (op.rank == no_rank || key.standings[op.rank] == Standing::failed) [[unlikely]] {
      add(key, op, IrregularForm::never_written, op.rank == no_rank ? op.position : key.clusters[op.rank].write);
      return;
    }
    if (op.completion_ns < key.clusters[op.rank].write_invocation_ns) [[unlikely]] {
      add(key, op, IrregularForm::future_value, key.clusters[op.rank].write);
      return;
    }
    if (op.is_vague && !key.versions_known) [[unlikely]] {
      ++tally_.unjudged;
      return;
    }
    if (!key.is_placed(op.rank)) [[unlikely]] {
      ++(key.may_be_placed(op.rank) ? tally_.unjudged : tally_.outside);
      return;
    }
    const Cluster& cluster = key.clusters[op.rank];
    const bool is_wrong =
        cluster.newer_completion_ns < op.invocation_ns && cluster.write_completion_ns < op.invocation_ns;
    ++tally_.sample;
    tally_.count += is_wrong ? 1 : 0;
    if (is_wrong && tally_.suspects.wants(op.invocation_ns)) [[unlikely]] {
      add_suspect(key, op, IrregularForm::old_value, replaced_by(key, op));
    }
  }

  void add(const KeyHistory& key, const KeyOp& op, IrregularForm form, OpPosition proof) {
    ++tally_.sample;
    ++tally_.count;
    add_suspect(key, op, form, proof);
  }

  void add_suspect(const KeyHistory& key, const KeyOp& op, IrregularForm form, OpPosition proof) {
    tally_.suspects.add({.at_ns = op.invocation_ns,
                         .key = key.key,
                         .ops = {op.position, proof},
                         .op_count = 2,
                         .form = static_cast<std::uint8_t>(form)});
  }

  Tally tally_;
};

const bool regular_registered =
    CheckRegistry::add({.name = "regular",
                        .summary = "a read returns the last write completed before it, or a concurrent one",
                        .models = model_bit(Model::distinct_register),
                        .decides = true,
                        .prefiltered_by = PrefilteredBy::versions,
                        .make = make_key_check<RegularCheck>});

}  // namespace

}  // namespace stalemate
