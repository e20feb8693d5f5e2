// check_all: all wanted checks over one history, key by key, in parts that may run at once.
#include <algorithm>
#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "check/check.hpp"
#include "check/check_progress.hpp"
#include "check/checks/key_check.hpp"
#include "check/exact/history_index.hpp"
#include "check/exact/key_builder.hpp"
#include "check/imported.hpp"
#include "check/passes/step_times.hpp"
#include "check/prefilter/prefilter.hpp"
#include "core/assert.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {

namespace {

using Infos = std::vector<const CheckInfo*>;

Infos wanted_checks(const CheckOptions& options) {
  Infos infos;
  for (const CheckInfo& info : CheckRegistry::all()) {
    const bool applies = (info.models & model_bit(Model::distinct_register)) != 0;
    const bool is_wanted = options.only.empty() || std::ranges::find(options.only, info.name) != options.only.end();
    if (applies && is_wanted) {
      infos.push_back(&info);
    }
  }
  return infos;
}

bool has_cost(std::span<const CheckInfo* const> infos, CheckCost cost) {
  return std::ranges::find(infos, cost, &CheckInfo::cost) != infos.end();
}

/// The prefilter, where some check may use it, and which may.
class Filtering {
 public:
  Filtering(const History& history, const Infos& infos, const CheckOptions& options, const Crew& crew) {
    if (!options.may_prefilter) {
      return;
    }
    // Sessions are judged by the order in which ops began, which says little where ends and beginnings are vague.
    for_sessions_ = std::ranges::find(infos, PrefilteredBy::sessions, &CheckInfo::prefiltered_by) != infos.end() &&
                    options.clock_error_ns == 0 && clients_take_turns(history, crew);
    if (std::ranges::any_of(infos, [this](const CheckInfo* info) { return may_use(*info, true); })) {
      prefilter_.emplace(
          history, PrefilterOptions{.clock_error_ns = options.clock_error_ns, .for_sessions = for_sessions_}, crew);
    }
  }

  /// nullptr: the check has to see all ops.
  [[nodiscard]] const Prefilter* prefilter_of(const CheckInfo& info) const {
    const bool is_of_use = prefilter_ && !prefilter_->gave_up() && may_use(info, prefilter_->versions_known());
    return is_of_use ? &*prefilter_ : nullptr;
  }

 private:
  [[nodiscard]] bool may_use(const CheckInfo& info, bool versions_known) const {
    switch (info.prefiltered_by) {
      case PrefilteredBy::nothing: return false;
      case PrefilteredBy::order: return true;
      case PrefilteredBy::versions: return versions_known;
      case PrefilteredBy::sessions: return versions_known && for_sessions_;
    }
    STALEMATE_ASSERT(false, "a way of prefiltering outside the enumeration");
  }

  bool for_sessions_ = false;
  std::optional<Prefilter> prefilter_;
};

/// The wanted checks of a group, as its infos.
using Checks = std::vector<std::unique_ptr<KeyCheck>>;

/// Checks that see the same ops.
struct Group {
  Infos infos;
  const Prefilter* prefilter;  ///< what it leaves; nullptr: all ops
  HistoryIndex index;
  std::vector<Checks> checks;  ///< by member of the crew
  std::atomic<std::uint64_t> vague_reads = 0;
  Cleared cleared = {};

  Group(Infos wanted, const Prefilter* filter, const History& history, const CheckOptions& options, const Crew& crew)
      : infos(std::move(wanted)), prefilter(filter), index(history, filter, crew), checks(crew.size) {
    for (Checks& own : checks) {
      for (const CheckInfo* info : infos) {
        own.push_back(info->make(options));
      }
    }
  }

