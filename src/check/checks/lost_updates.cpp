// lost-updates: acknowledged writes that the database never applied, or had lost when a standby had taken its place,
// and read-modify-writes that overwrote each other.
//
//   client 1   |- write 7: ok -|          the chain of versions: 5, 6, 8
//
//   client 1   |- add: read 6, write 7 -|
//   client 2     |- add: read 6, write 8 -|       both are based on 6: one addition is gone
//
// A write that never had an update of its own, as behind a cache that is written first, may be overtaken: a newer write
// of its key was applied, and no read of the key missed a lost write. Nobody can tell that from its having been applied
// and overwritten, so it is not lost; it is counted apart.
//
// Cost: one comparison a key without lost writes; a pass over its ops with some. Adds: a sort of their loads. A
// rollback of the database: that of find_undone_writes.

#include <algorithm>
#include <vector>

#include "check/checks/key_check.hpp"
#include "check/exact/first_by_time.hpp"
#include "check/exact/undone_writes.hpp"
#include "check/passes/step_facts.hpp"
#include "check/words.hpp"
#include "core/absent_row.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {

namespace {

enum class LossForm : std::uint8_t { never_applied, same_base, undone };

class LostUpdatesCheck final : public KeyCheck {
 public:
  explicit LostUpdatesCheck(const CheckOptions& options) : tally_(options), missed_(options.stale_reads_max) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      const KeyHistory& key = *part.key;
      if (part.is_first) {
        check_key(key);
      }
      if (key.lost > 0) [[unlikely]] {
        count_reads_behind(part);
      }
      if (key.clusters.size() > 1) {
        has_adds_ = has_adds_ || std::ranges::any_of(part.ops, [](const KeyOp& op) { return op.kind == OpKind::add; });
      }
    }
  }

  void add_cleared(const Cleared& cleared) override {
    tally_.sample += cleared.writes;
    has_adds_ = has_adds_ || cleared.has_adds;
  }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<LostUpdatesCheck&>(other);
    tally_.absorb(found.tally_);
    reads_behind_ += found.reads_behind_;
    reads_not_stale_ += found.reads_not_stale_;
    missed_.absorb(found.missed_);
    all_lost_.insert(all_lost_.end(), found.all_lost_.begin(), found.all_lost_.end());
    keys_missed_.insert(keys_missed_.end(), found.keys_missed_.begin(), found.keys_missed_.end());
    has_adds_ = has_adds_ || found.has_adds_;
  }

  CheckResult result(const Summary& summary) override;

 private:
  struct Lost {
    Nanoseconds completion_ns;
    Nanoseconds invocation_ns;
    OpPosition write;
  };
  /// A write that the database never applied.
  struct NeverApplied {
    Nanoseconds completion_ns;
    std::uint32_t key;
    OpPosition write;
    bool has_newer;  // one begun later was applied
  };
  /// A read that should have shown a lost write.
  struct Missed {
    Nanoseconds at_ns;
    OpPosition read;
    OpPosition write;
    Nanoseconds lower_ns;
    Nanoseconds upper_ns;
  };

  void check_key(const KeyHistory& key) {
    lost_.clear();
    lost_done_ = 0;
    last_lost_ = {.completion_ns = never, .invocation_ns = before_all, .write = 0};
    Nanoseconds newest_applied_ns = before_all;
    for (Rank rank = 1; key.lost > 0 && rank <= key.placed; ++rank) {
      newest_applied_ns = std::max(newest_applied_ns, key.clusters[rank].write_invocation_ns);
    }
    for (Rank rank = 1; rank < key.clusters.size(); ++rank) {
      const Cluster& cluster = key.clusters[rank];
      const bool is_acknowledged = cluster.write_completion_ns != never && key.standings[rank] != Standing::failed;
      const bool may_be_lost = key.standings[rank] == Standing::unplaced || key.standings[rank] == Standing::timed;
      tally_.sample += is_acknowledged && !may_be_lost ? 1 : 0;
      tally_.unjudged += is_acknowledged && may_be_lost ? 1 : 0;
      if (key.standings[rank] == Standing::lost) {
        lost_.push_back({cluster.write_completion_ns, cluster.write_invocation_ns, cluster.write});
        all_lost_.push_back({.completion_ns = cluster.write_completion_ns,
                             .key = key.key.index,
                             .write = cluster.write,
                             .has_newer = cluster.write_invocation_ns < newest_applied_ns});
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
        const Lost& lost = lost_[lost_done_++];
        last_lost_ = lost.invocation_ns > last_lost_.invocation_ns ? lost : last_lost_;
      }
      const Cluster& shown = part.key->clusters[op.rank];
      if (shown.write_completion_ns < last_lost_.invocation_ns) {
        ++reads_behind_;
        if (keys_missed_.empty() || keys_missed_.back() != part.key->key.index) {
          keys_missed_.push_back(part.key->key.index);
        }
        reads_not_stale_ += shown.newer_completion_ns < op.invocation_ns ? 0 : 1;
        missed_.add({.at_ns = op.invocation_ns,
                     .read = op.position,
                     .write = last_lost_.write,
                     .lower_ns = op.invocation_ns - last_lost_.completion_ns,
                     .upper_ns = op.completion_ns - last_lost_.invocation_ns});
      }
    }
  }

  void count_lost(const History& history);
  void count_undone(const History& history);
  [[nodiscard]] std::vector<OpPosition> writes_gone() const;
  void find_same_bases(const Summary& summary);
  [[nodiscard]] std::vector<StaleRead> missed_reads(std::span<const OpRecord> ops);

  Tally tally_;
  std::uint64_t reads_behind_ = 0;
  std::uint64_t reads_not_stale_ = 0;
  bool has_adds_ = false;
  std::vector<Lost> lost_;  // of the key, by completion
  std::size_t lost_done_ = 0;
  Lost last_lost_ = {};  // of lost_ before lost_done_, the one begun last
  FirstByTime<Missed> missed_;
  std::vector<NeverApplied> all_lost_;
  std::vector<OpPosition> undone_;
  std::vector<std::uint32_t> keys_missed_;  // of which a read missed a lost write
  std::uint64_t overtaken_ = 0;
  std::uint64_t from_no_row_ = 0;  // adds, after the first of a key
};

