// The rules by which alternatives are judged, and what follows from them. Everything here is a pure function of what
// was measured; docs/decide.md states the rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/bounds.hpp"
#include "report/comparison/spread.hpp"
#include "report/decision/figures.hpp"
#include "report/decision/measured.hpp"
#include "report/results/relation.hpp"

namespace stalemate {

/// A figure of one alternative over its rounds.
struct FigureOfRounds {
  std::vector<double> values = {};         ///< of the rounds that have it, in order
  std::optional<Spread> spread = {};       ///< none without values
  std::optional<ShareCounts> counts = {};  ///< of a figure in a million: all rounds added up
  std::optional<Bounds> per_million = {};  ///< of the same: 95 % bounds
  bool is_worst = false;                   ///< as DecisionFigure::is_worst
  /// What is told and judged: of a figure in a million the share of all rounds together, of the worst the worst of all,
  /// else the median.
  std::optional<double> told = {};
};
[[nodiscard]] FigureOfRounds over_rounds(const Alternative& alternative, const DecisionFigure& figure);

/// What is wanted of an alternative.
struct Want {
  std::string text = {};    ///< as written
  std::string figure = {};  ///< the name of a decision figure, or another figure of a run
  Relation relation = Relation::less;
  double bound = 0;
};

/// Whether a figure of that value fulfils it.
[[nodiscard]] inline bool holds(const Want& want, double value) {
  return holds(want.relation, value, want.bound);
}

enum class WantVerdict : std::uint8_t { fulfilled, missed, unknown };

/// How one alternative does by one want.
struct JudgedWant {
  WantVerdict verdict = WantVerdict::unknown;  ///< by what is told; unknown: it has no such figure
  /// Whether more rounds could hardly change that: of a figure in a million the bounds lie on one side; of another, the
  /// rounds on the other side of the bound are so few that chance would do that in less than 5 % of cases if half of
  /// all rounds were.
  bool is_settled = false;
  FigureOfRounds figure = {};
  std::size_t rounds_fulfilled = 0;
  /// About how many rounds would settle it, those done included; none where that cannot be told.
  std::optional<std::size_t> rounds_needed = {};
};

/// Requires: `figure` is the want's.
[[nodiscard]] JudgedWant judge(const Want& want, FigureOfRounds figure);

/// How likely at least so many of the rounds lie on one side of their median, by chance. 1 for no rounds.
/// Requires: on_one_side <= rounds.
[[nodiscard]] double sign_test_chance(std::size_t on_one_side, std::size_t rounds);

/// About how many rounds of each tell two figures apart, those done included, if what follows is like what was; at
/// least four. None where they do not seem to differ. Requires: both have values.
[[nodiscard]] std::optional<std::size_t> rounds_to_tell_apart(std::span<const double> first,
                                                              std::span<const double> second);

/// One alternative, judged.
struct JudgedAlternative {
  std::vector<JudgedWant> wants = {};  ///< as Decision::wants
  FigureOfRounds cost = {};            ///< processor seconds of its servers in an hour

  [[nodiscard]] bool fulfils_all() const;
  /// All that decides whether it does is settled: every want, or one that it misses.
  [[nodiscard]] bool is_settled() const;
};

/// Something that more rounds might tell.
struct OpenQuestion {
  std::string sentence = {};  ///< without a full stop
  std::optional<std::size_t> rounds_needed = {};
};

/// What a decision needs to know besides.
struct DecisionInput {
  std::vector<Alternative> alternatives = {};  ///< at least two, each name once
  std::vector<Want> wants = {};
  /// By want, alternative and round: the value of a field of results.json. Empty for a decision figure.
  std::vector<std::vector<std::vector<std::optional<double>>>> fields = {};
};

struct Decision {
  std::vector<JudgedAlternative> alternatives = {};  ///< as the input's
  /// The alternatives among which cost decides: those that fulfil all wants, settled ones alone if there are any.
  std::vector<std::size_t> candidates = {};
  std::optional<std::size_t> recommended = {};  ///< the cheapest candidate; none without candidates, or without costs
  bool is_cost_told_apart = false;              ///< from that of every other candidate
  std::vector<OpenQuestion> open = {};          ///< empty: more rounds are not needed
};

/// Requires: DecisionInput's invariants.
[[nodiscard]] Decision decide(const DecisionInput& input);

}  // namespace stalemate
