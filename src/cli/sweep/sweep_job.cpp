#include "cli/sweep/sweep_job.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/interrupt.hpp"
#include "cli/output/run_page_file.hpp"
#include "cli/program.hpp"
#include "cli/run/run_job.hpp"
#include "cli/text/waiting.hpp"
#include "core/text/printable.hpp"
#include "core/text/words.hpp"
#include "plan/plan.hpp"
#include "report/page/sweep_page.hpp"
#include "report/results/results_json.hpp"
#include "report/sweep/sweep_svg.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

using Clock = std::chrono::steady_clock;

// Values that a search tries after the stretch is narrow, so that a boundary that is not the only one may show.
constexpr unsigned probes_of_search = 2;

/// A value of each axis, as a scenario says it.
using PointSettings = std::vector<std::pair<std::string, std::string>>;

/// What the plan of a run alone predicts of a figure.
struct PlanPrediction {
  std::optional<double> value = {};
  std::string why_none = {};  ///< a clause; empty where it is predicted, and for figures of which nothing ever is
};

class SweepJob {
 public:
  SweepJob(const SweepPlan& plan, const SweepWords& words, const RunFlags& flags, FinishedSweep& sweep)
      : plan_(plan), words_(words), flags_(flags), sweep_(sweep), waiting_("sweep", !flags.no_live) {
    flags_.no_live = true;
    flags_.stores.kept = std::make_shared<KeptServers>();
  }

  void run() {
    if (plan_.search) {
      search();
    } else {
      grid();
    }
    flags_.stores.kept.reset();
  }

  Result<void> write() const {
    const std::filesystem::path& folder = sweep_.folder.path;
    for (const auto& [name, text] :
         {std::pair("sweep.json", to_json(sweep_.results)), std::pair("sweep.csv", to_csv(sweep_.results)),
          std::pair("sweep.svg", sweep_svg(sweep_.results, 0)),
          std::pair(run_page_name, html_of(sweep_page(sweep_.results, page_generator()))),
          std::pair("scenario.toml", to_toml(plan_.scenario))}) {
      if (Result<void> written = write_file(folder / name, text); !written) {
        return written;
      }
    }
    return point_latest_at(sweep_.folder);
  }

 private:
  [[nodiscard]] SweepResults& results() const { return sweep_.results; }

  void grid() {
    results().axes = plan_.axes;
    const std::vector<SweepAxis>& axes = plan_.axes;
    for (std::size_t first = 0; first < axes.front().values.size(); ++first) {
      for (std::size_t second = 0; second < (axes.size() == 2 ? axes[1].values.size() : 1); ++second) {
        results().points.push_back({.at = axes.size() == 2 ? std::vector{first, second} : std::vector{first}});
      }
    }
    runs_left_ = results().points.size() * words_.repeat;
    // Each point once before any is done again: what changes on the machine meanwhile then touches all alike, and a
    // budget that is spent leaves no point out that could have been measured.
    for (unsigned repetition = 0; repetition < words_.repeat; ++repetition) {
      for (SweepPoint& point : results().points) {
        if (!measure(point, settings_of(point), repetition)) {
          return;
        }
      }
    }
  }

  void search() {
    const WantedRange& where = plan_.search->where;
    Bisection bisection(where.range, words_.steps, probes_of_search);
    results().axes = {{.name = where.field.key, .unit = where.field.unit, .spacing = where.range.spacing}};
    results().search = SweepSearch{};
    for (const Threshold& condition : plan_.search->conditions) {
      results().search->conditions.push_back({condition.text, condition.bound});
    }
    while (const std::optional<double> value = bisection.next()) {
      runs_left_ = std::size_t{bisection.left()} * words_.repeat;
      SweepPoint& point = add_value(*value);
      for (unsigned repetition = 0; repetition < words_.repeat; ++repetition) {
        if (!measure(point, settings_of(point), repetition)) {
          results().search->is_cut_short = true;
          return;
        }
      }
      const std::optional<bool> holds = conditions_hold(point);
      if (!holds) {
        results().search->is_cut_short = true;
        return;
      }
      bisection.add({*value, *holds});
      note_search(bisection);
    }
  }

  void note_search(const Bisection& bisection) {
    SweepSearch& search = *results().search;
    search.trials = bisection.trials();
    search.boundary = bisection.boundary();
    const bool has_bracket = search.boundary == Boundary::largest || search.boundary == Boundary::smallest;
    search.bracket = has_bracket ? std::optional(bisection.bracket()) : std::nullopt;
  }

