// check_all: all wanted checks over one history, key by key, in parts that may run at once.
#include <algorithm>
#include <atomic>
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
#include "check/prefilter/clean_ops.hpp"
#include "check/prefilter/op_times.hpp"
#include "check/prefilter/screen.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

bool is_wanted(const CheckInfo& info, const CheckOptions& options, Model model) {
  if ((info.models & model_bit(model)) == 0) {
    return false;
  }
  return options.only.empty() || std::ranges::find(options.only, info.name) != options.only.end();
}

std::vector<const CheckInfo*> wanted_checks(const CheckOptions& options) {
  std::vector<const CheckInfo*> infos;
  for (const CheckInfo& info : CheckRegistry::all()) {
    if (is_wanted(info, options, Model::distinct_register)) {
      infos.push_back(&info);
    }
  }
  return infos;
}

/// The wanted checks, as infos, of each member of a crew.
using Checks = std::vector<std::unique_ptr<KeyCheck>>;

Checks make_checks(std::span<const CheckInfo* const> infos, const CheckOptions& options) {
  Checks checks;
  for (const CheckInfo* info : infos) {
    checks.push_back(info->make(options));
  }
  return checks;
}

void take_clean(const CleanBatch& batch, const Checks& checks) {
  for (const std::unique_ptr<KeyCheck>& check : checks) {
    check->look_at_clean(batch);
  }
}

/// What all members look at.
struct Sources {
  HistoryIndex& index;
  const StepTimes* step_times;  ///< nullptr: no check looks at steps
  CleanOps* clean_ops;          ///< nullptr: no check asks for them
};

/// What the members of a crew share out, one after the other.
class Tasks {
 public:
  Tasks(const Sources& sources, const CheckOptions& options, std::uint32_t members, const CheckProgress& progress)
      : sources_(sources), options_(options), members_(members), progress_(progress) {
    // The largest first: a share of the steps has to be looked at in one piece.
    const std::uint32_t shares = std::uint32_t{1} << share_bits(members);
    for (std::uint32_t share = 0; sources.step_times != nullptr && share < shares; ++share) {
      tasks_.push_back({&Tasks::look_at_steps, share, share + 1});
    }
    for (std::uint32_t stretch = 0; sources.clean_ops != nullptr && stretch < sources.clean_ops->stretches();
         ++stretch) {
      tasks_.push_back({&Tasks::look_at_clean, stretch, stretch + 1});
    }
    add_key_ranges(members == 1 ? 1 : 4 * members);
    // Each begins with a task of its own, so that a crew whose members come one after the other shares out work too.
    next_ = members;
  }

  [[nodiscard]] bool are_none() const { return tasks_.empty(); }

  /// All that is left, by one member with its checks.
  void work(std::uint32_t member, const Checks& checks) {
    for (std::size_t task = member; task < tasks_.size(); task = next_.fetch_add(1)) {
      (this->*tasks_[task].look)(tasks_[task], checks);
      const std::size_t done = done_.fetch_add(1) + 1;
      if (progress_) {
        progress_(done, tasks_.size());
      }
    }
  }

 private:
  struct Task;
  using Look = void (Tasks::*)(const Task& task, const Checks& checks);
  /// A range of keys, or the number of a share or stretch.
  struct Task {
    Look look;
    std::uint32_t first;
    std::uint32_t last;
  };

  /// Adds the keys of the index in so many ranges, which have about as many ops as any other.
  void add_key_ranges(std::uint32_t ranges) {
    const HistoryIndex& index = sources_.index;
    std::uint32_t key = 0;
    for (std::uint32_t range = 1; range <= ranges && index.op_count() > 0; ++range) {
      const std::uint32_t first = key;
      const std::size_t wanted = share_begin(index.op_count(), range, ranges);
      while (key < index.key_count() && (index.ops_before(key) < wanted || range == ranges)) {
        ++key;
      }
      if (first < key) {
        tasks_.push_back({&Tasks::look_at_ops, first, key});
      }
    }
  }

