// dirty-reads: reads that returned the value of a write that certainly failed.
//
//   client 1   |- write 7: fail -|
//   client 2                        |- read: 7 -|
//
// Cost: nothing but for keys that have one.

#include "check/key_check.hpp"
#include "check/words.hpp"

namespace stalemate {

namespace {

class DirtyReadsCheck final : public KeyCheck {
 public:
  explicit DirtyReadsCheck(const CheckOptions& options) : tally_(options) {}

  void look(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      for (const KeyOp& op : part.ops) {
        if (op.is_ok_read()) {
          ++tally_.sample;
          if (part.key->has_failed_reads) [[unlikely]] {
            look_at(*part.key, op);
          }
        }
      }
    }
  }

  void add_clean(const CleanKeys& keys) override { tally_.sample += keys.reads; }
  void absorb(KeyCheck& other) override { tally_.absorb(static_cast<DirtyReadsCheck&>(other).tally_); }

  CheckResult result(const Summary& summary) override {
    CheckResult result = result_of(tally_, "reads");
    const HistoryHeader& header = summary.history.header;
    result.violations = violations_of(tally_.suspects, summary, [&](const Suspect&, std::span<const Op> ops) {
      return words_of_op(header, ops[0]) + " returned the value of " + words_of_op(header, ops[1]) + ", which failed.";
    });
    return result;
  }

 private:
  void look_at(const KeyHistory& key, const KeyOp& op) {
    if (op.rank != no_rank && key.standings[op.rank] == Standing::failed) {
      ++tally_.count;
      tally_.suspects.add({.at_ns = op.completion_ns,
                           .key = key.key,
                           .ops = {op.position, key.clusters[op.rank].write},
                           .op_count = 2});
    }
  }

  Tally tally_;
};

const bool registered =
    CheckRegistry::add({.name = "dirty-reads",
                        .summary = "reads that returned the value of a failed write",
                        .definition = "A read that returned the value of a write that certainly did not happen.",
                        .models = model_bit(Model::distinct_register),
                        .decides = true,
                        .screened = true,
                        .make = make_key_check<DirtyReadsCheck>});

}  // namespace

}  // namespace stalemate