  // A new value of the only axis, and its point, in their order.
  SweepPoint& add_value(double value) {
    SweepAxis& axis = results().axes.front();
    const auto place = std::ranges::upper_bound(axis.values, value) - axis.values.begin();
    axis.values.insert(axis.values.begin() + place, value);
    axis.texts.insert(axis.texts.begin() + place, value_text(plan_.search->where.field, value));
    const auto point = results().points.insert(results().points.begin() + place, SweepPoint{});
    for (std::size_t index = 0; index < results().points.size(); ++index) {
      results().points[index].at = {index};
    }
    return *point;
  }

  // By the medians; none where a run has no such figure.
  [[nodiscard]] std::optional<bool> conditions_hold(const SweepPoint& point) const {
    bool all = true;
    for (std::size_t figure = 0; figure < plan_.search->conditions.size(); ++figure) {
      const std::optional<Spread> spread = spread_of(point, figure);
      if (!spread) {
        return std::nullopt;
      }
      all = all && holds(plan_.search->conditions[figure], spread->median);
    }
    return all;
  }

  [[nodiscard]] PointSettings settings_of(const SweepPoint& point) const {
    PointSettings settings;
    for (std::size_t axis = 0; axis < results().axes.size(); ++axis) {
      settings.emplace_back(results().axes[axis].name, results().axes[axis].texts[point.at[axis]]);
    }
    return settings;
  }

  // One run at a point. Whether there may be another one.
  bool measure(SweepPoint& point, const PointSettings& settings, unsigned repetition) {
    const Result<Scenario> scenario = scenario_at(settings, repetition);
    if (!scenario) {
      return give_up(scenario.error());
    }
    if (plan_.budget_ns && elapsed_ns() + expected_ns(*scenario) > *plan_.budget_ns) {
      results().is_over_budget = true;
      return false;
    }
    tell(settings, *scenario);
    const Clock::time_point begin = Clock::now();
    flags_.out = (sweep_.folder.path / folder_of(settings)).string();
    const Result<FinishedRun> run = do_run(*scenario, flags_);
    if (!run) {
      return give_up(run.error());
    }
    if (!run->trouble.empty()) {
      return give_up({.code = ErrorCode::defect, .detail = run->trouble});
    }
    if (!run->lost_claim.empty()) {
      return give_up({.code = ErrorCode::unavailable, .detail = run->lost_claim});
    }
    if (run->results.interrupted) {
      results().interrupted = true;
      return false;
    }
    take(point, *run, *scenario);
    overhead_ns_ += std::chrono::nanoseconds(Clock::now() - begin).count() - scenario->duration_ns;
    ++runs_done_;
    --runs_left_;
    const Result<void> written = write();
    return written ? !InterruptWatch::came() : give_up(written.error());
  }

  bool give_up(const Error& error) {
    sweep_.trouble = error;
    return false;
  }

  [[nodiscard]] Result<Scenario> scenario_at(const PointSettings& settings, unsigned repetition) const {
    Scenario scenario = plan_.scenario;
    scenario.seed += repetition;
    for (const auto& [key, text] : settings) {
      Result<Scenario> with = scenario_with(scenario, key, text);
      if (!with) {
        return with;
      }
      scenario = std::move(*with);
    }
    return scenario;
  }

  static std::string folder_of(const PointSettings& settings) {
    std::string name;
    for (const auto& [key, text] : settings) {
      name += fmt::format("{}{}={}", name.empty() ? "" : ",", key, text);
    }
    return name;
  }

  void take(SweepPoint& point, const FinishedRun& run, const Scenario& scenario) {
    const RunResults& found = run.results;
    if (results().engines.empty()) {
      for (const EngineUsed& engine : found.engines) {
        results().engines.push_back(printable(engine.name + " " + engine.version));
      }
    }
    SweptRun taken{.folder = run.folder.path.lexically_relative(sweep_.folder.path).string(),
                   .seed = scenario.seed,
                   .stale = found.stale ? found.stale->stale : 0,
                   .checked = found.stale ? found.stale->checked : 0,
                   .dropped = found.reads.dropped + found.writes.dropped};
    const nlohmann::json json = nlohmann::json::parse(to_json(found));
    for (const RunFigure& figure : plan_.figures) {
      taken.values.push_back(figure_in(json, figure));
      PlanPrediction predicted = predict(figure, found, scenario);
      taken.predicted.push_back(predicted.value);
      note_unpredicted(figure, predicted.why_none);
    }
    point.runs.push_back(std::move(taken));
  }

  void note_unpredicted(const RunFigure& figure, const std::string& why) {
    if (why.empty()) {
      return;
    }
    std::string sentence = fmt::format("{} is not predicted everywhere, as {}.", figure.path, printable(why));
    if (std::ranges::find(results().not_predicted, sentence) == results().not_predicted.end()) {
      results().not_predicted.push_back(std::move(sentence));
    }
  }

