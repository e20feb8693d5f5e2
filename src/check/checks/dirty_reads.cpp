// dirty-reads: reads that returned the value of a write that certainly failed.
//
//   client 1   |- write 7: fail -|
//   client 2                        |- read: 7 -|
//
// Cost: one comparison a read.

#include "check/checks/key_check.hpp"
#include "check/exact/wrong_reads.hpp"
#include "check/words.hpp"

namespace stalemate {

namespace {

class DirtyReadsCheck final : public KeyCheck {
 public:
  explicit DirtyReadsCheck(const CheckOptions& options) : tally_(options), wrong_(options.stale_reads_max) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      for (const KeyOp& op : part.ops) {
        if (op.is_ok_read()) {
          ++tally_.sample;
          if (part.key->has_failed_reads) [[unlikely]] {
            check_op(*part.key, op);
          }
        }
      }
    }
  }

  void add_cleared(const Cleared& cleared) override { tally_.sample += cleared.reads; }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<DirtyReadsCheck&>(other);
    tally_.absorb(found.tally_);
    wrong_.absorb(found.wrong_);
  }

  CheckResult result(const Summary& summary) override {
    CheckResult result = result_of(tally_, "reads");
    const HistoryHeader& header = summary.history.header;
    result.violations = violations_of(tally_.suspects, summary, [&](const Suspect&, std::span<const Op> ops) {
      return words_of_op(header, ops[0]) + " returned the value of " + words_of_op(header, ops[1]) + ", which failed.";
    });
    result.stale_reads = wrong_.reads(summary.history.ops());
    return result;
  }

 private:
  void check_op(const KeyHistory& key, const KeyOp& op) {
    if (op.rank != no_rank && key.standings[op.rank] == Standing::failed) {
      ++tally_.count;
      wrong_.add(op.invocation_ns, op.position);
      tally_.suspects.add({.at_ns = op.completion_ns,
                           .key = key.key,
                           .ops = {op.position, key.clusters[op.rank].write},
                           .op_count = 2});
    }
  }

  Tally tally_;
  WrongReads wrong_;
};

const bool dirty_reads_registered = CheckRegistry::add({.name = "dirty-reads",
                                                        .summary = "reads that returned the value of a failed write",
                                                        .customers = "showed a quantity that the database had refused",
                                                        .models = model_bit(Model::distinct_register),
                                                        .decides = true,
                                                        .prefiltered_by = PrefilteredBy::order,
                                                        .make = make_key_check<DirtyReadsCheck>});

}  // namespace

}  // namespace stalemate
