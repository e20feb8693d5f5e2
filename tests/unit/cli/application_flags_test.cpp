// What the flags of a run ask of a user's own service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <string>

#include "cli/run/run_flags.hpp"

namespace stalemate {
namespace {

Result<Scenario> load_of(const std::string& arguments) {
  CLI::App app;
  RunFlags flags;
  flags.describe(app);
  app.parse(arguments);
  return flags.application_scenario("shop", "");
}

TEST(LoadOfAnApplication, has_as_many_keys_as_were_asked_for) {
  EXPECT_EQ(load_of("--keys 10").value().keys, 10U);
  EXPECT_EQ(load_of("--keys 1e3").value().keys, 1000U);
  EXPECT_EQ(load_of("").value().keys, 6U);
}

TEST(LoadOfAnApplication, with_fewer_keys_than_six_is_refused) {
  const Result<Scenario> few = load_of("--keys 5");
  ASSERT_FALSE(few);
  EXPECT_THAT(few.error().detail, testing::HasSubstr("6 keys or more, not 5"));
}

}  // namespace
}  // namespace stalemate
