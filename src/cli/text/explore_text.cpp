#include "cli/text/explore_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/assert.hpp"
#include "explore/matrix/guarantees.hpp"
#include "explore/telling/token.hpp"
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
  return fmt::format("{} {}{}", with_thousands(count), thing, count == 1 ? "" : thing.ends_with("s") ? "es" : "s");
}

/// "0.5 MB", "149 MB", "4,295 MB".
std::string megabytes(std::uint64_t bytes) {
  constexpr std::uint64_t tenth = 100'000;
  return bytes < 100 * tenth ? fmt::format("{}.{} MB", bytes / (10 * tenth), bytes / tenth % 10)
                             : with_thousands(bytes / (10 * tenth)) + " MB";
}

std::string words_of(const Witness& witness) {
  return fmt::format("{}, {}, {}, {}", count_of(witness.options.scope.processes.size(), "process"),
                     count_of(ops_of(witness.options.scope).size(), "op"), count_of(faults_of(witness), "fault"),
                     count_of(witness.choices.size(), "step"));
}

/// Why a finding is unknown, and what can be done about it.
std::string reason_of(SearchEnd end, const ExplorationOptions& options, std::uint64_t runs) {
  const ExploreLimits& limits = options.limits;
  switch (end) {
    case SearchEnd::complete: return {};
    case SearchEnd::states_max:
      return fmt::format("not decided within {}; allow more with --max-states",
                         options.fault_alone ? fmt::format("{} pairs of states", with_thousands(limits.pairs_max))
                                             : count_of(limits.states_max, "state"));
    case SearchEnd::bytes_max:
      return fmt::format("not decided within {} of memory; allow more with --max-memory", megabytes(limits.bytes_max));
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
    case Finding::unknown:
      return reason_of(finding.end, options, exploration.runs) +
             (finding.steps_ruled_out == 0
                  ? ""
                  : fmt::format("; no run of up to {} {}", count_of(finding.steps_ruled_out, "step"),
                                options.fault_alone ? "is its doing" : "violates it"));
    case Finding::vacuous: return "vacuous: no op of this scope could violate it";
    case Finding::holds:
    case Finding::violated: return {};
  }
  STALEMATE_ASSERT(false, "a finding outside the enumeration");
}

/// Whether a violation's witness is the shortest. `what`: "violates it".
std::string words_of_length(const JudgeFinding& finding, std::string_view what, const std::string& reason) {
  if (finding.end == SearchEnd::complete) {
    return fmt::format("No run with fewer steps {}.\n", what);
  }
  const std::size_t least = finding.steps_ruled_out + 1;
  const std::size_t most = finding.witness->choices.size() - 1;
  const std::string fewer = least == 1      ? "with fewer steps"
                            : least == most ? fmt::format("of {}", count_of(most, "step"))
                                            : fmt::format("of {} to {}", least, count_of(most, "step"));
  return fmt::format("Whether a run {} {} is not known: {}.\n", fewer, what, reason);
}

std::vector<std::string_view> names_of(const std::vector<const VirtualFaultInfo*>& faults) {
  std::vector<std::string_view> names;
  for (const VirtualFaultInfo* fault : faults) {
    names.push_back(fault->name);
  }
  return names;
}

/// The patterns that hold where this one is violated, as docs/guarantees.md has them.
std::vector<std::string_view> remedies_of(const ExplorationOptions& options, const JudgeFinding& finding) {
  std::vector<std::string_view> names = patterns_that_hold(*finding.judge, options.faults);
  std::erase(names, options.pattern->name);  // violated in a larger scope than the page's
  return names;
}

std::string words_of_remedy(const ExplorationOptions& options, const JudgeFinding& finding) {
  const std::vector<std::string_view> names = remedies_of(options, finding);
  const std::string where =
      fmt::format("without faults{}{}, in the scope {}", options.faults.empty() ? "" : " and with ",
                  fmt::join(names_of(options.faults), ", "), finding.judge->scope);
  if (names.empty()) {
    return fmt::format("Remedy: there is none: {} holds {}, with no pattern.\n", finding.judge->name, where);
  }
  return fmt::format("Remedy: {} holds {}, with the {} '{}'.\n", finding.judge->name, where,
                     names.size() == 1 ? "pattern" : "patterns", fmt::join(names, "', '"));
}

