#include "cli/text/explore_text.hpp"

#include <fmt/format.h>

#include "cli/text/explore_words.hpp"
#include "core/assert.hpp"
#include "explore/telling/token.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

/// The whole of what explore prints for people.
class Text {
 public:
  Text(const ExplorationOptions& options, const Explored& found, DiagramKind kind, std::size_t width,
       const Marks& marks)
      : options_(options), found_(found), kind_(kind), width_(width), marks_(marks) {}

  [[nodiscard]] std::string whole() const {
    const Exploration& exploration = found_.exploration;
    std::string text = headline() + "\n";
    for (const JudgeFinding& finding : exploration.findings) {
      text += line_of(finding);
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

  [[nodiscard]] std::string headline() const {
    return fmt::format("{}: {}{}", options_.pattern->name,
                       options_.faults.empty() ? "no faults"
                                               : fmt::format("at most {} of {}", count_of(options_.faults_max, "fault"),
                                                             fmt::join(names_of(options_.faults), ", ")),
                       options_.one_after_another ? "; no client's op overlaps another's" : "");
  }

  [[nodiscard]] VerdictCase case_of(const JudgeFinding& finding) const {
    return {.name = std::string(finding.judge->name),
            .fact = finding.finding == Finding::vacuous
                        ? circumstances_of(finding)
                        : fmt::format("{}, {}", name_of(finding.finding), circumstances_of(finding)),
            .verdict = case_verdict_of(finding.finding),
            .proof = finding.witness ? story(finding, found_.exploration, options_, "") : ""};
  }

 private:
  /// "2 processes, 3 ops, no faults, 9 steps", "scope w,r: not decided within ...".
  [[nodiscard]] std::string circumstances_of(const JudgeFinding& finding) const {
    const std::string reason = reason_of(finding, options_, found_.exploration);
    return fmt::format("{}{}{}",
                       finding.witness ? words_of(*finding.witness) : fmt::format("scope {}", to_text(finding.scope)),
                       reason.empty() ? "" : ": ", reason);
  }

  [[nodiscard]] std::string line_of(const JudgeFinding& finding) const {
    return fmt::format("{} {:<20} {:<9} {}\n", marks_.of(case_verdict_of(finding.finding)), finding.judge->name,
                       name_of(finding.finding), circumstances_of(finding));
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
  Marks marks_;
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

std::string text_of(const ExplorationOptions& options, const Explored& found, DiagramKind kind, std::size_t width,
                    const Marks& marks) {
  return Text(options, found, kind, width, marks).whole();
}

VerdictSheet sheet_of(const ExplorationOptions& options, const Explored& found, const std::string& again) {
  const Text text(options, found, DiagramKind::none, any_width, Marks{});
  VerdictSheet sheet{.command = "explore",
                     .subject = std::string(options.pattern->name),
                     .headline = text.headline() + ".",
                     .again = again};
  for (const JudgeFinding& finding : found.exploration.findings) {
    sheet.cases.push_back(text.case_of(finding));
  }
  return sheet;
}

CaseVerdict case_verdict_of(Finding finding) {
  switch (finding) {
    case Finding::holds: return CaseVerdict::passed;
    case Finding::violated: return CaseVerdict::failed;
    case Finding::unknown: return CaseVerdict::unknown;
    case Finding::vacuous: return CaseVerdict::vacuous;
  }
  STALEMATE_ASSERT(false, "a finding outside the enumeration");
}

}  // namespace stalemate
