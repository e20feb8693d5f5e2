// The matrix as a terminal shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "explore/matrix/matrix.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

TEST(MatrixTable, has_a_heading_for_each_column_and_says_what_its_marks_mean) {
  const ExploreLimits few = {.states_max = 50};
  const std::string table = table_of({matrix_row(*PatternRegistry::find("none"), matrix_judges(), few)});
  const std::string heading = table.substr(0, table.find('\n'));
  for (const JudgeInfo* judge : matrix_judges()) {
    EXPECT_THAT(heading, HasSubstr(judge->name));
    EXPECT_THAT(table, HasSubstr(std::string(judge->name) + ": " + std::string(judge->summary)));
  }
  for (const char* mark : {"✓: holds", "A number: violated", "!: that run has the fault in it", "?: not decided"}) {
    EXPECT_THAT(table, HasSubstr(mark));
  }
}

}  // namespace
}  // namespace stalemate