/// Whether the op's steps are known and none of them is a write to the database.
bool had_no_update(const History& history, const OpRecord& op) {
  const std::span<const StepRecord> steps = history.steps_of(op.index());
  return !steps.empty() && find_step(steps, is_update) == nullptr;
}

/// Tells the lost writes from those that were overtaken.
void LostUpdatesCheck::count_lost(const History& history) {
  std::ranges::sort(keys_missed_);
  for (const NeverApplied& write : all_lost_) {
    if (write.has_newer && !std::ranges::binary_search(keys_missed_, write.key) &&
        had_no_update(history, history.ops()[write.write])) {
      ++overtaken_;
      continue;
    }
    ++tally_.count;
    tally_.suspects.add({.at_ns = write.completion_ns, .key = Key{write.key}, .ops = {write.write}, .op_count = 1});
  }
}

void LostUpdatesCheck::count_undone(const History& history) {
  undone_ = find_undone_writes(history);
  for (const OpPosition position : undone_) {
    const OpRecord& op = history.ops()[position];
    ++tally_.count;
    tally_.suspects.add({.at_ns = op.completion_ns(),
                         .key = op.key(),
                         .ops = {position},
                         .op_count = 1,
                         .form = static_cast<std::uint8_t>(LossForm::undone)});
  }
}

/// In order of time.
std::vector<StaleRead> LostUpdatesCheck::missed_reads(std::span<const OpRecord> ops) {
  std::vector<StaleRead> reads;
  for (const Missed& missed : missed_.in_order()) {
    reads.push_back({.read = ops[missed.read].index(),
                     .newer_write = ops[missed.write].index(),
                     .lower_ns = missed.lower_ns,
                     .upper_ns = missed.upper_ns,
                     .versions = 1});
  }
  return reads;
}

/// What an add of a run added to, as its client says (docs/history-format.md).
bool is_base(const StepRecord& step) {
  return step.store() == Store::local && step.command() == Command::read;
}

/// Those that left nothing in the database, in order.
std::vector<OpPosition> LostUpdatesCheck::writes_gone() const {
  std::vector<OpPosition> gone = undone_;
  for (const NeverApplied& write : all_lost_) {
    gone.push_back(write.write);
  }
  std::ranges::sort(gone);
  return gone;
}

