// lost-updates: acknowledged writes that the database never applied, and read-modify-writes that overwrote each other.
//
//   client 1   |- write 7: ok -|          the chain of versions: 5, 6, 8
//
//   client 1   |- add: read 6, write 7 -|
//   client 2     |- add: read 6, write 8 -|       both are based on 6: one addition is gone
//
// Cost: one comparison a key without lost writes; a pass over its ops with some. Adds: a sort of their loads.

#include <algorithm>
#include <vector>

#include "check/key_check.hpp"
#include "check/words.hpp"

namespace stalemate {

namespace {

enum class Form : std::uint8_t { never_applied, same_base };

class LostUpdatesCheck final : public KeyCheck {
 public:
  explicit LostUpdatesCheck(const CheckOptions& options) : tally_(options) {}

  void look(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      const KeyHistory& key = *part.key;
      if (part.is_first) {
        look_at(key);
      }
      if (key.lost > 0) [[unlikely]] {
        count_reads_behind(part);
      }
      if (key.clusters.size() > 1) {
        has_adds_ = has_adds_ || std::ranges::any_of(part.ops, [](const KeyOp& op) { return op.kind == OpKind::add; });
      }
    }
  }

  void absorb(KeyCheck& other) override {
    auto& found = static_cast<LostUpdatesCheck&>(other);
    tally_.absorb(found.tally_);
    reads_behind_ += found.reads_behind_;
    has_adds_ = has_adds_ || found.has_adds_;
  }

  CheckResult result(const Summary& summary) override;

 private:
  struct Lost {
    Nanoseconds completion_ns;
    Nanoseconds invocation_ns;
  };

  void look_at(const KeyHistory& key) {
    lost_.clear();
    lost_done_ = 0;
    lost_begun_ns_ = before_all;
    for (Rank rank = 1; rank < key.clusters.size(); ++rank) {
      const Cluster& cluster = key.clusters[rank];
      const bool is_acknowledged = cluster.write_completion_ns != never && key.standings[rank] != Standing::failed;
      tally_.sample += is_acknowledged && key.standings[rank] != Standing::unplaced ? 1 : 0;
      tally_.unjudged += is_acknowledged && key.standings[rank] == Standing::unplaced ? 1 : 0;
      if (key.standings[rank] == Standing::lost) {
        ++tally_.count;
        lost_.push_back({cluster.write_completion_ns, cluster.write_invocation_ns});
        tally_.suspects.add(
            {.at_ns = cluster.write_completion_ns, .key = key.key, .ops = {cluster.write}, .op_count = 1});
      }
    }
    std::ranges::sort(lost_, {}, &Lost::completion_ns);
  }

  /// Reads begun after a lost write was acknowledged whose value had been written before that write began.
  void count_reads_behind(const KeyPart& part) {
    for (const KeyOp& op : part.ops) {
      if (!op.is_ok_read() || !part.key->is_placed(op.rank)) {
        continue;
      }
      while (lost_done_ < lost_.size() && lost_[lost_done_].completion_ns < op.invocation_ns) {
        lost_begun_ns_ = std::max(lost_begun_ns_, lost_[lost_done_++].invocation_ns);
      }
      reads_behind_ += part.key->clusters[op.rank].write_completion_ns < lost_begun_ns_ ? 1 : 0;
    }
  }

  void find_same_bases(const Summary& summary);

