#include "explore/application/schedule_search.hpp"

#include <algorithm>

#include "explore/model/intern.hpp"

namespace stalemate {
namespace {

/// A step that was tried, or is to be tried, from one place of the tree of schedules.
struct TriedStep {
  ScheduleStep step = {};
  Footprint footprint = {.everything = true};  // until it was taken
};

struct TreeNode {
  std::vector<TriedStep> todo = {};
  std::size_t at = 0;  // in todo: the step of the current schedule
  std::vector<TriedStep> asleep = {};
  std::uint64_t seen = 0;  // behind that step
  std::string shown = {};
};

class ScheduleSearch {
 public:
  ScheduleSearch(ApplicationWorld& world, const ScheduleSearchOptions& options) : world_(world), options_(options) {
    result_.scope = options.scope;
    result_.faults_max = options.faults.faults_max;
    done_.resize(ops_of(options.scope).size());
  }

  Result<ScheduleSearchResult> run() {
    do {
      if (options_.out_of_time && options_.out_of_time()) {
        result_.left = left();
        return confirmed();
      }
      if (const Result<void> tried = try_one(); !tried) {
        return std::unexpected(tried.error());
      }
      ++result_.schedules;
      if (options_.on_schedule) {
        options_.on_schedule({&options_.scope, options_.faults.faults_max, result_.schedules, left()});
      }
    } while (go_on());
    result_.complete = true;
    note_never_done();
    return confirmed();
  }

 private:
  Result<void> try_one() {
    ScheduleRun run(world_, options_.scope, options_.faults);
    if (const Result<void> started = run.start(); !started) {
      return started;
    }
    const Result<bool> alike = repeat_prefix(run);
    if (!alike) {
      return std::unexpected(alike.error());
    }
    const bool strays = !*alike;
    while (true) {
      const std::vector<ScheduleStep> enabled = run.enabled();
      if (enabled.empty() || run.taken().size() >= options_.steps_max) {
        finish(run, enabled.empty());
        return {};
      }
      ScheduleStep step = enabled.front();
      if (!strays) {
        TreeNode node;
        node.asleep = asleep_now();
        for (const ScheduleStep& candidate : enabled) {
          if (std::ranges::find(node.asleep, candidate, &TriedStep::step) == node.asleep.end()) {
            node.todo.push_back({.step = candidate});
          }
        }
        if (node.todo.empty()) {
          ++result_.redundant;
          result_.steps += run.taken().size();
          return {};
        }
        step = node.todo.front().step;
        nodes_.push_back(std::move(node));
      }
      if (const Result<void> taken = run.take(step); !taken) {
        return taken;
      }
      if (!strays) {
        remember_last(run.taken().back());
      }
    }
  }

  /// The steps that the schedule has in common with the one before, and the next to be tried behind them. False if they
  /// are not possible any more: the run goes on somewhere else then, and is judged, but is no part of the tree.
  Result<bool> repeat_prefix(ScheduleRun& run) {
    bool differs = false;
    for (std::size_t depth = 0; depth < nodes_.size(); ++depth) {
      const TreeNode& node = nodes_[depth];
      const ScheduleStep step = node.todo[node.at].step;
      const std::vector<ScheduleStep> enabled = run.enabled();
      if (std::ranges::find(enabled, step) == enabled.end()) {
        note_difference(run, depth, differs, " is not possible any more");
        return false;
      }
      if (const Result<void> taken = run.take(step); !taken) {
        return std::unexpected(taken.error());
      }
      if (depth + 1 == nodes_.size()) {
        remember_last(run.taken().back());
      } else if (run.taken().back().seen != node.seen) {
        const std::string& now = run.taken().back().shown;
        note_difference(run, depth, differs,
                        now == node.shown ? " was answered otherwise"
                                          : " was followed by the calls (" + now + "), before by (" + node.shown + ")");
        differs = true;
      }
    }
    return true;
  }

  void note_difference(const ScheduleRun& run, std::size_t depth, bool is_noted, const std::string& what) {
    result_.unrepeatable += is_noted ? 0 : 1;
    result_.orders.reset();
    if (result_.difference.empty()) {
      const std::string who = depth < run.taken().size() && !run.taken()[depth].call.text.empty()
                                  ? " (" + run.taken()[depth].call.text + ")"
                                  : "";
      result_.difference =
          "In the scope " + to_text(options_.scope) + ", step " + std::to_string(depth + 1) + who + what + ".";
    }
  }

