#include "report/words/words.hpp"

#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stalemate {
namespace {

TEST(Words, counts_have_their_own_singular_and_plural) {
  EXPECT_EQ(counted(0, "read"), "no reads");
  EXPECT_EQ(counted(1, "read"), "1 read");
  EXPECT_EQ(counted(2310, "read"), "2,310 reads");
}

TEST(Words, thousands_are_separated) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(18'446'744'073'709'551'615U), "18,446,744,073,709,551,615");
}

TEST(Words, a_share_is_never_rounded_to_nothing_or_everything) {
  EXPECT_EQ(percent(0), "0 %");
  EXPECT_EQ(percent(1), "100 %");
  EXPECT_EQ(percent(0.643), "64.3 %");
  EXPECT_EQ(percent(0.0334), "3.34 %");
  EXPECT_EQ(percent(0.5), "50 %");
  EXPECT_EQ(percent(1e-9), "under 0.01 %");
  EXPECT_EQ(percent(0.99999), "over 99.99 %");
  EXPECT_EQ(percent(0.9995), "99.95 %");
  EXPECT_EQ(percent_of(0, 0), "0 %");
  EXPECT_EQ(percent_of(1, 8), "12.5 %");
}

TEST(Words, durations_keep_three_digits_and_no_needless_zeros) {
  EXPECT_EQ(spoken_duration(20'000'000'000), "20 s");
  EXPECT_EQ(spoken_duration(1'240'000), "1.24 ms");
  EXPECT_EQ(spoken_duration(100'000), "100 us");
  EXPECT_EQ(spoken_duration(0), "0 ns");
  EXPECT_EQ(spoken_duration(90'000'000'000), "90 s");
  EXPECT_EQ(spoken_duration(725'000'000'000), "12 min 5 s");
  EXPECT_EQ(spoken_duration(10'920'000'000'000), "3 h 2 min");
}

TEST(Words, rates_and_ratios_show_what_matters) {
  EXPECT_EQ(short_number(10'000), "10,000");
  EXPECT_EQ(short_number(16.6667), "16.7");
  EXPECT_EQ(short_number(0.5), "0.5");
  EXPECT_EQ(decimal(2), "2.00");
  EXPECT_EQ(decimal(12345.678), "12,345.68");
}

TEST(Words, width_is_counted_in_characters) {
  EXPECT_EQ(display_width("a·b"), 3U);
  EXPECT_EQ(cut_to_width("a·b", 2), "a·");
  EXPECT_EQ(align_right("·", 3), "  ·");
  EXPECT_EQ(align_left("·", 3), "·  ");
  EXPECT_EQ(align_left("four", 3), "four");
}

TEST(Words, a_wrapped_list_item_hangs_under_its_first_word) {
  EXPECT_EQ(wrap("one two three four", 10, "- "), "- one two\n  three\n  four\n");
  EXPECT_EQ(wrap("lasted 20 ms, 3 %; 4 keys", 9), "lasted\n20 ms,\n3 %; 4\nkeys\n");
  EXPECT_EQ(wrap("", 8, "- "), "");
}

RC_GTEST_PROP(Words, wrapping_keeps_every_word_and_the_width, ()) {
  const auto words = *rc::gen::container<std::vector<std::string>>(
      rc::gen::resize(12, rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')))));
  const auto width = *rc::gen::inRange<std::size_t>(1, 40);
  std::string paragraph;
  for (const std::string& word : words) {
    paragraph += word + " ";
  }
  std::istringstream lines(wrap(paragraph, width));
  std::string joined;
  for (std::string line; std::getline(lines, line);) {
    RC_ASSERT(display_width(line) <= width || line.find(' ') == std::string::npos);
    joined += line + " ";
  }
  const auto squeezed = [](const std::string& text) {
    std::string kept;
    for (const char c : text) {
      if (c != ' ' && c != '\n') {
        kept += c;
      }
    }
    return kept;
  };
  RC_ASSERT(squeezed(joined) == squeezed(paragraph));
}

}  // namespace
}  // namespace stalemate
