#include "cli/decide/decide_rounds.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/interrupt.hpp"
#include "cli/output/results_folder.hpp"
#include "cli/output/run_page_file.hpp"
#include "cli/run/run_job.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "core/text/words.hpp"
#include "report/page/decide_page.hpp"
#include "report/results/results_json.hpp"
#include "report/words/words.hpp"
#include "servers/keeper/regardless.hpp"

namespace stalemate {

DecideRounds::DecideRounds(DecisionRecord& record, std::vector<PlannedAlternative> planned,
                           std::vector<RunFigure> wanted, const RunFlags& flags, RoundLimits limits,
                           std::filesystem::path folder, std::string again)
    : record_(record),
      planned_(std::move(planned)),
      wanted_(std::move(wanted)),
      flags_(flags),
      limits_(limits),
      folder_(std::move(folder)),
      again_(std::move(again)) {
  flags_.out = folder_.string();
  flags_.stores.kept = std::make_shared<KeptServers>();
}

Nanoseconds DecideRounds::spent_ns() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin_).count();
}

bool DecideRounds::has_time_for(std::size_t rounds) const {
  return spent_ns() + static_cast<Nanoseconds>(rounds) * record_.round_ns <= limits_.budget_ns;
}

Result<void> DecideRounds::write_down() {
  record_.spent_ns = spent_ns();
  const Decision decision = decide(record_.input);
  if (Result<void> written = write_file(folder_ / "decision.json", decision_json(record_, decision)); !written) {
    return written;
  }
  const Page page = decide_page(record_, decision, again_, shell_word(folder_.string()), page_generator());
  return write_file(folder_ / run_page_name, html_of(page));
}

void DecideRounds::note_fields(std::size_t place, const RunResults& results) {
  const nlohmann::json json = wanted_.empty() ? nlohmann::json() : nlohmann::json::parse(to_json(results));
  for (std::size_t want = 0; want < wanted_.size(); ++want) {
    if (find_decision_figure(wanted_[want].path) == nullptr) {
      record_.input.fields[want][place].push_back(figure_in(json, wanted_[want]));
    }
  }
}

// None where the run was interrupted, so that it is no whole one.
Result<std::optional<MeasuredRun>> DecideRounds::measure(const Scenario& scenario, const std::string& what) {
  if (!flags_.no_live) {
    constexpr Nanoseconds second_ns = 1'000'000'000;
    note(fmt::format("{}; {} of {}", what, spoken_duration(std::max(spent_ns() / second_ns, 1L) * second_ns),
                     spoken_duration(limits_.budget_ns)));
  }
  std::optional<HistoryFigures> figures;
  const HistoryReader checked = [&figures](const History& history, const Report& report, const RunResults& results) {
    figures = figures_of_history(history, report, results);
  };
  Result<FinishedRun> run = do_run(scenario, flags_, nullptr, checked);
  if (!run) {
    return std::unexpected(run.error());
  }
  if (!run->trouble.empty()) {
    return failed(ErrorCode::defect, run->trouble);
  }
  if (!run->lost_claim.empty()) {
    return failed(ErrorCode::unavailable, run->lost_claim);
  }
  if (run->results.interrupted || InterruptWatch::came()) {
    return std::nullopt;
  }
  if (!figures) {
    return failed(ErrorCode::defect, fmt::format("the history of {} could not be read", run->folder.path.string()));
  }
  return MeasuredRun{.folder = std::filesystem::relative(run->folder.path, folder_).string(),
                     .results = std::move(run->results),
                     .history = *figures};
}

// False where it was interrupted.
Result<bool> DecideRounds::do_round(std::size_t round) {
  const Nanoseconds round_begin_ns = spent_ns();
  const std::size_t count = planned_.size();
  std::vector<std::optional<MeasuredRun>> runs(count);
  for (std::size_t turn = 0; turn < count; ++turn) {
    // Another one is first in each round, so that what drifts meanwhile meets all alike.
    const std::size_t place = (turn + round + planned_.front().scenario.seed) % count;
    Scenario scenario = planned_[place].scenario;
    scenario.seed += round;
    Result<std::optional<MeasuredRun>> run =
        measure(scenario, fmt::format("round {}, {} of {}: {}", round + 1, turn + 1, count, scenario.name));
    if (!run) {
      return std::unexpected(run.error());
    }
    if (!*run) {
      return false;
    }
    runs[place] = std::move(*run);
  }
  for (std::size_t place = 0; place < count; ++place) {
    note_fields(place, runs[place]->results);
    record_.input.alternatives[place].runs.push_back(std::move(*runs[place]));
  }
  rounds_ns_ += spent_ns() - round_begin_ns;
  record_.round_ns = rounds_ns_ / static_cast<Nanoseconds>(round + 1);
  return true;
}

// An interrupt leaves it unmeasured, and is seen by the caller.
Result<void> DecideRounds::measure_turn() {
  record_.turn_left_out = "it was interrupted";
  for (std::size_t place = 0; place < planned_.size(); ++place) {
    const Scenario turned = at_another_write_share(planned_[place].scenario);
    Result<std::optional<MeasuredRun>> run =
        measure(turned, fmt::format("for the turn, {} of {}: {}", place + 1, planned_.size(), turned.name));
    if (!run) {
      return std::unexpected(run.error());
    }
    if (!*run) {
      return {};
    }
    record_.input.alternatives[place].turned = std::move(**run);
  }
  record_.turn_left_out.clear();
  return {};
}

Result<void> DecideRounds::do_rounds() {
  for (std::size_t round = 0;; ++round) {
    const Result<bool> whole = do_round(round);
    if (!whole) {
      return std::unexpected(whole.error());
    }
    // One more round goes before the turn, which is worth less.
    const bool turn_is_next = round == 0 && limits_.with_turn;
    if (*whole && turn_is_next && has_time_for(2)) {
      if (const Result<void> turned = measure_turn(); !turned) {
        return turned;
      }
    } else if (*whole && turn_is_next) {
      record_.turn_left_out = "the budget has no room for it beside another round";
    }
    if (const Result<void> written = write_down(); !written) {
      return written;
    }
    if (!*whole || InterruptWatch::came()) {
      record_.end = DecisionEnd::interrupted;
      return {};
    }
    if (decide(record_.input).open.empty()) {
      record_.end = DecisionEnd::told_apart;
      return {};
    }
    if (round + 1 >= limits_.rounds_max) {
      record_.end = DecisionEnd::rounds;
      return {};
    }
    if (!has_time_for(1)) {
      record_.end = DecisionEnd::budget;
      return {};
    }
  }
}

Result<void> DecideRounds::carry_out() {
  record_.end = DecisionEnd::unfinished;
  record_.budget_ns = limits_.budget_ns;
  record_.turn_left_out = limits_.with_turn ? "not one round was whole" : "--no-turn was given";
  const Result<void> done = do_rounds();
  if (flags_.stores.kept->servers) {
    Waiting waiting(record_.scenario, !flags_.no_live);
    waiting.next("stopping the servers");
    // What could not be stopped in good order is killed and removed by the keeper.
    regardless(flags_.stores.kept->servers->stop());
  }
  const Result<void> written = write_down();
  return done ? written : done;
}

}  // namespace stalemate