  void look_at_ops(const Task& task, const Checks& checks) {
    KeyBuilder builder(sources_.index, options_.clock_error_ns, options_.batch_ops);
    builder.build(task.first, task.last, [&checks](std::span<const KeyPart> parts) {
      for (const std::unique_ptr<KeyCheck>& check : checks) {
        check->look(parts);
      }
    });
  }

  void look_at_steps(const Task& task, const Checks& checks) {
    for (const std::unique_ptr<KeyCheck>& check : checks) {
      if (check->looks_at_steps()) {
        check->look_at_steps({.history = sources_.index.history(),
                              .times = *sources_.step_times,
                              .keys = {.number = task.first, .bits = share_bits(members_)}});
      }
    }
  }

  void look_at_clean(const Task& task, const Checks& checks) {
    sources_.clean_ops->look(task.first, [&checks](const CleanBatch& batch) { take_clean(batch, checks); });
  }

  Sources sources_;
  const CheckOptions& options_;
  std::uint32_t members_;
  const CheckProgress& progress_;
  std::vector<Task> tasks_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> done_ = 0;
};

/// Every key's ops and steps, by some member's checks; then the first member's checks have it all. `clean`: what is
/// known of the cleared keys, to which is added what is found out.
void look_at_keys(const Sources& sources, const CheckOptions& options, const Crew& crew, const CheckProgress& progress,
                  std::vector<Checks>& checks, CleanKeys& clean) {
  Tasks tasks(sources, options, crew.size, progress);
  if (!tasks.are_none()) {
    crew([&](std::uint32_t member) { tasks.work(member, checks[member]); });
  }
  if (sources.clean_ops != nullptr) {
    crew([&](std::uint32_t member) {
      sources.clean_ops->join(member, crew.size, [&](const CleanBatch& batch) { take_clean(batch, checks[member]); });
    });
    sources.clean_ops->count(clean);
  }
  for (std::size_t member = 1; member < checks.size(); ++member) {
    for (std::size_t i = 0; i < checks[member].size(); ++i) {
      checks.front()[i]->absorb(*checks[member][i]);
    }
  }
}

/// How keys may be cleared all at once, if at all.
class Screening {
 public:
  Screening(const History& history, std::span<const CheckInfo* const> infos, const CheckOptions& options,
            const Crew& crew)
      : needs_turns_(std::ranges::any_of(infos, &CheckInfo::needs_turns)) {
    const bool needs_versions = needs_turns_ || std::ranges::any_of(infos, &CheckInfo::needs_versions);
    if (!options.may_screen || !std::ranges::all_of(infos, &CheckInfo::screened)) {
      return;
    }
    if (needs_turns_) {
      // Sessions are judged by the order in which ops began, which says little where ends and beginnings are vague.
      if (options.clock_error_ns != 0) {
        return;
      }
      times_.emplace(history, crew);
      if (!times_->clients_take_turns()) {
        return;
      }
    }
    screen_.emplace(history, ScreenOptions{.clock_error_ns = options.clock_error_ns, .clears_unknown = !needs_turns_},
                    crew);
    if (needs_versions && !screen_->versions_known()) {
      screen_.reset();
    }
  }

  /// nullptr: every key is for the checks.
  [[nodiscard]] const Screen* screen() const { return screen_ && !screen_->gave_up() ? &*screen_ : nullptr; }
  /// Whether the ops of the cleared keys are to be looked at, in their way.
  [[nodiscard]] bool has_clean_ops() const { return needs_turns_ && screen() != nullptr && screen()->has_followed(); }
  [[nodiscard]] const OpTimes* op_times() const { return times_ ? &*times_ : nullptr; }

 private:
  bool needs_turns_;
  std::optional<OpTimes> times_;
  std::optional<Screen> screen_;
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
  withhold_pass(result, summary.history);
  return result;
}

}  // namespace

