// Foreign text: nothing in it moves a terminal, and what is printable is left alone.
#include "core/text/printable.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace stalemate {
namespace {

TEST(Printable, text_stays_as_it_is) {
  EXPECT_EQ(printable("stock of \"\xC3\xA9\", 7 \xE2\x82\xAC \xF0\x9F\x98\x80 \\u001b"),
            "stock of \"\xC3\xA9\", 7 \xE2\x82\xAC \xF0\x9F\x98\x80 \\u001b");
}

TEST(Printable, controls_of_any_kind_are_escaped) {
  EXPECT_EQ(printable("a\x1b[31mb\a\x7f\n\t"), "a\\u001b[31mb\\u0007\\u007f\\u000a\\u0009");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J"),
            "\\u009b2J");
  EXPECT_EQ(printable("\xE2\x80\xAE"
                      "drow"),
            "\\u202edrow");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\u0000");
  EXPECT_EQ(printable_lines("a\nb\r"), "a\nb\\u000d");
}

TEST(Printable, bytes_that_are_no_utf8_are_escaped_one_by_one) {
  EXPECT_EQ(printable("\x9B[31m"), "\\x9b[31m");
  EXPECT_EQ(printable("\xC3"), "\\xc3");
  EXPECT_EQ(printable("\xE2\x82"), "\\xe2\\x82");
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(printable("\xC0\x9B"), "\\xc0\\x9b") << "an overlong escape";
  EXPECT_EQ(with_controls_escaped("\xFF\x1b"), "\xFF\\u001b");
}

RC_GTEST_PROP(Printable, leaves_nothing_that_a_terminal_obeys_and_is_the_same_applied_twice, ()) {
  const auto bytes = *rc::gen::arbitrary<std::string>();
  const std::string once = printable(bytes);
  RC_ASSERT(std::ranges::none_of(once, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20U || byte == 0x7FU;
  }));
  RC_ASSERT(once.find("\xC2\x9B") == std::string::npos);
  RC_ASSERT(printable(once) == once);
}

}  // namespace
}  // namespace stalemate