  Tally tally_;
  std::uint64_t reads_behind_ = 0;
  std::uint64_t same_bases_ = 0;
  bool has_adds_ = false;
  std::vector<Lost> lost_;  // of the key, by completion
  std::size_t lost_done_ = 0;
  Nanoseconds lost_begun_ns_ = before_all;
};

/// Of the acknowledged adds that loaded the same value of a key, all but the first applied lost an update.
void LostUpdatesCheck::find_same_bases(const Summary& summary) {
  struct Load {
    std::uint32_t key;
    Value base;
    OpIndex op;
  };
  std::vector<Load> loads;
  for (const StepRecord& step : summary.history.steps()) {
    if (step.store() != Store::database || step.role() != Role::load || step.outcome() != Outcome::ok) {
      continue;
    }
    const OpRecord* op = summary.history.find_op(step.op());
    if (op == nullptr || op->kind() != OpKind::add || op->outcome() != Outcome::ok) {
      continue;
    }
    if (!loads.empty() && loads.back().op == op->index()) {
      loads.pop_back();  // an attempt that was repeated: its load came to nothing
    }
    loads.push_back({op->key().index, step.value(), op->index()});
  }
  std::ranges::sort(loads, {}, [](const Load& load) { return std::tuple(load.key, load.base, load.op); });
  const OpRecord* const records = summary.history.ops().data();
  for (std::size_t i = 1; i < loads.size(); ++i) {
    const Load& first = loads[i - 1];
    const Load& second = loads[i];
    if (first.key != second.key || first.base != second.base) {
      continue;
    }
    const OpRecord* first_op = summary.history.find_op(first.op);
    const OpRecord* second_op = summary.history.find_op(second.op);
    ++tally_.count;
    ++same_bases_;
    tally_.suspects.add(
        {.at_ns = second_op->completion_ns(),
         .key = Key{first.key},
         .ops = {static_cast<OpPosition>(first_op - records), static_cast<OpPosition>(second_op - records)},
         .op_count = 2,
         .form = static_cast<std::uint8_t>(Form::same_base),
         .amounts = {first.base, 0}});
  }
}

/// Why the database did not apply the write, as far as its steps say.
std::string reason_of(const Summary& summary, const Op& op) {
  for (const StepRecord& step : summary.history.steps_of(op.index)) {
    if (step.role() != Role::update || step.outcome() == Outcome::ok) {
      continue;
    }
    const std::vector<std::string>& faults = summary.history.header.fault_names;
    if (step.fault() != no_fault && step.fault() < faults.size()) {
      return " (its update was hit by the fault " + faults[step.fault()] + ")";
    }
    return " (its update ended with " + std::string(name_of(step.error())) + ")";
  }
  return " (no update was sent for it)";
}

CheckResult LostUpdatesCheck::result(const Summary& summary) {
  if (has_adds_) {
    find_same_bases(summary);
  }
  CheckResult result = result_of(tally_, "acknowledged writes");
  result.figures.push_back(
      {.name = "reads that missed a lost write", .value = static_cast<double>(reads_behind_), .unit = Unit::count});
  const HistoryHeader& header = summary.history.header;
  result.violations = violations_of(tally_.suspects, summary, [&](const Suspect& suspect, std::span<const Op> ops) {
    if (suspect.form == static_cast<std::uint8_t>(Form::same_base)) {
      return words_of_op(header, ops[0]) + " and " + words_of_op(header, ops[1]) + " both started from " +
             words_of_value(header, static_cast<Value>(suspect.amounts[0])) + ", so one of the two is lost.";
    }
    return words_of_op(header, ops[0]) + " was acknowledged, but the database never applied it" +
           reason_of(summary, ops[0]) + ".";
  });
  judge_by_versions(result, tally_, summary);
  if (same_bases_ > 0) {
    // What the loads prove, they prove without any versions.
    result.verdict = Verdict::invalid;
    result.decides = true;
  }
  return result;
}

const bool registered = CheckRegistry::add(
    {.name = "lost-updates",
     .summary = "acknowledged writes that the database never applied, or that overwrote each other unseen",
     .definition = "An acknowledged write that is not in the database's chain of versions; or two acknowledged "
                   "read-modify-writes that started from the same version.",
     .models = static_cast<ModelMask>(model_bit(Model::distinct_register) | model_bit(Model::rmw_register)),
     .decides = true,
     .make = make_key_check<LostUpdatesCheck>});

}  // namespace

}  // namespace stalemate
