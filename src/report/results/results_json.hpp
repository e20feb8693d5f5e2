// results.json: RunResults as text and back. docs/results.md is generated from the same description of the fields.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "report/results/run_results.hpp"

namespace stalemate {

/// One field of results.json. `path` has dots between the levels, `[]` after a list and `<name>` for a name that
/// depends on the run; the fields of two objects alike are told once: "engines[].role", "errors.<name>",
/// "{reads,writes}.sent".
struct ResultsField {
  std::string path;
  std::string_view
      kind;  ///< "text", "count", "number", "ratio", "nanoseconds", "seconds", "yes/no", "object"; "or null"
  std::string_view meaning;  ///< in Markdown
};

/// All fields, in the order in which they are written.
[[nodiscard]] std::span<const ResultsField> results_fields();
/// The table of docs/results.md: Markdown, one row a field.
[[nodiscard]] std::string results_fields_table();

/// Indented, keys always in the same order, one newline at the end. The same results give the same bytes.
[[nodiscard]] std::string to_json(const RunResults& results);
/// What to_json wrote, exactly. A missing field keeps its default; an unknown one is ignored, so that the results of a
/// newer version can still be compared.
/// Errors: ErrorCode::wrong_type with a sentence that names the field, or the place where the text is not JSON.
[[nodiscard]] Result<RunResults> from_json(std::string_view text);

}  // namespace stalemate