/// Of the acknowledged adds that loaded the same value of a key and left theirs in the database, all but the first lost
/// an update.
void LostUpdatesCheck::find_same_bases(const Summary& summary) {
  struct Load {
    std::uint32_t key;
    Value base;
    OpIndex op;
    bool is_certain;  // told as the add's base; else it is what the database showed it
  };
  std::vector<Load> loads;
  const std::vector<OpPosition> gone = writes_gone();
  const OpRecord* const records = summary.history.ops().data();
  for (const StepRecord& step : summary.history.steps()) {
    const bool shows_row = step.store() == Store::database && step.role() == Role::load;
    if ((!shows_row && !is_base(step)) || step.outcome() != Outcome::ok) {
      continue;
    }
    const OpRecord* op = summary.history.find_op(step.op());
    if (op == nullptr || op->kind() != OpKind::add || op->outcome() != Outcome::ok ||
        std::ranges::binary_search(gone, static_cast<OpPosition>(op - records))) {
      continue;
    }
    if (!loads.empty() && loads.back().op == op->index()) {
      if (loads.back().is_certain && !is_base(step)) {
        continue;
      }
      loads.pop_back();  // an attempt that was repeated: its load came to nothing
    }
    loads.push_back({op->key().index, step.value(), op->index(), is_base(step)});
  }
  std::ranges::sort(loads, {}, [](const Load& load) { return std::tuple(load.key, load.base, load.op); });
  for (std::size_t i = 1; i < loads.size(); ++i) {
    const Load& first = loads[i - 1];
    const Load& second = loads[i];
    if (first.key != second.key || first.base != second.base) {
      continue;
    }
    if (first.base == no_row) {
      ++from_no_row_;  // there may have been a row in between
      continue;
    }
    const OpRecord* first_op = summary.history.find_op(first.op);
    const OpRecord* second_op = summary.history.find_op(second.op);
    ++tally_.count;
    tally_.suspects.add(
        {.at_ns = second_op->completion_ns(),
         .key = Key{first.key},
         .ops = {static_cast<OpPosition>(first_op - records), static_cast<OpPosition>(second_op - records)},
         .op_count = 2,
         .form = static_cast<std::uint8_t>(LossForm::same_base),
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
    if (is_imported(summary.history.header)) {
      return " (its update was refused or left out)";
    }
    return " (its update ended with " + std::string(name_of(step.error())) + ")";
  }
  return " (no update was sent for it)";
}

CheckResult LostUpdatesCheck::result(const Summary& summary) {
  count_lost(summary.history);
  count_undone(summary.history);
  if (has_adds_) {
    find_same_bases(summary);
  }
  CheckResult result = result_of(tally_, "acknowledged writes");
  result.figures.push_back({.id = FigureId::reads_behind_lost_write,
                            .name = "reads that missed a lost write",
                            .value = static_cast<double>(reads_behind_),
                            .unit = Unit::count});
  result.figures.push_back({.id = FigureId::reads_behind_lost_write_not_stale,
                            .name = "of these not stale",
                            .value = static_cast<double>(reads_not_stale_),
                            .unit = Unit::count});
  result.figures.push_back({.id = FigureId::writes_overtaken,
                            .name = "writes overtaken before the database had them",
                            .value = static_cast<double>(overtaken_),
                            .unit = Unit::count});
  result.stale_reads = missed_reads(summary.history.ops());
  const HistoryHeader& header = summary.history.header;
  result.violations = violations_of(tally_.suspects, summary, [&](const Suspect& suspect, std::span<const Op> ops) {
    if (suspect.form == static_cast<std::uint8_t>(LossForm::same_base)) {
      return words_of_op(header, ops[0]) + " and " + words_of_op(header, ops[1]) + " both started from " +
             words_of_value(header, static_cast<Value>(suspect.amounts[0])) + ", so one of the two is lost.";
    }
    if (suspect.form == static_cast<std::uint8_t>(LossForm::undone)) {
      return words_of_op(header, ops[0]) +
             " was acknowledged and applied, but the database lost it when a standby that lacked it took over (the "
             "fault rollback).";
    }
    return words_of_op(header, ops[0]) + " was acknowledged, but the database never applied it" +
           reason_of(summary, ops[0]) + ".";
  });
  judge_by_told_versions(result, tally_, summary);
  if (from_no_row_ > 0) {
    result.note += (result.note.empty() ? "" : " ") + with_thousands(from_no_row_) +
                   (from_no_row_ == 1 ? " add" : " adds") +
                   " began where there was no row, as another of the key had, and could not be compared with it.";
    result.unjudged += from_no_row_;
    result.verdict = result.verdict == Verdict::valid ? Verdict::unknown : result.verdict;
  }
  return result;
}

const bool lost_updates_registered = CheckRegistry::add(
    {.name = "lost-updates",
     .summary = "acknowledged writes that the database never applied or lost, or that overwrote each other unseen",
     .models = static_cast<ModelMask>(model_bit(Model::distinct_register) | model_bit(Model::rmw_register)),
     .decides = true,
     .prefiltered_by = PrefilteredBy::sessions,
     .make = make_key_check<LostUpdatesCheck>});

}  // namespace

}  // namespace stalemate