  void remember_last(const TakenStep& taken) {
    TreeNode& node = nodes_.back();
    node.todo[node.at].footprint = taken.footprint;
    node.seen = taken.seen;
    node.shown = taken.shown;
  }

  /// The steps that need not be tried behind the last one.
  [[nodiscard]] std::vector<TriedStep> asleep_now() const {
    std::vector<TriedStep> asleep;
    if (nodes_.empty() || !options_.reduce) {
      return asleep;
    }
    const TreeNode& node = nodes_.back();
    const Footprint& last = node.todo[node.at].footprint;
    const auto add = [&](const TriedStep& tried) {
      if (commute(tried.footprint, last)) {
        asleep.push_back(tried);
      }
    };
    std::ranges::for_each(node.asleep, add);
    std::for_each(node.todo.begin(), node.todo.begin() + static_cast<std::ptrdiff_t>(node.at), add);
    return asleep;
  }

  /// To the next step that was not tried yet; false if there is none.
  bool go_on() {
    while (!nodes_.empty() && nodes_.back().at + 1 == nodes_.back().todo.size()) {
      nodes_.pop_back();
    }
    if (nodes_.empty()) {
      return false;
    }
    ++nodes_.back().at;
    return true;
  }

  // Knuth's estimate of a tree's size, with all that was tried so far in place of one path at random.
  [[nodiscard]] std::uint64_t left() const {
    double share = 0;
    double width = 1;
    for (const TreeNode& node : nodes_) {
      width /= static_cast<double>(node.todo.size());
      share += width * static_cast<double>(node.at);
    }
    share += width;
    return static_cast<std::uint64_t>(static_cast<double>(result_.schedules) * std::max(0.0, 1 - share) / share);
  }

  void finish(const ScheduleRun& run, bool is_over) {
    const std::vector<TakenStep>& taken = run.taken();
    const bool is_rested = taken.back().step.kind == StepKind::rest;
    result_.steps += taken.size() - (is_rested ? 1 : 0);
    result_.too_long += is_over ? 0 : 1;
    result_.stuck += is_over && run.is_somebody_busy() ? 1 : 0;
    for (const TakenStep& step : taken) {
      result_.trace_hash = mixed(result_.trace_hash, step.seen);
      if (is_fault(step.step) && std::ranges::find(result_.faults_met, step.step.fault) == result_.faults_met.end()) {
        result_.faults_met.push_back(step.step.fault);
      }
    }
    note_done(taken);
    const StrangeReads strange = strange_reads_in(taken, options_.scope);
    result_.strange.foreign += strange.foreign;
    result_.strange.missing += strange.missing;
    std::vector<Footprint> footprints;
    for (std::size_t step = 0; step + (is_rested ? 1 : 0) < taken.size(); ++step) {
      footprints.push_back(taken[step].footprint);
    }
    const RunOrder order(footprints);
    count_orders(order);
    if (options_.faults.faults_max > 0 &&
        std::ranges::none_of(taken, [](const TakenStep& step) { return is_fault(step.step); })) {
      return;
    }
    for (const JudgeInfo* judge : options_.judges) {
      if (const std::optional<RunViolation> violation = violation_in(taken, options_.scope, *judge)) {
        keep_shorter(*judge, taken, *violation, order);
      }
    }
  }

  void note_done(const std::vector<TakenStep>& taken) {
    const auto refused = std::ranges::find_if(taken, [](const TakenStep& step) { return !step.not_done.empty(); });
    if (refused != taken.end() && ++result_.not_done == 1) {
      result_.first_not_done = refused->not_done;
    }
    result_.uncommitted += taken.back().reads && taken.back().reads->uncommitted ? 1 : 0;
    for (const TakenStep& step : taken) {
      for (const JudgedEvent& event : step.events) {
        if (event.kind == JudgedEventKind::end && event.ending.outcome == Outcome::ok) {
          done_[event.op] = true;
        }
      }
    }
  }

