// What explore and replay print of a witness and of an exploration.
#pragma once

#include <optional>
#include <string>

#include "cli/stores/replay_on_stores.hpp"
#include "core/error.hpp"
#include "explore/exploration.hpp"
#include "explore/matrix/matrix.hpp"
#include "explore/telling/telling.hpp"
#include "report/ci/verdict_sheet.hpp"

namespace stalemate {

/// How a witness is drawn; `none`: only told.
enum class DiagramKind : std::uint8_t { none, text, mermaid, svg };

/// Errors: ErrorCode::wrong_type where it is none of text, mermaid and svg.
[[nodiscard]] Result<DiagramKind> parse_diagram(const std::string& text);
/// `width`: of a text diagram, in columns.
[[nodiscard]] std::string diagram_of(const Telling& telling, DiagramKind kind, std::size_t width);

/// What a fault does by itself.
struct FaultAlone {
  ExplorationOptions options = {};  ///< what was searched, with this one fault
  Exploration exploration = {};     ///< of the properties that do not hold with all faults that were asked for
};

/// What explore finds.
struct Explored {
  Exploration exploration = {};
  std::vector<FaultAlone> alone = {};  ///< of each fault that was asked for; empty with random runs
};

/// A table of verdicts, a table of what each fault does by itself, then each violation with its story, its token and
/// its remedy. Requires: tell() succeeds on every witness.
[[nodiscard]] std::string text_of(const ExplorationOptions& options, const Explored& found, DiagramKind kind,
                                  std::size_t width, const Marks& marks);
/// For CI: a case a property. `again`: the command that explores once more.
[[nodiscard]] VerdictSheet sheet_of(const ExplorationOptions& options, const Explored& found, const std::string& again);
/// The verdict of a property's finding.
[[nodiscard]] CaseVerdict case_verdict_of(Finding finding);
/// The same as one JSON object.
[[nodiscard]] std::string json_of(const ExplorationOptions& options, const Explored& found);
/// A witness as one JSON object, with its outcome on real servers (null if it was not replayed there).
[[nodiscard]] std::string json_of(const Witness& witness, const Telling& telling,
                                  const std::optional<LiveReplay>& live);
/// The matrix as one JSON object: a list of cells, each with its findings.
[[nodiscard]] std::string json_of(const std::vector<MatrixRow>& rows);

}  // namespace stalemate