  static PlanPrediction predict(const RunFigure& figure, const RunResults& found, const Scenario& scenario) {
    if (figure.path == "cache.hit_ratio" && found.cache) {
      return {.value = found.cache->predicted_hit_ratio, .why_none = found.cache->not_predicted};
    }
    if (figure.path == "throughput") {
      const double seconds = static_cast<double>(scenario.duration_ns) * 1e-9;
      return {.value = static_cast<double>(found.plan.reads + found.plan.writes) / seconds};
    }
    const bool is_share = figure.path == "stale_share";
    if (!is_share && figure.path != "stale_reads_per_million") {
      return {};
    }
    const Result<Plan> plan = Plan::make(scenario);
    const PatternInfo* const pattern = PatternRegistry::find(scenario.pattern);
    if (!plan || pattern == nullptr) {
      return {};
    }
    const PredictedHits predicted = predict_hits(*plan, *pattern);
    constexpr double million = 1e6;
    return {.value =
                predicted.stale_share ? std::optional(*predicted.stale_share * (is_share ? 1 : million)) : std::nullopt,
            .why_none = predicted.why_no_stale};
  }

  [[nodiscard]] Nanoseconds elapsed_ns() const { return std::chrono::nanoseconds(Clock::now() - begin_).count(); }

  // How long a run of the scenario takes, as those before it did.
  [[nodiscard]] Nanoseconds expected_ns(const Scenario& scenario) const {
    return scenario.duration_ns + (runs_done_ == 0 ? 0 : overhead_ns_ / static_cast<Nanoseconds>(runs_done_));
  }

  void tell(const PointSettings& settings, const Scenario& scenario) {
    if (runs_done_ == 0) {
      waiting_.next(fmt::format("{}{}", plan_.search ? "at most " : "", counted(runs_left_, "run")));
    }
    const Nanoseconds left_ns = static_cast<Nanoseconds>(runs_left_) * expected_ns(scenario);
    waiting_.reached(fmt::format("run {} at {}, {}{} left", runs_done_ + 1, folder_of(settings),
                                 plan_.search ? "at most " : "about ", spoken_duration(in_seconds(left_ns))));
  }

  static Nanoseconds in_seconds(Nanoseconds time_ns) {
    constexpr Nanoseconds second_ns = 1'000'000'000;
    return std::max((time_ns + second_ns / 2) / second_ns, Nanoseconds{1}) * second_ns;
  }

  const SweepPlan& plan_;
  const SweepWords& words_;
  RunFlags flags_;
  FinishedSweep& sweep_;
  Waiting waiting_;
  Clock::time_point begin_ = Clock::now();
  Nanoseconds overhead_ns_ = 0;  // of all runs done: starting servers, connecting, checking
  std::size_t runs_done_ = 0;
  std::size_t runs_left_ = 0;  // of a search at most
};

SweepResults empty_results(const SweepPlan& plan, const SweepWords& words, const ResultsFolder& folder) {
  const bool is_duration_swept =
      std::ranges::any_of(plan.axes, [](const SweepAxis& axis) { return axis.name == "duration"; }) ||
      (plan.search && plan.search->where.field.key == "duration");
  return {.scenario = plan.scenario.name,
          .question = printable(plan.scenario.question),
          .pattern = plan.scenario.pattern,
          .program_version = program_version(),
          .started_at = folder.started_at,
          .command = command_of(words, plan, folder.path.string()),
          .run_ns = is_duration_swept ? 0 : plan.scenario.duration_ns,
          .repeat = words.repeat,
          .figures = plan.named};
}

}  // namespace

Result<FinishedSweep> do_sweep(const SweepPlan& plan, const SweepWords& words, const RunFlags& flags) {
  const std::string name = plan.scenario.name + "-sweep";
  const Result<ResultsFolder> folder = make_results_folder(flags.out, name);
  if (!folder) {
    return std::unexpected(folder.error());
  }
  FinishedSweep sweep{.results = empty_results(plan, words, *folder), .folder = *folder};
  const Farewell farewell(fmt::format("the sweep was interrupted between two runs; what was measured is in {}",
                                      shell_word((folder->path / "sweep.json").string())));
  SweepJob job(plan, words, flags, sweep);
  if (const Result<void> written = job.write(); !written) {
    remove_results_folder(*folder);
    return std::unexpected(written.error());
  }
  job.run();
  const bool is_empty = std::ranges::all_of(sweep.results.points, [](const SweepPoint& p) { return p.runs.empty(); });
  if (is_empty && sweep.trouble) {
    remove_results_folder(*folder);
    return std::unexpected(*sweep.trouble);
  }
  if (const Result<void> written = job.write(); !written && !sweep.trouble) {
    sweep.trouble = written.error();
  }
  return sweep;
}

}  // namespace stalemate
