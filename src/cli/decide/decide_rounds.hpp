// The rounds of a decision: every alternative once a round, in turns, on the same servers where that can be.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/decide/alternatives.hpp"
#include "cli/run/figures.hpp"
#include "cli/run/run_flags.hpp"
#include "core/error.hpp"
#include "report/decision/told.hpp"

namespace stalemate {

/// What bounds the rounds.
struct RoundLimits {
  Nanoseconds budget_ns = 0;
  std::size_t rounds_max = 0;
  bool with_turn = true;  ///< also measure another share of writes
};

/// Carries out a decision. Thread rule: the main thread, under an InterruptWatch.
class DecideRounds {
 public:
  /// `record` has scenario, question, wants, and the names of the alternatives, as `planned`; it is filled in.
  /// `wanted`: the figures of its wants. `again`: the command that decides once more, for the page.
  DecideRounds(DecisionRecord& record, std::vector<PlannedAlternative> planned, std::vector<RunFigure> wanted,
               const RunFlags& flags, RoundLimits limits, std::filesystem::path folder, std::string again);

  /// Runs until the alternatives are told apart or a limit is reached. What was measured is in the record, and in
  /// decision.json and report.html of the folder after every round, also where it fails.
  /// Errors: those of do_run; what a run could not write; another run that took the stores.
  [[nodiscard]] Result<void> carry_out();

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] Result<void> do_rounds();
  [[nodiscard]] Result<bool> do_round(std::size_t round);
  [[nodiscard]] Result<void> measure_turn();
  [[nodiscard]] Result<std::optional<MeasuredRun>> measure(const Scenario& scenario, const std::string& what);
  void note_fields(std::size_t place, const RunResults& results);
  [[nodiscard]] bool has_time_for(std::size_t rounds) const;
  [[nodiscard]] Nanoseconds spent_ns() const;
  [[nodiscard]] Result<void> write_down();

  DecisionRecord& record_;
  std::vector<PlannedAlternative> planned_;
  std::vector<RunFigure> wanted_;
  RunFlags flags_;
  RoundLimits limits_;
  std::filesystem::path folder_;
  std::string again_;
  Clock::time_point begin_ = Clock::now();
  Nanoseconds rounds_ns_ = 0;
};

}  // namespace stalemate
