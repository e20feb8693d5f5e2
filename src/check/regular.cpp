// regular: a read returns the last write completed before it, or a concurrent one.
//
//   client 1  |- write 6 -| |- write 7 -|        |------- write 8 -------|
//   client 2                                 |- read: 7 or 8 -|
//
// Where the versions are known, the last write completed is the one of the newest version; else it is any that no other
// completed write follows in time.
//
// Cost: one comparison a read; without versions, a pass over the writes sorted by completion.

#include <algorithm>
#include <vector>

#include "check/key_check.hpp"
#include "check/nearly_sorted.hpp"
#include "check/words.hpp"

namespace stalemate {

namespace {

enum class Form : std::uint8_t { old_value, future_value, never_written };

class RegularCheck final : public KeyCheck {
 public:
  explicit RegularCheck(const CheckOptions& options) : tally_(options) {}

  void look(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      if (part.is_first && !part.key->versions_known) {
        sort_writes(*part.key);
      }
      for (const KeyOp& op : part.ops) {
        if (op.is_ok_read()) {
          look_at(*part.key, op);
        }
      }
    }
  }

  void add_clean(const CleanKeys& keys) override { tally_.sample += keys.reads; }
  void absorb(KeyCheck& other) override { tally_.absorb(static_cast<RegularCheck&>(other).tally_); }

  CheckResult result(const Summary& summary) override {
    CheckResult result = result_of(tally_, "reads");
    const HistoryHeader& header = summary.history.header;
    result.violations = violations_of(tally_.suspects, summary, [&](const Suspect& suspect, std::span<const Op> ops) {
      const std::string read = words_of_op(header, ops[0]);
      switch (static_cast<Form>(suspect.form)) {
        case Form::old_value:
          return read + " returned a value that " + words_of_op(header, ops[1]) +
                 " had already replaced before the read began.";
        case Form::future_value: return read + " had ended before " + words_of_op(header, ops[1]) + " began.";
        case Form::never_written: break;
      }
      return read + " returned a value that no write of the key left there.";
    });
    if (tally_.unjudged + tally_.outside > 0) {
      judge_by_versions(result, tally_, summary);
    }
    return result;
  }

 private:
  void sort_writes(const KeyHistory& key) {
    writes_.clear();
    done_ = 0;
    newest_ = 0;
    for (Rank rank = 1; rank < key.clusters.size(); ++rank) {
      if (key.clusters[rank].write_completion_ns != never && key.standings[rank] != Standing::failed) {
        writes_.push_back(rank);
      }
    }
    sort_nearly_sorted(writes_.begin(), writes_.end(), [&key](Rank left, Rank right) {
      return key.clusters[left].write_completion_ns < key.clusters[right].write_completion_ns;
    });
  }

  /// Whether another write had replaced the read's value before the read began. Reads come in order of invocation.
  bool is_replaced(const KeyHistory& key, const KeyOp& op) {
    const Cluster& cluster = key.clusters[op.rank];
    if (key.versions_known) {
      return cluster.newer_completion_ns < op.invocation_ns && cluster.write_completion_ns < op.invocation_ns;
    }
    while (done_ < writes_.size() && key.clusters[writes_[done_]].write_completion_ns < op.invocation_ns) {
      const Rank rank = writes_[done_++];
      if (newest_ == 0 || key.clusters[rank].write_invocation_ns > key.clusters[newest_].write_invocation_ns) {
        newest_ = rank;
      }
    }
    return newest_ != 0 && key.clusters[newest_].write_invocation_ns > cluster.write_completion_ns;
  }

  /// Which write that was. Requires: is_replaced(key, op).
  [[nodiscard]] OpPosition replaced_by(const KeyHistory& key, const KeyOp& op) const {
    if (!key.versions_known) {
      return key.clusters[newest_].write;
    }
    const auto newer = std::ranges::partition_point(
        key.completions, [&op](const Completion& completion) { return completion.rank_max <= op.rank; });
    return key.clusters[newer->rank].write;
  }

  void look_at(const KeyHistory& key, const KeyOp& op) {
    if (op.rank == no_rank || key.standings[op.rank] == Standing::failed) [[unlikely]] {
      add(key, op, Form::never_written, op.rank == no_rank ? op.position : key.clusters[op.rank].write);
      return;
    }
    if (op.completion_ns < key.clusters[op.rank].write_invocation_ns) [[unlikely]] {
      add(key, op, Form::future_value, key.clusters[op.rank].write);
      return;
    }
    if (key.versions_known && !key.is_placed(op.rank)) [[unlikely]] {
      ++(key.may_be_placed(op.rank) ? tally_.unjudged : tally_.outside);
      return;
    }
    const bool is_wrong = is_replaced(key, op);
    ++tally_.sample;
    tally_.count += is_wrong ? 1 : 0;
    if (is_wrong && tally_.suspects.wants(op.invocation_ns)) [[unlikely]] {
      add_suspect(key, op, Form::old_value, replaced_by(key, op));
    }
  }

  void add(const KeyHistory& key, const KeyOp& op, Form form, OpPosition proof) {
    ++tally_.sample;
    ++tally_.count;
    add_suspect(key, op, form, proof);
  }

  void add_suspect(const KeyHistory& key, const KeyOp& op, Form form, OpPosition proof) {
    tally_.suspects.add({.at_ns = op.invocation_ns,
                         .key = key.key,
                         .ops = {op.position, proof},
                         .op_count = 2,
                         .form = static_cast<std::uint8_t>(form)});
  }

  Tally tally_;
  std::vector<Rank> writes_;  // without versions: by completion
  std::size_t done_ = 0;
  Rank newest_ = 0;  // of writes_ before done_, the one invoked last
};

const bool registered = CheckRegistry::add(
    {.name = "regular",
     .summary = "a read returns the last write completed before it, or a concurrent one",
     .definition =
         "A read may return the value of a write concurrent with it, or of a write that no newer one had "
         "replaced before the read began: newer in the order of versions where that is known, else begun after "
         "it had completed. Two reads of the same concurrent writes may disagree on their order.",
     .models = model_bit(Model::distinct_register),
     .decides = true,
     .screened = true,
     .make = make_key_check<RegularCheck>});

}  // namespace

}  // namespace stalemate
