#include "report/page/decide_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text/printable.hpp"
#include "report/decision/decision_words.hpp"
#include "report/decision/turn.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

using PageJson = nlohmann::ordered_json;

constexpr unsigned decision_words_columns = 100;

template <class Number>
PageJson number_or_nothing(const std::optional<Number>& number) {
  return number ? PageJson(*number) : PageJson();
}

// What charts.js calls it.
std::string_view unit_on_page(FigureUnit unit) {
  const bool is_time = unit == FigureUnit::latency || unit == FigureUnit::span;
  return is_time ? "ns" : unit == FigureUnit::share ? "share" : "count";
}

PageJson cell_json(const FigureOfRounds& figure, FigureUnit unit) {
  if (!figure.told) {
    return nullptr;
  }
  const SpreadCell cell = decision_cell(figure, unit);
  return {{"told", *figure.told},
          {"text", cell.told},
          {"range", cell.range},
          {"low", figure.per_million ? figure.per_million->lower : figure.spread->min},
          {"high", figure.per_million ? figure.per_million->upper : figure.spread->max}};
}

PageJson figures_json(const DecisionInput& input) {
  PageJson figures = PageJson::array();
  for (const ToldFigure& told : told_figures(input)) {
    const DecisionFigure& figure = *told.figure;
    PageJson cells = PageJson::array();
    for (const FigureOfRounds& over : told.of_alternatives) {
      cells.push_back(cell_json(over, figure.unit));
    }
    figures.push_back({{"name", figure.name},
                       {"label", figure.label},
                       {"meaning", figure.meaning},
                       {"unit", unit_on_page(figure.unit)},
                       {"cells", std::move(cells)}});
  }
  return figures;
}

PageJson wants_json(const DecisionRecord& record, const Decision& decision) {
  constexpr const char* verdicts[] = {"fulfilled", "missed", "unknown"};
  PageJson wants = PageJson::array();
  for (std::size_t want = 0; want < record.input.wants.size(); ++want) {
    PageJson cells = PageJson::array();
    for (const JudgedAlternative& alternative : decision.alternatives) {
      const JudgedWant& judged = alternative.wants[want];
      cells.push_back({{"verdict", verdicts[static_cast<std::size_t>(judged.verdict)]},
                       {"settled", judged.is_settled},
                       {"words", capitalized(want_clause(record.input.wants[want], judged)) + "."}});
    }
    const Want& wanted = record.input.wants[want];
    wants.push_back(
        {{"text", wanted.text}, {"figure", wanted.figure}, {"bound", wanted.bound}, {"cells", std::move(cells)}});
  }
  return wants;
}

// A value of each alternative at each of the two shares of writes.
PageJson turn_line(const DecisionRecord& record, std::string_view title, std::optional<double> LoadPoint::* value) {
  PageJson lines = PageJson::array();
  for (const Alternative& alternative : record.input.alternatives) {
    if (alternative.runs.empty() || !alternative.turned) {
      continue;
    }
    PageJson points = PageJson::array();
    for (const LoadPoint& point : {load_point(alternative.runs), load_point(*alternative.turned)}) {
      points.push_back({{"share", point.write_share}, {"value", number_or_nothing(point.*value)}});
    }
    lines.push_back({{"name", alternative.name}, {"points", std::move(points)}});
  }
  return {{"title", title}, {"lines", std::move(lines)}};
}

PageJson run_of_round_json(const MeasuredRun& run, std::string_view what) {
  return {{"what", what}, {"folder", run.folder}, {"seed", run.results.seed}, {"verdict", run.results.verdict}};
}

