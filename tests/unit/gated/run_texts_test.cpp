// A schedule's key and values are found in an application's texts as whole words only.
#include "gated/schedules/run_texts.hpp"

#include <gmock/gmock.h>

#include "explore/application/application_world.hpp"

namespace stalemate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RunTexts, tell_the_key_and_the_values_of_a_call) {
  const RunTexts texts("100023");
  EXPECT_EQ(texts.told("DEL product:100023"), "DEL product:{key}");
  EXPECT_EQ(texts.told("update products set quantity = $2 where id = $1 (100023, 7001)"),
            "update products set quantity = $2 where id = $1 ({key}, 1)");
  EXPECT_EQ(texts.told(R"(SET product:100023 {"quantity":7000} EX 600)"), R"(SET product:{key} {"quantity":0} EX 600)");
}

TEST(RunTexts, leave_longer_numbers_and_words_alone) {
  const RunTexts texts("100023");
  EXPECT_EQ(texts.told("GET 1000230 x100023 17001 7001a 70010"), "GET 1000230 x100023 17001 7001a 70010");
  EXPECT_EQ(texts.told("7009 6999 8000"), "7009 6999 8000") << "no scope has so many writes";
}

TEST(RunTexts, tell_a_key_of_any_form) {
  EXPECT_EQ(RunTexts("7003").told("GET p:7003 7002"), "GET p:{key} 2") << "the key goes before a value";
  EXPECT_EQ(RunTexts("ab-c").told("GET p:ab-c ab-cd"), "GET p:{key} ab-cd");
  EXPECT_EQ(RunTexts().told("GET p:7001"), "GET p:1") << "before the first schedule there is no key";
}

TEST(RunTexts, tell_what_an_application_answers_by_the_scopes_numbers) {
  EXPECT_EQ(RunTexts::value_of(7000), 0);
  EXPECT_EQ(RunTexts::value_of(7007), 7);
  EXPECT_EQ(RunTexts::value_of(7008), foreign_value);
  EXPECT_EQ(RunTexts::value_of(6999), foreign_value);
  EXPECT_EQ(RunTexts::value_of(-1), foreign_value);
  EXPECT_EQ(RunTexts::value_of(1'000'000'000'000'007'001), foreign_value);
}

TEST(RunTexts, find_each_written_value_once) {
  EXPECT_THAT(RunTexts::values_in({"100023", "7002", R"({"q":7001,"old":7002})"}), ElementsAre(2, 1));
  EXPECT_THAT(RunTexts::values_in({"a.7001;", "70015", "7001e3"}), ElementsAre(1));
  EXPECT_THAT(RunTexts::values_in({}), IsEmpty());
}

}  // namespace
}  // namespace stalemate
