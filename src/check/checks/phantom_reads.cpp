// phantom-reads: reads that returned a value that nobody wrote to the key.
//
//   client 1   |- write 7 -|  |- read: 9 -|       nobody wrote 9
//
// Cost: one comparison a read.

#include "check/checks/key_check.hpp"
#include "check/exact/wrong_reads.hpp"
#include "check/words.hpp"

namespace stalemate {

namespace {

class PhantomReadsCheck final : public KeyCheck {
 public:
  explicit PhantomReadsCheck(const CheckOptions& options) : tally_(options), wrong_(options.stale_reads_max) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      for (const KeyOp& op : part.ops) {
        if (!op.is_told_read()) {
          continue;
        }
        ++tally_.sample;
        if (op.rank == no_rank) [[unlikely]] {
          ++tally_.count;
          wrong_.add(op.invocation_ns, op.position);
          tally_.suspects.add({.at_ns = op.completion_ns, .key = part.key->key, .ops = {op.position}, .op_count = 1});
        }
      }
    }
  }

  void add_cleared(const Cleared& cleared) override { tally_.sample += cleared.reads; }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<PhantomReadsCheck&>(other);
    tally_.absorb(found.tally_);
    wrong_.absorb(found.wrong_);
  }

  CheckResult result(const Summary& summary) override {
    CheckResult result = result_of(tally_, "reads");
    const HistoryHeader& header = summary.history.header;
    result.violations = violations_of(tally_.suspects, summary, [&](const Suspect& suspect, std::span<const Op> ops) {
      const std::string key = words_of_key(header, suspect.key);
      return words_of_op(header, ops[0]) + " returned " + words_of_value(header, ops[0].value) +
             ", which nobody ever wrote" + (key == "nil" ? "." : " to " + key + ".");
    });
    result.stale_reads = wrong_.reads(summary.history.ops());
    return result;
  }

 private:
  Tally tally_;
  WrongReads wrong_;
};

const bool phantom_reads_registered = CheckRegistry::add({.name = "phantom-reads",
                                                          .summary = "reads that returned a value never written",
                                                          .customers = "showed a quantity that nobody had written",
                                                          .models = model_bit(Model::distinct_register),
                                                          .decides = true,
                                                          .prefiltered_by = PrefilteredBy::order,
                                                          .make = make_key_check<PhantomReadsCheck>});

}  // namespace

}  // namespace stalemate
