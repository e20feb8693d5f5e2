#include "application/requests/value_place.hpp"

#include <gtest/gtest.h>

namespace stalemate {
namespace {

/// The number at a place, "nothing", or the sentence.
std::string number_at(std::string_view place, const RawAnswer& answer) {
  const Result<ValuePlace> read = ValuePlace::read(place);
  EXPECT_TRUE(read) << place;
  const Result<std::optional<std::int64_t>> number = read->number_in(answer);
  return !number ? number.error().detail : *number ? std::to_string(**number) : "nothing";
}

std::string number_in_body(std::string_view place, std::string body) {
  return number_at(place, {.body = std::move(body)});
}

TEST(ValuePlace, finds_a_value_by_json_pointer) {
  EXPECT_EQ(number_in_body("/quantity", R"({"quantity": 3})"), "3");
  EXPECT_EQ(number_in_body("/items/1/quantity", R"({"items": [{}, {"quantity": "-4"}]})"), "-4");
  EXPECT_EQ(number_in_body("/a~1b", R"({"a/b": 7.00})"), "7");
  EXPECT_EQ(number_in_body("/quantity", R"({"quantity": null})"), "nothing");
}

TEST(ValuePlace, finds_a_value_in_header_body_and_by_expression) {
  EXPECT_EQ(number_at("header:x-quantity", {.headers = {{"X-Other", "1"}, {"X-Quantity", " 5 "}}}), "5");
  EXPECT_EQ(number_in_body("body", " 12\r\n"), "12");
  EXPECT_EQ(number_in_body("regex:quantity=([0-9]+)", "id=1&quantity=42"), "42");
  EXPECT_EQ(number_in_body("regex:[0-9]+", "there are 9 left"), "9");
  EXPECT_EQ(number_in_body("regex:sold ([0-9]+)", "nothing here"), "nothing");
}

TEST(ValuePlace, says_why_an_answer_makes_no_sense) {
  EXPECT_EQ(number_in_body("/q", "<html>\n<b>"), "the answer is not JSON: '<html> <b>'");
  EXPECT_EQ(number_in_body("/q", ""), "the answer is not JSON: it is empty");
  EXPECT_EQ(number_in_body("/q", R"({"x": 1})"), R"(the answer has no /q: '{"x": 1}')");
  EXPECT_EQ(number_in_body("/q/99999999999999999999999", R"({"q": [1]})"),
            R"(the answer has no /q/99999999999999999999999: '{"q": [1]}')");
  EXPECT_EQ(number_in_body("/q", R"({"q": [1]})"), R"(at /q the answer has a list, not a value: '{"q": [1]}')");
  EXPECT_EQ(number_in_body("/q", R"({"q": "many"})"), "at /q the answer has no whole number: 'many'");
  EXPECT_EQ(number_in_body("/q", R"({"q": 1.5})"), "at /q the answer has no whole number: '1.5'");
  EXPECT_EQ(number_at("header:X", {}), "the answer has no header X");
  EXPECT_EQ(number_in_body("body", "99999999999999999999"),
            "at body the answer has no whole number: '99999999999999999999'");
}

TEST(ValuePlace, gives_up_on_an_expression_that_would_take_for_ever) {
  EXPECT_TRUE(number_in_body("regex:(a+)+b", std::string(50'000, 'a')).starts_with("the expression takes too long"));
}

TEST(ValuePlace, survives_deep_nesting) {
  const std::string deep = std::string(200'000, '[');
  EXPECT_TRUE(number_in_body("/q", deep).starts_with("the answer is not JSON"));
  EXPECT_TRUE(number_in_body("/q", deep + std::string(200'000, ']')).starts_with("the answer has no /q"));
}

TEST(QuotedBeginning, is_one_printable_line) {
  EXPECT_EQ(quoted_beginning("a\nb\x1b[31m"), "'a b\\u001b[31m'");
  EXPECT_EQ(quoted_beginning(std::string(300, 'x')), "'" + std::string(100, 'x') + "...'");
}

}  // namespace
}  // namespace stalemate
