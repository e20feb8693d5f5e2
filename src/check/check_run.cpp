// check_all: all wanted checks over one history, key by key, in parts that may run at once.
#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "check/check.hpp"
#include "check/history_index.hpp"
#include "check/key_builder.hpp"
#include "check/key_check.hpp"
#include "check/key_steps.hpp"
#include "check/screen.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

bool is_wanted(const CheckInfo& info, const CheckOptions& options, Model model) {
  if ((info.models & model_bit(model)) == 0) {
    return false;
  }
  return options.only.empty() || std::ranges::find(options.only, info.name) != options.only.end();
}

/// What the members of a crew share out: a range of keys, and whether to look at their ops or at their steps.
struct Task {
  std::uint32_t first;
  std::uint32_t last;
  bool is_of_steps;
};

/// Adds the keys in so many ranges, which have about as many items as any other. `before(key)`: the items of keys
/// below.
template <class Before>
void add_tasks(std::vector<Task>& tasks, std::uint32_t key_count, std::uint32_t ranges, bool is_of_steps,
               const Before& before) {
  std::uint32_t key = 0;
  for (std::uint32_t range = 1; range <= ranges; ++range) {
    const std::uint32_t first = key;
    const std::size_t wanted = share_begin(before(key_count), range, ranges);
    while (key < key_count && (before(key) < wanted || range == ranges)) {
      ++key;
    }
    if (first < key) {
      tasks.push_back({first, key, is_of_steps});
    }
  }
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

void look_at(const Task& task, KeyBuilder& builder, const KeySteps* key_steps, const Checks& checks) {
  if (!task.is_of_steps) {
    builder.build(task.first, task.last, [&checks](std::span<const KeyPart> parts) {
      for (const std::unique_ptr<KeyCheck>& check : checks) {
        check->look(parts);
      }
    });
    return;
  }
  for (const std::unique_ptr<KeyCheck>& check : checks) {
    for (std::uint32_t key = task.first; key < task.last && check->looks_at_steps(); ++key) {
      check->look_at_steps(*key_steps, key);
    }
  }
}

/// Every key's ops and, unless it is nullptr, steps: each task by some member's checks; then the first member's checks
/// have it all.
void look_at_keys(HistoryIndex& index, const KeySteps* key_steps, const CheckOptions& options, const Crew& crew,
                  std::vector<Checks>& checks) {
  const std::uint32_t ranges = crew.size == 1 ? 1 : 4 * crew.size;
  std::vector<Task> tasks;
  add_tasks(tasks, index.key_count(), ranges, false, [&](std::uint32_t key) { return index.ops_before(key); });
  if (key_steps != nullptr) {
    add_tasks(tasks, index.key_count(), ranges, true, [&](std::uint32_t key) { return key_steps->before(key); });
  }
  // Each begins with a task of its own, so that a crew whose members come one after the other shares out work too.
  std::atomic<std::size_t> next = crew.size;
  crew([&](std::uint32_t member) {
    KeyBuilder builder(index, options.clock_error_ns, options.batch_ops);
    for (std::size_t task = member; task < tasks.size(); task = next.fetch_add(1)) {
      look_at(tasks[task], builder, key_steps, checks[member]);
    }
  });
  for (std::size_t member = 1; member < checks.size(); ++member) {
    for (std::size_t i = 0; i < checks[member].size(); ++i) {
      checks.front()[i]->absorb(*checks[member][i]);
    }
  }
}

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
                  " keys had a value written twice, so that values do not name writes; this check left them out.";
  }
  withhold_pass(result, summary.history);
  return result;
}

}  // namespace

Report check_all(const History& history, const CheckOptions& options, const Crew& crew) {
  STALEMATE_ASSERT(crew.size > 0 && options.batch_ops > 0, "a crew has at least one member, a batch one op");
  STALEMATE_ASSERT(history.ops().size() < no_op, "positions of ops have 32 bits");
  const std::vector<const CheckInfo*> infos = wanted_checks(options);
  std::optional<Screen> screen;
  if (std::ranges::all_of(infos, &CheckInfo::screened)) {
    screen.emplace(history, ScreenOptions{.clock_error_ns = options.clock_error_ns}, crew);
  }
  HistoryIndex index(history, screen ? &*screen : nullptr, crew);
  std::vector<Checks> checks;
  for (std::uint32_t member = 0; member < crew.size; ++member) {
    checks.push_back(make_checks(infos, options));
  }
  std::optional<KeySteps> key_steps;
  if (std::ranges::any_of(checks.front(), &KeyCheck::looks_at_steps)) {
    key_steps.emplace(history, crew);
  }
  look_at_keys(index, key_steps ? &*key_steps : nullptr, options, crew, checks);
  const bool is_screened = screen && !screen->gave_up();
  if (is_screened) {
    CleanKeys clean = screen->clean_keys();
    clean.reads -= index.ok_reads();
    std::ranges::for_each(checks.front(),
                          [&clean](const std::unique_ptr<KeyCheck>& check) { check->add_clean(clean); });
  }
  Report report;
  report.model = Model::distinct_register;
  report.versions_known = index.versions_known();
  report.ops = is_screened ? screen->op_count() : index.op_count();
  report.keys = is_screened ? screen->keys_with_ops() : index.keys_with_ops();
  report.clock_error_ns = options.clock_error_ns;
  const Summary summary{.history = history,
                        .options = options,
                        .index = index,
                        .versions_known = index.versions_known(),
                        .has_writes = index.has_writes() || (is_screened && screen->has_writes()),
                        .repeated_keys = index.repeated_keys(),
                        .steps_end_ns = key_steps ? key_steps->end_ns() : 0};
  for (std::size_t i = 0; i < infos.size(); ++i) {
    CheckResult result = result_of(*checks.front()[i], *infos[i], summary);
    if (!result.defect.empty()) {
      report.defects.push_back(result.defect);
    }
    report.results.push_back(std::move(result));
  }
  report.verdict = verdict_of(report.results);
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
