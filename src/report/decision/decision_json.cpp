// A decision, for programs.
#include <nlohmann/json.hpp>

#include "report/decision/told.hpp"
#include "report/decision/turn.hpp"

namespace stalemate {
namespace {

using DecisionJson = nlohmann::ordered_json;

template <class Number>
DecisionJson or_null(const std::optional<Number>& number) {
  return number ? DecisionJson(*number) : DecisionJson();
}

DecisionJson json_of_figure(const FigureOfRounds& figure) {
  if (!figure.told) {
    return nullptr;
  }
  DecisionJson json = {{"told", *figure.told},
                       {"median", figure.spread->median},
                       {"min", figure.spread->min},
                       {"max", figure.spread->max},
                       {"values", figure.values}};
  if (figure.per_million) {
    json["found"] = figure.counts->found;
    json["looked_at"] = figure.counts->looked_at;
    json["lower"] = figure.per_million->lower;
    json["upper"] = figure.per_million->upper;
  }
  return json;
}

DecisionJson json_of_want(const Want& want, const JudgedWant& judged) {
  constexpr const char* verdicts[] = {"fulfilled", "missed", "unknown"};
  return {{"want", want.text},
          {"verdict", verdicts[static_cast<std::size_t>(judged.verdict)]},
          {"settled", judged.is_settled},
          {"bound", want.bound},
          {"rounds_fulfilled", judged.rounds_fulfilled},
          {"rounds_needed", or_null(judged.rounds_needed)},
          {"figure", json_of_figure(judged.figure)}};
}

DecisionJson json_of_point(const std::optional<MeasuredRun>& run) {
  if (!run) {
    return nullptr;
  }
  const LoadPoint point = load_point(*run);
  return {{"folder", run->folder},
          {"write_share", point.write_share},
          {"cpu_ns_per_op", or_null(point.cpu_ns_per_op)},
          {"read_p50_ns", or_null(point.read_p50_ns)}};
}

DecisionJson json_of_alternative(const DecisionRecord& record, const Decision& decision, std::size_t place) {
  const Alternative& alternative = record.input.alternatives[place];
  DecisionJson json = {{"name", alternative.name}, {"left_out", alternative.left_out}};
  json["rounds"] = DecisionJson::array();
  for (const MeasuredRun& run : alternative.runs) {
    json["rounds"].push_back({{"folder", run.folder}, {"seed", run.results.seed}, {"verdict", run.results.verdict}});
  }
  for (const DecisionFigure& figure : decision_figures()) {
    json["figures"][figure.name] = json_of_figure(over_rounds(alternative, figure));
  }
  json["wants"] = DecisionJson::array();
  const JudgedAlternative& judged = decision.alternatives[place];
  for (std::size_t want = 0; want < judged.wants.size(); ++want) {
    json["wants"].push_back(json_of_want(record.input.wants[want], judged.wants[want]));
  }
  json["fulfils_all"] = judged.fulfils_all();
  json["settled"] = judged.is_settled();
  json["at_another_write_share"] = json_of_point(alternative.turned);
  return json;
}

}  // namespace

std::string decision_json(const DecisionRecord& record, const Decision& decision) {
  DecisionJson json = {{"scenario", record.scenario},   {"question", record.question}, {"ended", name_of(record.end)},
                       {"rounds", rounds_done(record)}, {"spent_ns", record.spent_ns}, {"budget_ns", record.budget_ns},
                       {"round_ns", record.round_ns},   {"notes", record.notes}};
  json["alternatives"] = DecisionJson::array();
  for (std::size_t place = 0; place < record.input.alternatives.size(); ++place) {
    json["alternatives"].push_back(json_of_alternative(record, decision, place));
  }
  json["candidates"] = DecisionJson::array();
  for (const std::size_t place : decision.candidates) {
    json["candidates"].push_back(record.input.alternatives[place].name);
  }
  json["recommended"] =
      decision.recommended ? DecisionJson(record.input.alternatives[*decision.recommended].name) : DecisionJson();
  json["cost_told_apart"] = decision.is_cost_told_apart;
  json["recommendation"] = recommendation_paragraph(record, decision);
  json["open"] = DecisionJson::array();
  for (const OpenQuestion& question : decision.open) {
    json["open"].push_back({{"question", question.sentence}, {"rounds_needed", or_null(question.rounds_needed)}});
  }
  json["turn"] = turn_sentences(record);
  constexpr int indent = 2;
  return json.dump(indent, ' ', false, DecisionJson::error_handler_t::replace) + "\n";
}

}  // namespace stalemate
