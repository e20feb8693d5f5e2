// Steps as CSV come back as they were; DuckDB reads the tables in Parquet in tests/live/cli_export_test.cpp.
#include <gtest/gtest.h>

#include "export/tables.hpp"
#include "unit/export/subject.hpp"

namespace stalemate::exporting {
namespace {

/// By the letter of RFC 4180, with line feeds.
std::vector<std::vector<std::string>> rows_in(const std::string& text) {
  std::vector<std::vector<std::string>> rows = {{""}};
  bool is_quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char letter = text[at];
    if (is_quoted && letter == '"' && at + 1 < text.size() && text[at + 1] == '"') {
      rows.back().back() += text[++at];
    } else if (letter == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && letter == ',') {
      rows.back().emplace_back();
    } else if (!is_quoted && letter == '\n') {
      rows.push_back({""});
    } else {
      rows.back().back() += letter;
    }
  }
  EXPECT_EQ(rows.back(), std::vector<std::string>{""}) << "the last line ends";
  rows.pop_back();
  return rows;
}

std::string text_of(bool is_there, auto number) {
  return is_there ? std::to_string(number) : "";
}

std::vector<std::string> row_of(const HistoryHeader& header, const StepRecord& step) {
  const std::size_t command = std::min<std::size_t>(step.cache_command(), header.cache_commands.size());
  // A run's own quantities are none below 0: there are deletes, and rows that are not there.
  const bool is_quantity = step.value() != absent && (is_imported(header) || step.value() >= 0);
  return {std::to_string(step.op()),
          std::string(name_of(step.store())),
          std::string(name_of(step.command())),
          std::string(name_of(step.role())),
          std::string(name_of(step.outcome())),
          step.error() == ErrorCode::none ? "" : std::string(name_of(step.error())),
          step.skipped() ? "yes" : "no",
          header.fault_names[step.fault()],
          std::to_string(step.retries()),
          command == header.cache_commands.size() ? "unnamed" : header.cache_commands[command].name,
          text_of(is_quantity, step.value()),
          text_of(step.version() != unknown_version, step.version()),
          std::to_string(step.start_ns()),
          text_of(step.end_ns() != never, step.end_ns())};
}

RC_GTEST_PROP(StepsAsCsv, are_one_row_each_with_every_field, ()) {
  const History history = any_history(30);
  const auto rows = rows_in(exported("csv-steps", history));
  RC_ASSERT(rows.size() == history.steps().size() + 1);
  std::vector<std::string> names;
  for (const auto& column : step_columns(history)) {
    names.push_back(column.name);
  }
  RC_ASSERT(rows.front() == names);
  for (std::size_t place = 0; place < history.steps().size(); ++place) {
    RC_ASSERT(rows[place + 1] == row_of(history.header, history.steps()[place]));
  }
}

TEST(Formats, are_found_by_the_longest_ending_of_a_files_name) {
  EXPECT_EQ(export_format_of_file("runs/a.parquet")->name, "parquet");
  EXPECT_EQ(export_format_of_file("runs/a.steps.parquet")->name, "parquet-steps");
  EXPECT_EQ(export_format_of_file("steps.csv")->name, "csv-steps");
  EXPECT_EQ(export_format_of_file("a.csv")->name, "csv");
  EXPECT_EQ(export_format_of_file("a.xml"), nullptr);
  EXPECT_EQ(export_format_of_file("csv"), nullptr);
}

}  // namespace
}  // namespace stalemate::exporting
