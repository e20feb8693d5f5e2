// A decision, for people.
#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/text/words.hpp"
#include "report/comparison/spread_table.hpp"
#include "report/decision/decision_words.hpp"
#include "report/decision/told.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

std::string table_of_figures(const DecisionInput& input, unsigned width) {
  std::vector<std::string> heading;
  std::ranges::transform(input.alternatives, std::back_inserter(heading), &Alternative::name);
  std::vector<SpreadRow> rows;
  for (const ToldFigure& told : told_figures(input)) {
    SpreadRow row{std::string(told.figure->label)};
    for (const FigureOfRounds& over : told.of_alternatives) {
      row.cells.push_back(decision_cell(over, told.figure->unit));
    }
    rows.push_back(std::move(row));
  }
  return spread_table(heading, rows, width);
}

std::vector<std::string> want_lines(const DecisionRecord& record, const Decision& decision) {
  std::vector<std::string> lines;
  for (std::size_t place = 0; place < decision.alternatives.size() && !record.input.wants.empty(); ++place) {
    std::vector<std::string> clauses;
    for (std::size_t want = 0; want < record.input.wants.size(); ++want) {
      clauses.push_back(want_clause(record.input.wants[want], decision.alternatives[place].wants[want]));
    }
    std::string line = record.input.alternatives[place].name;
    for (const std::string& clause : clauses) {
      line += (&clause == &clauses.front() ? " " : "; ") + clause;
    }
    lines.push_back(line + ".");
  }
  return lines;
}

std::string cost_text(const JudgedAlternative& judged) {
  return judged.cost.told ? short_number(*judged.cost.told) : "unknown";
}

// "12 s of CPU an hour against 14 s of cache-aside"
std::string costs_phrase(const DecisionRecord& record, const Decision& decision) {
  std::string text = fmt::format("{} s of CPU an hour", cost_text(decision.alternatives[*decision.recommended]));
  for (const std::size_t place : decision.candidates) {
    if (place != *decision.recommended) {
      text += fmt::format(" against {} s of {}", cost_text(decision.alternatives[place]),
                          record.input.alternatives[place].name);
    }
  }
  return text;
}

std::string stale_phrase(const DecisionRecord& record) {
  std::string text;
  for (const Alternative& alternative : record.input.alternatives) {
    const FigureOfRounds stale = over_rounds(alternative, *find_decision_figure(staleness_figure));
    if (stale.told) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", alternative.name,
                          decision_value_text(*stale.told, FigureUnit::number));
    }
  }
  return text.empty() ? "" : fmt::format("Stale reads in a million, which this does not weigh: {}.", text);
}

std::string reason_sentence(const DecisionRecord& record, const Decision& decision) {
  const std::size_t rivals = decision.candidates.size();
  if (record.input.wants.empty()) {
    return fmt::format("no --want was given, so the cost alone decides: {}.", costs_phrase(record, decision));
  }
  if (rivals == 1) {
    return decision.alternatives[*decision.recommended].is_settled()
               ? "it is the only one that was shown to fulfil all wants."
               : "it is the only one that fulfils all wants as far as was measured.";
  }
  return fmt::format("of the {} that fulfil all wants its servers cost the least: {}.", rivals,
                     costs_phrase(record, decision));
}

// Those that would be cheaper, if they fulfil what is open of them.
std::string cheaper_if_settled(const DecisionRecord& record, const Decision& decision) {
  std::string text;
  const JudgedAlternative& best = decision.alternatives[*decision.recommended];
  for (std::size_t place = 0; place < decision.alternatives.size(); ++place) {
    const JudgedAlternative& judged = decision.alternatives[place];
    const bool is_candidate = std::ranges::find(decision.candidates, place) != decision.candidates.end();
    if (!is_candidate && judged.fulfils_all() && judged.cost.told && best.cost.told &&
        *judged.cost.told < *best.cost.told) {
      text +=
          fmt::format(" {} would cost less ({} s), and fulfils them as far as was measured, but that is not settled.",
                      record.input.alternatives[place].name, cost_text(judged));
    }
  }
  return text;
}

}  // namespace

std::string_view name_of(DecisionEnd end) {
  switch (end) {
    case DecisionEnd::told_apart: return "told apart";
    case DecisionEnd::budget: return "budget";
    case DecisionEnd::rounds: return "rounds";
    case DecisionEnd::interrupted: return "interrupted";
    case DecisionEnd::unfinished: return "unfinished";
  }
  return "";
}

std::size_t rounds_done(const DecisionRecord& record) {
  std::size_t rounds = record.input.alternatives.front().runs.size();
  for (const Alternative& alternative : record.input.alternatives) {
    rounds = std::min(rounds, alternative.runs.size());
  }
  return rounds;
}

std::string recommendation_paragraph(const DecisionRecord& record, const Decision& decision) {
  if (rounds_done(record) == 0) {
    return "No recommendation: not one round was whole.";
  }
  if (decision.candidates.empty()) {
    return "No recommendation: no alternative fulfils all wants.";
  }
  if (!decision.recommended) {
    std::vector<std::string> names;
    for (const std::size_t place : decision.candidates) {
      names.push_back(record.input.alternatives[place].name);
    }
    return fmt::format(
        "No recommendation: {} fulfil what is wanted, and what their servers cost is not known; it is measured of "
        "private ones that no fault starts again.",
        joined(names));
  }
  const JudgedAlternative& best = decision.alternatives[*decision.recommended];
  std::string text = fmt::format("Recommendation: {}; {}", record.input.alternatives[*decision.recommended].name,
                                 reason_sentence(record, decision));
  text += decision.is_cost_told_apart ? "" : " The costs are not told apart, so that chance may have chosen.";
  text += best.is_settled() ? "" : " It is not settled that it fulfils all wants.";
  text += cheaper_if_settled(record, decision);
  if (record.input.wants.empty()) {
    add_sentence(text, stale_phrase(record));
  }
  return text;
}

std::string decision_text(const DecisionRecord& record, const Decision& decision, unsigned width) {
  STALEMATE_ASSERT(width >= 40, "a decision has room for sentences");
  std::string text = wrap(record.question, width, record.scenario + ": ");
  for (const Alternative& alternative : record.input.alternatives) {
    text += wrap(measured_phrase(alternative), width, alternative.name + ": ");
  }
  text += "\n" + wrap(offered_sentence(record), width);
  for (const std::string& sentence : notes_of(record)) {
    text += wrap(sentence, width);
  }
  if (rounds_done(record) > 0) {
    text += "\n" + table_of_figures(record.input, width);
    text += wrap(figures_note, width);
  }
  text += "\n";
  for (const std::string& line : want_lines(record, decision)) {
    text += wrap(line, width, "- ");
  }
  text += wrap(recommendation_paragraph(record, decision), width);
  for (const OpenQuestion& question : decision.open) {
    text += wrap("Not told apart: " + question_sentence(record, question), width, "- ");
  }
  const std::vector<std::string> turns = turn_sentences(record);
  text += turns.empty() ? "" : "\nWhere it would turn:\n";
  for (const std::string& sentence : turns) {
    text += wrap(sentence, width, "- ");
  }
  return text;
}

}  // namespace stalemate
