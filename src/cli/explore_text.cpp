#include "cli/explore_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/assert.hpp"
#include "explore/token.hpp"
#include "report/words.hpp"

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

Telling told(const Witness& witness) {
  Result<Telling> telling = tell(witness);
  STALEMATE_ASSERT(telling.has_value() && telling->violated, "a witness that was just found repeats itself");
  return *std::move(telling);
}

std::string count_of(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : thing.ends_with("s") ? "es" : "s");
}

std::string words_of(const Witness& witness) {
  return fmt::format("{}, {}, {}, {}", count_of(witness.options.scope.processes.size(), "process"),
                     count_of(ops_of(witness.options.scope).size(), "op"),
                     count_of(witness.options.faults_max, "fault"), count_of(witness.choices.size(), "step"));
}

/// Why a finding is unknown, and what can be done about it.
std::string reason_of(SearchEnd end, const ExploreLimits& limits, std::uint64_t runs) {
  switch (end) {
    case SearchEnd::complete: return {};
    case SearchEnd::states_max:
      return fmt::format("not decided within {} states; allow more with --max-states",
                         with_thousands(limits.states_max));
    case SearchEnd::bytes_max:
      return fmt::format("not decided within {} MB of memory; allow more with --max-memory",
                         with_thousands(limits.bytes_max / 1'000'000));
    case SearchEnd::bounds:
      return "it has more than the explorer can number; try fewer processes, ops or faults, or --random";
    case SearchEnd::out_of_memory: return "not decided before there was no more memory; try fewer processes or ops";
    case SearchEnd::stopped: return "interrupted before it was decided";
    case SearchEnd::runs_over: return fmt::format("none found in {} runs; not a proof", with_thousands(runs));
  }
  STALEMATE_ASSERT(false, "an end outside the enumeration");
}

/// Of a finding that is neither a proof nor a violation; empty for others.
std::string reason_of(const JudgeFinding& finding, const ExplorationOptions& options, const Exploration& exploration) {
  switch (finding.finding) {
    case Finding::unknown: return reason_of(finding.end, options.limits, exploration.runs);
    case Finding::vacuous: return "says nothing: no op of this scope could violate it";
    case Finding::holds:
    case Finding::violated: return {};
  }
  STALEMATE_ASSERT(false, "a finding outside the enumeration");
}

Json as_json(const Witness& witness, const Telling& telling) {
  Json steps = Json::array();
  for (const ToldStep& step : telling.steps) {
    steps.push_back({{"actor", step.actor},
                     {"target", step.target},
                     {"begins", step.begins},
                     {"act", step.act},
                     {"ends", step.ends},
                     {"fault", step.fault}});
  }
  return {{"pattern", witness.options.pattern->name},
          {"property", witness.options.judges.front()->name},
          {"violated", telling.violated},
          {"processes", to_text(witness.options.scope)},
          {"faults", witness.options.faults_max},
          {"steps", steps},
          {"conclusion", telling.conclusion},
          {"details", telling.details},
          {"token", token_of(witness)}};
}

}  // namespace

Result<DiagramKind> parse_diagram(const std::string& text) {
  const std::string_view names[] = {"none", "text", "mermaid", "svg"};
  for (std::size_t kind = 0; kind < 4; ++kind) {
    if (text == names[kind]) {
      return static_cast<DiagramKind>(kind);
    }
  }
  return failed(ErrorCode::wrong_type, fmt::format("'{}' is no diagram; there are text, mermaid and svg", text));
}

std::string diagram_of(const Telling& telling, DiagramKind kind, std::size_t width) {
  switch (kind) {
    case DiagramKind::none: return {};
    case DiagramKind::text: return text_diagram_of(telling, width);
    case DiagramKind::mermaid: return mermaid_of(telling);
    case DiagramKind::svg: return svg_of(telling);
  }
  STALEMATE_ASSERT(false, "a diagram outside the enumeration");
}

