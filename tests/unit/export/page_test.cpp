// docs/export.md names every format, every column and every metric. UPDATE_GOLDEN=1 rewrites its table of formats.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "export/tables.hpp"
#include "unit/export/subject.hpp"
#include "unit/report/golden.hpp"

namespace stalemate::exporting {
namespace {

const std::string page_path = "docs/export.md";

std::string table_of_formats() {
  std::string table = "| format | files named | what it holds |\n|---|---|---|\n";
  for (const ExportFormat& format : ExportFormatRegistry::all()) {
    table += "| `" + std::string(format.name) + "` | `*" + std::string(format.ending) + "` | " +
             std::string(format.summary) + " |\n";
  }
  return table;
}

TEST(ExportPage, has_every_format) {
  const std::string begin = "<!-- formats: generated, see tests/unit/export/page_test.cpp -->\n";
  const std::string end = "<!-- end of formats -->\n";
  std::string page = text_of_file(source_path(page_path));
  const std::size_t from = page.find(begin) + begin.size();
  const std::size_t to = page.find(end);
  ASSERT_LT(from, page.size());
  ASSERT_LE(from, to);
  if (updates_golden()) {
    page.replace(from, to - from, table_of_formats());
    std::ofstream(source_path(page_path), std::ios::binary) << page;
    return;
  }
  EXPECT_EQ(page.substr(from, to - from), table_of_formats()) << "run the test again with UPDATE_GOLDEN=1";
}

TEST(ExportPage, has_every_column_and_every_metric) {
  const std::string page = text_of_file(source_path(page_path));
  const History history = make_history({}, {});
  for (const auto& column : op_columns(history)) {
    EXPECT_THAT(page, testing::HasSubstr("`" + column.name + "`"));
  }
  for (const auto& column : step_columns(history)) {
    EXPECT_THAT(page, testing::HasSubstr("`" + column.name + "`"));
  }
  std::istringstream lines(exported("prometheus", history));
  int metrics = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      EXPECT_THAT(page, testing::HasSubstr("| `" + line.substr(7, line.find(' ', 7) - 7) + "` |"));
      ++metrics;
    }
  }
  EXPECT_GE(metrics, 13);
}

}  // namespace
}  // namespace stalemate::exporting