  /// Adds up what all members found, and what the prefilter cleared.
  void close() {
    for (std::size_t member = 1; member < checks.size(); ++member) {
      for (std::size_t i = 0; i < infos.size(); ++i) {
        checks.front()[i]->absorb(*checks[member][i]);
      }
    }
    if (prefilter == nullptr) {
      return;
    }
    cleared = prefilter->cleared();
    cleared.reads -= index.ok_reads();
    cleared.writes += index.settled_writes();
    cleared.values += index.settled_writes();
    cleared.versions += index.settled_writes();
    for (const std::unique_ptr<KeyCheck>& check : checks.front()) {
      check->add_cleared(cleared);
    }
  }
};

/// Of the checks that may use the prefilter, and of the others, if there are such. A check that cannot use it slows
/// only itself. Checks that see no ops are in the first group.
std::list<Group> make_groups(const Infos& infos, const Filtering& filtering, const History& history,
                             const CheckOptions& options, const Crew& crew) {
  Infos filtered;
  Infos others;
  const Prefilter* prefilter = nullptr;
  for (const CheckInfo* info : infos) {
    const Prefilter* const own = info->cost == CheckCost::ops ? filtering.prefilter_of(*info) : nullptr;
    (own != nullptr || info->cost != CheckCost::ops ? filtered : others).push_back(info);
    prefilter = own != nullptr ? own : prefilter;
  }
  std::list<Group> groups;
  if (prefilter == nullptr) {
    groups.emplace_back(infos, nullptr, history, options, crew);
    return groups;
  }
  groups.emplace_back(std::move(filtered), prefilter, history, options, crew);
  if (!others.empty()) {
    groups.emplace_back(std::move(others), nullptr, history, options, crew);
  }
  return groups;
}

/// What the members of a crew share out, one after the other.
class Tasks {
 public:
  Tasks(std::list<Group>& groups, const StepTimes* step_times, const CheckOptions& options, std::uint32_t members,
        const CheckProgress& progress)
      : step_times_(step_times), options_(options), members_(members), progress_(progress) {
    const std::uint32_t parts = members == 1 ? 1 : 4 * members;
    // The largest first: a share of the steps has to be walked over in one piece.
    for (Group& group : groups) {
      add(&Tasks::check_steps, group, has_cost(group.infos, CheckCost::steps) ? 1U << share_bits(members) : 0);
    }
    for (Group& group : groups) {
      const bool has_times = group.prefilter != nullptr && group.prefilter->has_times();
      times_parts_ = parts;
      add(&Tasks::tell_times, group, has_times ? parts : 0);
    }
    for (Group& group : groups) {
      if (has_cost(group.infos, CheckCost::ops)) {
        add_key_ranges(group, parts);
      }
    }
    // Each begins with a task of its own, so that a crew whose members come one after the other shares out work too.
    next_ = members;
  }

  [[nodiscard]] bool are_none() const { return tasks_.empty(); }

  /// All that is left, by one member with its checks.
  void work(std::uint32_t member) {
    for (std::size_t number = member; number < tasks_.size(); number = next_.fetch_add(1)) {
      const Task& task = tasks_[number];
      (this->*task.run)(task, task.group->checks[member]);
      const std::size_t done = done_.fetch_add(1) + 1;
      if (progress_) {
        progress_(done, tasks_.size());
      }
    }
  }

 private:
  struct Task;
  using Run = void (Tasks::*)(const Task& task, const Checks& checks);
  /// A range of keys, or the number of a part.
  struct Task {
    Run run;
    Group* group;
    std::uint32_t first;
    std::uint32_t last;
  };

  void add(Run run, Group& group, std::uint32_t parts) {
    for (std::uint32_t part = 0; part < parts; ++part) {
      tasks_.push_back({run, &group, part, part + 1});
    }
  }

  /// Adds the keys of the index in so many ranges, which have about as many ops as any other.
  void add_key_ranges(Group& group, std::uint32_t ranges) {
    const HistoryIndex& index = group.index;
    std::uint32_t key = 0;
    for (std::uint32_t range = 1; range <= ranges && index.op_count() > 0; ++range) {
      const std::uint32_t first = key;
      const std::size_t wanted = share_begin(index.op_count(), range, ranges);
      while (key < index.key_count() && (index.ops_before(key) < wanted || range == ranges)) {
        ++key;
      }
      if (first < key) {
        tasks_.push_back({&Tasks::check_ops, &group, first, key});
      }
    }
  }

  /// Calls use(check) for each of that cost.
  template <class Use>
  static void for_each(CheckCost cost, const Task& task, const Checks& checks, const Use& use) {
    for (std::size_t i = 0; i < checks.size(); ++i) {
      if (task.group->infos[i]->cost == cost) {
        use(*checks[i]);
      }
    }
  }

  void check_ops(const Task& task, const Checks& checks) {
    KeyBuilder builder(task.group->index, options_.clock_error_ns, options_.batch_ops);
    builder.build(task.first, task.last, [&](std::span<const KeyPart> parts) {
      for_each(CheckCost::ops, task, checks, [parts](KeyCheck& check) { check.check_ops(parts); });
      for (const KeyPart& part : parts) {
        task.group->vague_reads += part.is_first ? part.key->vague : 0;
      }
    });
  }

  void check_steps(const Task& task, const Checks& checks) {
    const StepShare share{.history = task.group->index.history(),
                          .times = *step_times_,
                          .keys = {.number = task.first, .bits = share_bits(members_)}};
    for_each(CheckCost::steps, task, checks, [&share](KeyCheck& check) { check.check_steps(share); });
  }

  void tell_times(const Task& task, const Checks& checks) {
    task.group->prefilter->tell_times(task.first, times_parts_, [&](const ClearedTimes& times) {
      for_each(CheckCost::ops, task, checks, [&times](KeyCheck& check) { check.add_cleared_times(times); });
    });
  }