std::string text_of(const ExplorationOptions& options, const Exploration& exploration, DiagramKind kind,
                    std::size_t width) {
  std::string faults;
  for (const VirtualFaultInfo* fault : options.faults) {
    faults += (faults.empty() ? "" : ", ") + std::string(fault->name);
  }
  std::string text = fmt::format("{}: {}\n", options.pattern->name,
                                 options.faults.empty()
                                     ? "no faults"
                                     : fmt::format("at most {} of {}", count_of(options.faults_max, "fault"), faults));
  for (const JudgeFinding& finding : exploration.findings) {
    const std::string reason = reason_of(finding, options, exploration);
    text += fmt::format("  {:<20} {:<9} {}{}{}\n", finding.judge->name, name_of(finding.finding),
                        finding.witness ? words_of(*finding.witness) : fmt::format("scope {}", to_text(finding.scope)),
                        reason.empty() ? "" : ": ", reason);
  }
  text +=
      fmt::format("{} states, {} steps between them, at most {:.0f} MB; trace hash {:016x}\n", exploration.states,
                  exploration.transitions, static_cast<double>(exploration.bytes_max) / 1e6, exploration.trace_hash);
  if (options.limits.exhaust) {
    text += exploration.exhausted ? "every state was met\n"
                                  : fmt::format("not every state was met: {}\n",
                                                reason_of(exploration.exhaust_end, options.limits, exploration.runs));
  }
  for (const JudgeFinding& finding : exploration.findings) {
    if (finding.witness) {
      const Telling telling = told(*finding.witness);
      text += fmt::format("\n{} is violated by {}:\n{}", finding.judge->name, words_of(*finding.witness),
                          story_of(telling));
      text += kind == DiagramKind::none ? "" : "\n" + diagram_of(telling, kind, width);
      text += fmt::format("Again: stalemate replay {}\n", token_of(*finding.witness));
    }
  }
  return text;
}

std::string json_of(const ExplorationOptions& options, const Exploration& exploration) {
  Json findings = Json::array();
  for (const JudgeFinding& finding : exploration.findings) {
    Json one = {{"property", finding.judge->name},
                {"verdict", name_of(finding.finding)},
                {"processes", to_text(finding.scope)}};
    if (const std::string reason = reason_of(finding, options, exploration); !reason.empty()) {
      one["reason"] = reason;
    }
    if (finding.witness) {
      one["witness"] = as_json(*finding.witness, told(*finding.witness));
    }
    findings.push_back(one);
  }
  Json faults = Json::array();
  for (const VirtualFaultInfo* fault : options.faults) {
    faults.push_back(fault->name);
  }
  Json whole = {{"pattern", options.pattern->name},   {"faults", faults},
                {"faults_max", options.faults_max},   {"findings", findings},
                {"states", exploration.states},       {"transitions", exploration.transitions},
                {"bytes_max", exploration.bytes_max}, {"trace_hash", fmt::format("{:016x}", exploration.trace_hash)},
                {"exhausted", exploration.exhausted}};
  if (options.limits.exhaust && !exploration.exhausted) {
    whole["exhausted_reason"] = reason_of(exploration.exhaust_end, options.limits, exploration.runs);
  }
  return whole.dump(2) + "\n";
}

std::string json_of(const std::vector<MatrixRow>& rows) {
  Json cells = Json::array();
  for (const MatrixRow& row : rows) {
    for (const MatrixCell& cell : row.cells) {
      Json findings = Json::object();
      for (const JudgeFinding& finding : cell.exploration.findings) {
        Json one = {{"verdict", name_of(finding.finding)}};
        if (finding.witness) {
          one["steps"] = finding.witness->choices.size();
          one["faults"] = finding.witness->options.faults_max;
          one["token"] = token_of(*finding.witness);
        }
        findings[std::string(finding.judge->name)] = one;
      }
      cells.push_back({{"pattern", row.pattern->name},
                       {"fault", cell.fault == nullptr ? "" : cell.fault->name},
                       {"concerned", cell.concerned},
                       {"states", cell.exploration.states},
                       {"findings", findings}});
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