Json as_json(const Witness& witness, const Telling& telling) {
  Json steps = Json::array();
  for (const ToldStep& step : telling.steps) {
    steps.push_back({{"actor", step.actor.name},
                     {"target", step.target ? step.target->name : ""},
                     {"begins", step.begins},
                     {"act", step.act},
                     {"ends", step.ends},
                     {"fault", step.fault}});
  }
  return {{"pattern", witness.options.pattern->name},
          {"property", witness.options.judges.front()->name},
          {"violated", telling.violated},
          {"processes", to_text(witness.options.scope)},
          {"faults", faults_of(witness)},
          {"steps", steps},
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

/// The whole of what explore prints for people.
class Text {
 public:
  Text(const ExplorationOptions& options, const Explored& found, DiagramKind kind, std::size_t width)
      : options_(options), found_(found), kind_(kind), width_(width) {}

  [[nodiscard]] std::string whole() const {
    const Exploration& exploration = found_.exploration;
    std::string text =
        fmt::format("{}: {}{}\n", options_.pattern->name,
                    options_.faults.empty() ? "no faults"
                                            : fmt::format("at most {} of {}", count_of(options_.faults_max, "fault"),
                                                          fmt::join(names_of(options_.faults), ", ")),
                    options_.one_after_another ? "; no client's op overlaps another's" : "");
    for (const JudgeFinding& finding : exploration.findings) {
      text += line_of(finding, exploration);
    }
    text += fmt::format("{}, {} between them, at most {}; trace hash {:016x}\n", count_of(exploration.states, "state"),
                        count_of(exploration.transitions, "step"), megabytes(exploration.bytes_max),
                        exploration.trace_hash);
    if (options_.limits.exhaust) {
      text += exploration.exhausted ? "every state was met\n"
                                    : fmt::format("not every state was visited: {}\n",
                                                  reason_of(exploration.exhaust_end, options_, exploration.runs));
    }
    text += of_faults_alone();
    for (const JudgeFinding& finding : exploration.findings) {
      text += finding.witness ? story(finding, exploration, options_, "") : "";
    }
    for (const FaultAlone& alone : found_.alone) {
      for (const JudgeFinding& finding : alone.exploration.findings) {
        if (finding.witness && !is_told(finding)) {
          text += story(finding, alone.exploration, alone.options, alone.options.faults.front()->name);
        }
      }
    }
    return text;
  }

 private:
  [[nodiscard]] std::string line_of(const JudgeFinding& finding, const Exploration& exploration) const {
    const std::string reason = reason_of(finding, options_, exploration);
    return fmt::format("  {:<20} {:<9} {}{}{}\n", finding.judge->name, name_of(finding.finding),
                       finding.witness ? words_of(*finding.witness) : fmt::format("scope {}", to_text(finding.scope)),
                       reason.empty() ? "" : ": ", reason);
  }

  /// The violation that the witness of `finding` shows was told already.
  [[nodiscard]] bool is_told(const JudgeFinding& finding) const {
    const JudgeFinding& first = finding_of(found_.exploration, *finding.judge);
    return first.witness && story_of(told(*first.witness)) == story_of(told(*finding.witness));
  }

  /// What each fault does by itself: a line a property that is violated with the faults.
  [[nodiscard]] std::string of_faults_alone() const {
    std::string text;
    for (const FaultAlone& alone : found_.alone) {
      for (const JudgeFinding& finding : alone.exploration.findings) {
        std::string words = "does no harm by itself";
        if (finding.witness) {
          const std::size_t steps = finding.witness->choices.size();
          words = is_told(finding) ? fmt::format("is to blame for the {} steps below", steps)
                                   : fmt::format("is to blame for {} other steps, below", steps);
        } else if (finding.finding == Finding::unknown) {
          words = reason_of(finding, alone.options, alone.exploration);
        }
        text += fmt::format("  {:<20} {:<12} {}\n", finding.judge->name, alone.options.faults.front()->name, words);
      }
    }
    return text.empty() ? "" : "each fault by itself, where the same order of steps is right without it:\n" + text;
  }

  /// `blamed`: the fault that is to blame; empty where that was not asked.
  [[nodiscard]] std::string story(const JudgeFinding& finding, const Exploration& exploration,
                                  const ExplorationOptions& options, std::string_view blamed) const {
    const Telling telling = told(*finding.witness);
    std::string text = fmt::format("\n{} is violated by {}{}:\n{}", finding.judge->name,
                                   blamed.empty() ? "" : fmt::format("{} itself, ", blamed), words_of(*finding.witness),
                                   story_of(telling));
    text += blamed.empty() ? "" : fmt::format("Without the fault ({}) the same order of steps is right.\n", blamed);
    const std::string_view what = blamed.empty() ? "violates it" : "is its doing";
    text += words_of_length(finding, what, reason_of(finding.end, options, exploration.runs));
    text += kind_ == DiagramKind::none ? "" : "\n" + diagram_of(telling, kind_, width_);
    text += fmt::format("Again: stalemate replay {}\n", token_of(*finding.witness));
    return text + words_of_remedy(options, finding);
  }

  const ExplorationOptions& options_;
  const Explored& found_;
  DiagramKind kind_;
  std::size_t width_;
};

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

std::string text_of(const ExplorationOptions& options, const Explored& found, DiagramKind kind, std::size_t width) {
  return Text(options, found, kind, width).whole();
}

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