Report check_all(const History& history, const CheckOptions& options, const Crew& crew) {
  return check_all(history, options, crew, {});
}

Report check_all(const History& history, const CheckOptions& options, const Crew& crew, const CheckProgress& progress) {
  STALEMATE_ASSERT(crew.size > 0 && options.batch_ops > 0, "a crew has at least one member, a batch one op");
  STALEMATE_ASSERT(history.ops().size() < no_op, "positions of ops have 32 bits");
  const std::vector<const CheckInfo*> infos = wanted_checks(options);
  const Screening screening(history, infos, options, crew);
  const Screen* const screen = screening.screen();
  HistoryIndex index(history, screen, crew);
  std::vector<Checks> checks;
  for (std::uint32_t member = 0; member < crew.size; ++member) {
    checks.push_back(make_checks(infos, options));
  }
  std::optional<StepTimes> step_times;
  if (std::ranges::any_of(checks.front(), &KeyCheck::looks_at_steps)) {
    step_times.emplace(history, crew);
  }
  CleanKeys clean = screen != nullptr ? screen->clean_keys() : CleanKeys();
  const std::unique_ptr<CleanOps> clean_ops =
      screening.has_clean_ops() ? CleanOps::make(history, *screen, *screening.op_times()) : nullptr;
  look_at_keys({.index = index, .step_times = step_times ? &*step_times : nullptr, .clean_ops = clean_ops.get()},
               options, crew, progress, checks, clean);
  if (screen != nullptr) {
    clean.reads -= index.ok_reads();
    clean.writes += index.settled_writes();
    clean.values += index.settled_writes();
    clean.versions += index.settled_writes();
    std::ranges::for_each(checks.front(),
                          [&clean](const std::unique_ptr<KeyCheck>& check) { check->add_clean(clean); });
  }
  Report report;
  report.model = Model::distinct_register;
  report.versions_known = index.versions_known();
  report.ops = screen != nullptr ? screen->op_count() : index.op_count();
  report.keys = screen != nullptr ? screen->keys_with_ops() : index.keys_with_ops();
  report.clock_error_ns = options.clock_error_ns;
  report.is_timed = has_times(history.header);
  const Summary summary{.history = history,
                        .options = options,
                        .index = index,
                        .versions_known = index.versions_known(),
                        .has_writes = index.has_writes() || (screen != nullptr && screen->has_writes()),
                        .repeated_keys = index.repeated_keys(),
                        .steps_end_ns = step_times ? step_times->end_ns() : 0};
  for (std::size_t i = 0; i < infos.size(); ++i) {
    CheckResult result = result_of(*checks.front()[i], *infos[i], summary);
    if (!result.defect.empty()) {
      report.defects.push_back(result.defect);
    }
    report.results.push_back(std::move(result));
  }
  report.verdict = verdict_of(report.results);
  if (is_imported(history.header)) {
    name_ops(report, history.header);
  }
  return report;
}

Verdict verdict_of(std::span<const CheckResult> results) {
  Verdict verdict = Verdict::valid;
  bool has_deciding = false;
  for (const CheckResult& result : results) {
    if (!result.decides) {
      continue;
    }
    has_deciding = true;
    if (result.verdict == Verdict::invalid) {
      return Verdict::invalid;
    }
    if (result.verdict == Verdict::unknown) {
      verdict = Verdict::unknown;
    }
  }
  return has_deciding ? verdict : Verdict::unknown;
}

const CheckResult* find_result(const Report& report, std::string_view name) {
  const auto place = std::ranges::find(report.results, name, &CheckResult::name);
  return place == report.results.end() ? nullptr : &*place;
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return "valid";
    case Verdict::invalid: return "invalid";
    case Verdict::unknown: return "unknown";
  }
  STALEMATE_ASSERT(false, "a verdict outside the enumeration");
}

}  // namespace stalemate
