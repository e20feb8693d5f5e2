// The sequence diagram in plain text, at every width.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "core/text/sequence_text.hpp"

namespace stalemate {
namespace {

const std::vector<std::string> names = {"client 0 read 144", "client 1 write 152", "db", "cache"};
const std::vector<SequenceRow> rows = {
    {.left = "0.5 s", .from = 0, .to = 3, .words = "cache.set 1048: ok"},
    {.left = "0.75 s", .from = 1, .to = 2, .words = "db.update 1051: ok, version 22266360"},
    {.left = "1 s", .from = 1, .to = 3, .arrives = false, .words = "cache.delete: skipped by the fault skip"},
    {.left = "2 s", .from = 3, .words = "the cache forgets it"}};

std::size_t longest_line_of(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) {
    longest = std::max(longest, line.size());
  }
  return longest;
}

TEST(SequenceText, has_a_line_a_row_where_there_is_room) {
  const std::string text = sequence_text(names, rows);
  EXPECT_EQ(text,
            "         client 0 read 144   client 1 write 152   db   cache\n"
            "0.5 s            |-------------------------------------->|     cache.set 1048: ok\n"
            "0.75 s           |                    |----------->|     |     db.update 1051: ok, version 22266360\n"
            "1 s              |                    |-----------------x|     cache.delete: skipped by the fault skip\n"
            "2 s              |                    |            |     *     the cache forgets it\n");
  EXPECT_EQ(sequence_text(names, rows, longest_line_of(text)), text);
}

TEST(SequenceText, breaks_words_and_then_names_where_it_is_too_wide) {
  EXPECT_EQ(sequence_text(names, rows, 80),
            "         client 0   client 1    db   cache\n"
            "         read 144   write 152\n"
            "0.5 s        |------------------------>|     cache.set 1048: ok\n"
            "0.75 s       |          |------->|     |     db.update 1051: ok, version\n"
            "             |          |        |     |     22266360\n"
            "1 s          |          |-------------x|     cache.delete: skipped by the fault\n"
            "             |          |        |     |     skip\n"
            "2 s          |          |        |     *     the cache forgets it\n");
}

TEST(SequenceText, puts_words_below_where_there_is_no_room_beside) {
  const std::string text = sequence_text(names, rows, 50);
  EXPECT_LE(longest_line_of(text), 50U);
  EXPECT_NE(text.find("\n    db.update 1051: ok, version 22266360\n"), std::string::npos) << text;
}

TEST(SequenceText, is_no_wider_than_asked_where_parties_and_the_longest_word_fit) {
  for (std::size_t width = 48; width < 120; ++width) {
    EXPECT_LE(longest_line_of(sequence_text(names, rows, width)), width);
  }
}

}  // namespace
}  // namespace stalemate