PageJson alternatives_json(const DecisionRecord& record, const Decision& decision) {
  PageJson alternatives = PageJson::array();
  for (std::size_t place = 0; place < record.input.alternatives.size(); ++place) {
    const Alternative& alternative = record.input.alternatives[place];
    PageJson runs = PageJson::array();
    for (std::size_t round = 0; round < alternative.runs.size(); ++round) {
      runs.push_back(run_of_round_json(alternative.runs[round], fmt::format("round {}", round + 1)));
    }
    if (alternative.turned) {
      runs.push_back(run_of_round_json(*alternative.turned, "for the turn"));
    }
    alternatives.push_back({{"name", alternative.name},
                            {"measured", measured_phrase(alternative)},
                            {"recommended", decision.recommended == place},
                            {"runs", std::move(runs)}});
  }
  return alternatives;
}

// Each alternative's run of the last whole round beside the others'; empty before the first.
std::string command_side_by_side(const DecisionRecord& record, const std::string& folder) {
  const std::size_t rounds = rounds_done(record);
  std::string command = "stalemate report";
  for (const Alternative& alternative : record.input.alternatives) {
    if (rounds == 0) {
      return {};
    }
    command += fmt::format(" {}/{}", folder, alternative.runs[rounds - 1].folder);
  }
  return command;
}

std::string end_sentence(const DecisionRecord& record) {
  switch (record.end) {
    case DecisionEnd::told_apart: return "It ended because more rounds would not have changed anything.";
    case DecisionEnd::budget: return "It ended because the budget had no room for another round.";
    case DecisionEnd::rounds: return "It ended after as many rounds as were asked for.";
    case DecisionEnd::interrupted: return "It was interrupted: what whole rounds measured is here.";
    case DecisionEnd::unfinished: return "It is not finished: what whole rounds measured until now is here.";
  }
  return {};
}

// "good": nothing about it is open; "warn": it may be otherwise; "bad": nothing does what is wanted.
std::string_view decision_tone(const Decision& decision) {
  if (decision.recommended) {
    const bool is_sure = decision.is_cost_told_apart && decision.alternatives[*decision.recommended].is_settled();
    return is_sure && decision.open.empty() ? "good" : "warn";
  }
  return decision.candidates.empty() ? "bad" : "warn";
}

PageJson decision_verdict_json(const DecisionRecord& record, const Decision& decision) {
  const std::string paragraph = recommendation_paragraph(record, decision);
  const std::size_t end = end_of_sentence(paragraph);
  return {{"sentence", paragraph.substr(0, end)},
          {"more", end < paragraph.size() ? paragraph.substr(end + 1) : std::string()},
          {"tone", rounds_done(record) == 0 ? "warn" : decision_tone(decision)}};
}

}  // namespace

Page decide_page(const DecisionRecord& record, const Decision& decision, const std::string& again,
                 const std::string& folder, const std::string& generator) {
  const std::string title = "Decide: " + record.scenario;
  std::vector<std::string> open;
  std::ranges::transform(decision.open, std::back_inserter(open), [&](const OpenQuestion& question) {
    return capitalized(question_sentence(record, question));
  });
  const PageJson data = {{"title", title},
                         {"question", record.question},
                         {"verdict", decision_verdict_json(record, decision)},
                         {"offered", offered_sentence(record)},
                         {"ended", end_sentence(record)},
                         {"notes", notes_of(record)},
                         {"alternatives", alternatives_json(record, decision)},
                         {"wants", wants_json(record, decision)},
                         {"figures", figures_json(record.input)},
                         {"figures_note", figures_note},
                         {"open", std::move(open)},
                         {"rules", std::vector<std::string>(decision_rules().begin(), decision_rules().end())},
                         {"turn", turn_sentences(record)},
                         {"turn_lines",
                          {turn_line(record, "CPU an op, by the share of writes", &LoadPoint::cpu_ns_per_op),
                           turn_line(record, "Read p50, by the share of writes", &LoadPoint::read_p50_ns)}},
                         {"again", again},
                         {"side_by_side", command_side_by_side(record, folder)}};
  return {.title = printable(title),
          .kind = "decide",
          .data_json = data.dump(-1, ' ', false, PageJson::error_handler_t::replace),
          .words = printable_lines(decision_text(record, decision, decision_words_columns)),
          .generator = generator};
}

}  // namespace stalemate
