// Explorations of patterns for machines: JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/text/explore_text.hpp"
#include "cli/text/explore_words.hpp"
#include "explore/telling/token.hpp"

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

Json as_json(const Witness& witness, const Telling& telling) {
  return {{"pattern", witness.options.pattern->name},
          {"property", witness.options.judges.front()->name},
          {"violated", telling.violated},
          {"processes", to_text(witness.options.scope)},
          {"faults", faults_of(witness)},
          {"steps", json_of_steps(telling)},
          {"conclusion", telling.conclusion},
          {"details", telling.details},
          {"token", token_of(witness)}};
}

/// A finding, with what is known of its witness.
Json as_json(const ExplorationOptions& options, const Exploration& exploration, const JudgeFinding& finding) {
  Json one = {
      {"property", finding.judge->name}, {"verdict", name_of(finding.finding)}, {"processes", to_text(finding.scope)}};
  if (const std::string reason = reason_of(finding, options, exploration); !reason.empty()) {
    one["reason"] = reason;
  }
  if (finding.end != SearchEnd::complete) {
    one["steps_ruled_out"] = finding.steps_ruled_out;
  }
  if (finding.witness) {
    one["shortest"] = finding.end == SearchEnd::complete;
    one["witness"] = as_json(*finding.witness, told(*finding.witness));
    one["remedy"] = remedies_of(options, finding);
  }
  return one;
}

}  // namespace

std::string json_of(const ExplorationOptions& options, const Explored& found) {
  const Exploration& exploration = found.exploration;
  Json findings = Json::array();
  for (const JudgeFinding& finding : exploration.findings) {
    Json one = as_json(options, exploration, finding);
    Json alone = Json::array();
    for (const FaultAlone& other : found.alone) {
      for (const JudgeFinding& of_fault : other.exploration.findings) {
        if (of_fault.judge == finding.judge) {
          Json by_itself = {{"fault", other.options.faults.front()->name}};
          by_itself.update(as_json(other.options, other.exploration, of_fault));
          alone.push_back(by_itself);
        }
      }
    }
    if (!alone.empty()) {
      one["by_itself"] = alone;
    }
    findings.push_back(one);
  }
  Json faults = Json::array();
  for (const VirtualFaultInfo* fault : options.faults) {
    faults.push_back(fault->name);
  }
  Json whole = {{"pattern", options.pattern->name},
                {"faults", faults},
                {"faults_max", options.faults_max},
                {"one_after_another", options.one_after_another},
                {"findings", findings},
                {"states", exploration.states},
                {"transitions", exploration.transitions},
                {"bytes_max", exploration.bytes_max},
                {"trace_hash", fmt::format("{:016x}", exploration.trace_hash)},
                {"exhausted", exploration.exhausted}};
  if (options.limits.exhaust && !exploration.exhausted) {
    whole["exhausted_reason"] = reason_of(exploration.exhaust_end, options, exploration.runs);
  }
  return whole.dump(2) + "\n";
}

std::string json_of(const std::vector<MatrixRow>& rows) {
  const auto as_object = [](const Exploration& exploration) {
    Json findings = Json::object();
    for (const JudgeFinding& finding : exploration.findings) {
      Json one = {{"verdict", name_of(finding.finding)}};
      if (finding.end != SearchEnd::complete) {
        one["steps_ruled_out"] = finding.steps_ruled_out;
      }
      if (finding.witness) {
        one["steps"] = finding.witness->choices.size();
        one["faults"] = faults_of(*finding.witness);
        one["token"] = token_of(*finding.witness);
      }
      findings[std::string(finding.judge->name)] = one;
    }
    return findings;
  };
  Json cells = Json::array();
  for (const MatrixRow& row : rows) {
    for (const bool one_after_another : {false, true}) {
      for (const MatrixCell& cell : one_after_another ? row.one_after_another : row.cells) {
        Json one = {{"pattern", row.pattern->name},           {"fault", cell.fault == nullptr ? "" : cell.fault->name},
                    {"one_after_another", one_after_another}, {"concerned", cell.concerned},
                    {"states", cell.exploration.states},      {"findings", as_object(cell.exploration)}};
        if (!cell.alone.findings.empty()) {
          one["by_itself"] = as_object(cell.alone);
        }
        cells.push_back(one);
      }
    }
  }
  const Json whole = {{"cells", cells}};
  return whole.dump(2) + "\n";
}

std::string json_of(const Witness& witness, const Telling& telling, const std::optional<LiveReplay>& live) {
  Json whole = as_json(witness, telling);
  whole["live"] = nullptr;
  if (live) {
    whole["live"] = {
        {"engines", live->engines}, {"same", live->differences.empty()}, {"differences", live->differences}};
  }
  return whole.dump(2) + "\n";
}

}  // namespace stalemate
