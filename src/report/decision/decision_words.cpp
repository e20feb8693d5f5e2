#include "report/decision/decision_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds budget_second_ns = 1'000'000'000;
constexpr Nanoseconds budget_minute_ns = 60 * budget_second_ns;

// Of a want: the decision figure's, or what the name of the field says.
FigureUnit unit_of(const Want& want) {
  const DecisionFigure* const figure = find_decision_figure(want.figure);
  return figure != nullptr                 ? figure->unit
         : want.figure.ends_with("_ns")    ? FigureUnit::latency
         : want.figure.ends_with("_ratio") ? FigureUnit::share
                                           : FigureUnit::number;
}

std::string missed_by(const Want& want, double told) {
  const double apart = told - want.bound;
  if (apart == 0 || want.relation == Relation::equal || want.relation == Relation::not_equal) {
    return "";
  }
  return fmt::format(", {} too {}", decision_value_text(std::abs(apart), unit_of(want)), apart > 0 ? "much" : "little");
}

// "--budget 12m" for so many rounds in all.
std::string budget_for(const DecisionRecord& record, std::size_t rounds) {
  const Nanoseconds beside_ns =
      std::max<Nanoseconds>(0, record.spent_ns - static_cast<Nanoseconds>(rounds_done(record)) * record.round_ns);
  const Nanoseconds needed_ns = beside_ns + static_cast<Nanoseconds>(rounds) * record.round_ns;
  return needed_ns < budget_minute_ns ? fmt::format("--budget {}s", needed_ns / budget_second_ns + 1)
                                      : fmt::format("--budget {}m", needed_ns / budget_minute_ns + 1);
}

constexpr std::array<std::string_view, 6> rules = {
    "An alternative fulfils a want if it is true of the figure told: the median, the share of all rounds together, or "
    "of "
    "the worst staleness the worst. It misses it if it is not. One that lacks the figure (a hit ratio without a cache) "
    "is "
    "not known to fulfil it, which counts as missing.",
    "That is settled for a share if its bounds lie on one side of the wanted one; for another figure if so many rounds "
    "agree that fewer than 5 of 100 would if it were true of half of all rounds (a sign test; five rounds that agree "
    "are "
    "enough).",
    "The candidates are the alternatives that fulfil all wants: those of which that is settled, or if there are none, "
    "all.",
    "The recommended one is the candidate whose servers cost the least CPU. Without --want all are candidates, so cost "
    "alone decides; the stale reads, which it does not weigh, are told beside it.",
    "Two alternatives are told apart in a figure if chance would order their rounds so in fewer than 5 of 100 cases "
    "(Mann "
    "and Whitney's test of ranks, exact; four rounds of each that do not overlap are enough).",
    "Open are: wants that are not settled, of alternatives that could still change the recommendation; the costs of "
    "candidates that are not told apart from the recommended one's; without --want also whose reads are faster. How "
    "many "
    "rounds would tell is estimated from those done, and told as a --budget.",
};

}  // namespace

std::span<const std::string_view> decision_rules() {
  return rules;
}

std::string decision_rules_list() {
  std::string list;
  for (std::size_t place = 0; place < rules.size(); ++place) {
    list += fmt::format("{}. {}\n", place + 1, rules[place]);
  }
  return list;
}

std::string decision_value_text(double value, FigureUnit unit) {
  const bool fits = value >= 0 && (unit != FigureUnit::share || value <= 1);
  return fits ? figure_text(value, unit) : fmt::format("{:.4g}", value);
}

std::vector<ToldFigure> told_figures(const DecisionInput& input) {
  std::vector<ToldFigure> told;
  for (const DecisionFigure& figure : decision_figures()) {
    ToldFigure row = {.figure = &figure};
    for (const Alternative& alternative : input.alternatives) {
      row.of_alternatives.push_back(over_rounds(alternative, figure));
    }
    if (std::ranges::any_of(row.of_alternatives, [](const FigureOfRounds& over) { return over.told.has_value(); })) {
      told.push_back(std::move(row));
    }
  }
  return told;
}

SpreadCell decision_cell(const FigureOfRounds& figure, FigureUnit unit) {
  if (!figure.told) {
    return {.told = "-"};
  }
  const auto text = [unit](double value) { return decision_value_text(value, unit); };
  return {.told = text(*figure.told),
          .range = figure.per_million ? range_text(text(figure.per_million->lower), text(figure.per_million->upper))
                                      : range_text(text(figure.spread->min), text(figure.spread->max))};
}

std::string measured_phrase(const Alternative& alternative) {
  if (alternative.runs.empty()) {
    return "not measured";
  }
  return fmt::format("{} on {}", counted(alternative.runs.size(), "run"),
                     engines_phrase(alternative.runs.front().results));
}

std::string offered_sentence(const DecisionRecord& record) {
  for (const Alternative& alternative : record.input.alternatives) {
    if (!alternative.runs.empty()) {
      const RunResults& run = alternative.runs.front().results;
      return fmt::format("Each was offered {} and {} a second for {}, in turns, in {}; that took {} of {}.",
                         rate_of(run.asked.read_rate(), "read"), rate_of(run.asked.write_rate(), "write"),
                         spoken_duration(run.duration_ns), counted(rounds_done(record), "round"),
                         spoken_duration(record.spent_ns), spoken_duration(record.budget_ns));
    }
  }
  return "";
}

std::vector<std::string> notes_of(const DecisionRecord& record) {
  std::vector<std::string> notes;
  for (const Alternative& alternative : record.input.alternatives) {
    notes.insert(notes.end(), alternative.left_out.begin(), alternative.left_out.end());
  }
  notes.insert(notes.end(), record.notes.begin(), record.notes.end());
  return notes;
}

std::string want_clause(const Want& want, const JudgedWant& judged) {
  if (judged.verdict == WantVerdict::unknown) {
    return fmt::format("has no figure for '{}', so it is not known to fulfil it", want.text);
  }
  const FigureOfRounds& figure = judged.figure;
  const std::string told = decision_value_text(*figure.told, unit_of(want));
  const std::string how_sure =
      figure.per_million
          ? fmt::format("{} of {}, at 95 % confidence {} to {} a million", with_thousands(figure.counts->found),
                        with_thousands(figure.counts->looked_at),
                        decision_value_text(figure.per_million->lower, unit_of(want)),
                        decision_value_text(figure.per_million->upper, unit_of(want)))
          : fmt::format("fulfilled in {} of {}", judged.rounds_fulfilled, counted(figure.values.size(), "round"));
  const bool fulfilled = judged.verdict == WantVerdict::fulfilled;
  return fmt::format("{} '{}': it is {}{} ({}){}", fulfilled ? "fulfils" : "misses", want.text, told,
                     fulfilled ? "" : missed_by(want, *figure.told), how_sure,
                     judged.is_settled ? "" : ", which is not settled");
}

std::string question_sentence(const DecisionRecord& record, const OpenQuestion& question) {
  if (!question.rounds_needed) {
    return question.sentence + "; more rounds are not likely to tell.";
  }
  return fmt::format("{}; about {} would tell: {}.", question.sentence, counted(*question.rounds_needed, "round"),
                     budget_for(record, *question.rounds_needed));
}

}  // namespace stalemate
