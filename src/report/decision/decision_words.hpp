// The sentences and cells of a decision that the terminal and the page share.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/comparison/spread_table.hpp"
#include "report/decision/told.hpp"

namespace stalemate {

/// The rules by which a recommendation follows from what was measured, in order.
[[nodiscard]] std::span<const std::string_view> decision_rules();
/// The same as the numbered list of docs/decide.md.
[[nodiscard]] std::string decision_rules_list();

/// What stands in the cells of the table of figures.
inline constexpr std::string_view figures_note =
    "Medians over the rounds, in brackets the least and the most. A figure in a million (/million, /m) is "
    "of all rounds together, in brackets its 95 % bounds; the worst is that of all rounds.";

/// A row of that table.
struct ToldFigure {
  const DecisionFigure* figure = nullptr;
  std::vector<FigureOfRounds> of_alternatives = {};  ///< in their order; some of them has it
};
/// Those that at least one alternative has.
[[nodiscard]] std::vector<ToldFigure> told_figures(const DecisionInput& input);

/// As figure_text; a field of results.json, which may be negative or out of a share's range, in four digits.
[[nodiscard]] std::string decision_value_text(double value, FigureUnit unit);
/// "-" where it was not measured.
[[nodiscard]] SpreadCell decision_cell(const FigureOfRounds& figure, FigureUnit unit);

/// "5 runs on PostgreSQL 15.18 and Redis 7.0.15"; "not measured".
[[nodiscard]] std::string measured_phrase(const Alternative& alternative);
/// The load, the rounds and the time they took, as a sentence; empty where nothing was measured.
[[nodiscard]] std::string offered_sentence(const DecisionRecord& record);
/// Sentences: what of the scenario each alternative leaves out, and what else there is to know.
[[nodiscard]] std::vector<std::string> notes_of(const DecisionRecord& record);
/// "misses 'read_p99<5ms': it is 6.1 ms, 1.1 ms too much (fulfilled in 0 of 5 rounds)".
[[nodiscard]] std::string want_clause(const Want& want, const JudgedWant& judged);
/// "whether none fulfils ...; about 6 rounds would tell: --budget 6m."
[[nodiscard]] std::string question_sentence(const DecisionRecord& record, const OpenQuestion& question);

}  // namespace stalemate