  void note_never_done() {
    const std::vector<ScopeOp> ops = ops_of(options_.scope);
    for (std::size_t op = 0; op < ops.size(); ++op) {
      if (!done_[op]) {
        result_.never_done.push_back(words_of_op(options_.scope, ops[op]));
      }
    }
  }

  void count_orders(const RunOrder& order) {
    const std::optional<std::uint64_t> orders = options_.reduce ? order.orders() : 1;
    if (!orders || !result_.orders) {
      result_.orders.reset();
    } else {
      *result_.orders += *orders;
    }
  }

  void keep_shorter(const JudgeInfo& judge, const std::vector<TakenStep>& taken, const RunViolation& violation,
                    const RunOrder& order) {
    ApplicationWitness witness{.judge = &judge, .scope = options_.scope, .trouble = violation.trouble};
    if (taken[violation.step].step.kind == StepKind::rest) {
      witness.run = taken;
    } else {
      for (const std::size_t step : order.needed_by(violation.step)) {
        witness.run.push_back(taken[step]);
      }
    }
    std::ranges::transform(witness.run, std::back_inserter(witness.choices), &TakenStep::step);
    const auto known = std::ranges::find(result_.witnesses, &judge, &ApplicationWitness::judge);
    if (known == result_.witnesses.end()) {
      result_.witnesses.push_back(std::move(witness));
    } else if (std::pair(steps_of(witness), faults_of(witness)) < std::pair(steps_of(*known), faults_of(*known))) {
      *known = std::move(witness);
    }
  }

  /// With each witness taken once more, since its steps may have been seen among others only.
  Result<ScheduleSearchResult> confirmed() {
    for (ApplicationWitness& witness : result_.witnesses) {
      Result<RepeatedRun> again = repeat_run(world_, witness);
      if (!again) {
        return std::unexpected(again.error());
      }
      witness.repeated = again->violated;
      if (again->violated) {
        witness.run = std::move(again->run);
        witness.trouble = std::move(again->trouble);
      } else {
        ++result_.unrepeatable;
        result_.difference = result_.difference.empty()
                                 ? "In the scope " + to_text(options_.scope) + ", a run that violated " +
                                       std::string(witness.judge->name) + " did not when it was taken once more."
                                 : result_.difference;
      }
    }
    return std::move(result_);
  }

  ApplicationWorld& world_;
  const ScheduleSearchOptions& options_;
  ScheduleSearchResult result_ = {};
  std::vector<TreeNode> nodes_ = {};
  std::vector<bool> done_ = {};  // by op of the scope: in some schedule
};

}  // namespace

std::size_t steps_of(const ApplicationWitness& witness) {
  const bool rests = !witness.choices.empty() && witness.choices.back().kind == StepKind::rest;
  return witness.choices.size() - (rests ? 1 : 0);
}

std::size_t faults_of(const ApplicationWitness& witness) {
  return static_cast<std::size_t>(std::ranges::count_if(witness.choices, is_fault));
}

Result<ScheduleSearchResult> search_schedules(ApplicationWorld& world, const ScheduleSearchOptions& options) {
  return ScheduleSearch(world, options).run();
}

Result<RepeatedRun> repeat_run(ApplicationWorld& world, const ApplicationWitness& witness) {
  ScheduleFaults faults;
  faults.faults.assign(application_faults().begin(), application_faults().end());
  faults.faults_max = static_cast<std::uint8_t>(faults_of(witness));
  ScheduleRun run(world, witness.scope, faults);
  if (const Result<void> started = run.start(); !started) {
    return std::unexpected(started.error());
  }
  RepeatedRun repeated;
  for (const ScheduleStep& step : witness.choices) {
    const std::vector<ScheduleStep> enabled = run.enabled();
    if (std::ranges::find(enabled, step) == enabled.end()) {
      repeated.impossible = run.taken().size();
      break;
    }
    if (const Result<void> taken = run.take(step); !taken) {
      return std::unexpected(taken.error());
    }
  }
  repeated.run = run.taken();
  const std::optional<RunViolation> violation = violation_in(repeated.run, witness.scope, *witness.judge);
  repeated.violated = violation && violation->step + 1 == witness.choices.size();
  repeated.trouble = violation ? violation->trouble : "";
  return repeated;
}

}  // namespace stalemate