  const StepTimes* step_times_;  // nullptr: no check walks over steps
  const CheckOptions& options_;
  std::uint32_t members_;
  std::uint32_t times_parts_ = 1;
  const CheckProgress& progress_;
  std::vector<Task> tasks_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> done_ = 0;
};

/// What was not looked at is no pass: neither where nothing could be judged, nor where a part of the run is missing.
void withhold_pass(CheckResult& result, const History& history) {
  if (result.verdict != Verdict::valid || !result.decides) {
    return;
  }
  if (result.sample == 0) {
    result.verdict = Verdict::unknown;
    result.decides = false;
    result.note = result.note.empty() ? "The history holds nothing that this check could judge." : result.note;
  } else if (!history.is_complete()) {
    result.verdict = Verdict::unknown;
    result.note = "The history is cut: nothing was found in what is left, but the missing part may hold a violation.";
  }
}

CheckResult result_of(KeyCheck& check, const CheckInfo& info, const Summary& summary) {
  CheckResult result = check.result(summary);
  result.name = info.name;
  result.decides = result.decides && info.decides;
  if (!summary.repeated_keys.empty() && result.verdict == Verdict::valid && !check.judges_repeated_values()) {
    result.verdict = Verdict::unknown;
    result.note = std::to_string(summary.repeated_keys.size()) +
                  (summary.repeated_keys.size() == 1 ? " key" : " keys") +
                  " had a value written twice, so that values do not name writes; this check left them out.";
  }
  if (summary.vague_reads > 0 && check.misses_vague_reads()) {
    result.verdict = result.verdict == Verdict::valid ? Verdict::unknown : result.verdict;
    result.unjudged += summary.vague_reads;
    result.note += (result.note.empty() ? "" : " ") + with_thousands(summary.vague_reads) +
                   (summary.vague_reads == 1 ? " read" : " reads") +
                   " found no row where several deletes of its key may be why; this check left them out.";
  }
  withhold_pass(result, summary.history);
  return result;
}

void add_results(const Group& group, const History& history, const CheckOptions& options, Report& report) {
  const bool has_writes = group.index.has_writes() || (group.prefilter != nullptr && group.prefilter->has_writes());
  const Summary summary{.history = history,
                        .options = options,
                        .index = group.index,
                        .versions_known = group.index.versions_known(),
                        .has_writes = has_writes,
                        .repeated_keys = group.index.repeated_keys(),
                        .vague_reads = group.vague_reads};
  for (std::size_t i = 0; i < group.infos.size(); ++i) {
    CheckResult result = result_of(*group.checks.front()[i], *group.infos[i], summary);
    if (!result.defect.empty()) {
      report.defects.push_back(result.defect);
    }
    report.results.push_back(std::move(result));
  }
}

Report report_on(const Group& group, const History& history, const CheckOptions& options) {
  Report report;
  report.model = Model::distinct_register;
  report.versions_known = group.index.versions_known();
  report.ops = group.prefilter != nullptr ? group.prefilter->op_count() : group.index.op_count();
  report.keys = group.prefilter != nullptr ? group.prefilter->keys_with_ops() : group.index.keys_with_ops();
  report.clock_error_ns = options.clock_error_ns;
  report.is_timed = has_times(history.header);
  return report;
}

}  // namespace

Report check_all(const History& history, const CheckOptions& options, const Crew& crew) {
  return check_all(history, options, crew, {});
}

Report check_all(const History& history, const CheckOptions& options, const Crew& crew, const CheckProgress& progress) {
  STALEMATE_ASSERT(crew.size > 0 && options.batch_ops > 0, "a crew has at least one member, a batch one op");
  STALEMATE_ASSERT(history.ops().size() < no_op, "positions of ops have 32 bits");
  const Infos infos = wanted_checks(options);
  const Filtering filtering(history, infos, options, crew);
  std::list<Group> groups = make_groups(infos, filtering, history, options, crew);
  std::optional<StepTimes> step_times;
  if (has_cost(infos, CheckCost::steps)) {
    step_times.emplace(history, crew);
  }
  Tasks tasks(groups, step_times ? &*step_times : nullptr, options, crew.size, progress);
  if (!tasks.are_none()) {
    crew([&tasks](std::uint32_t member) { tasks.work(member); });
  }
  Report report = report_on(groups.front(), history, options);
  for (Group& group : groups) {
    group.close();
    add_results(group, history, options, report);
  }
  std::ranges::sort(report.results, {}, &CheckResult::name);
  report.verdict = verdict_of(report.results);
  if (is_imported(history.header)) {
    name_ops(report, history.header);
  }
  return report;
}

}  // namespace stalemate
