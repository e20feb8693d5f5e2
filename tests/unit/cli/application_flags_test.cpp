// What the flags of a run ask of a user's own service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "application/application.hpp"
#include "cli/run/run_flags.hpp"
#include "plan/plan.hpp"

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

/// Why that fault is not had of a service with such stores; empty: it is.
std::string why_not(const std::string& fault, const ApplicationStores& stores = {}) {
  CLI::App app;
  RunFlags flags;
  flags.describe(app);
  app.parse(std::vector<std::string>{fault, "--fault"});
  Application application;
  application.stores = stores;
  Scenario scenario = flags.application_scenario("shop", "").value();
  const Result<void> added = flags.fit_to_application(scenario, application);
  EXPECT_TRUE(!added || Plan::make(scenario)) << "what is not refused can be planned";
  return added ? "" : added.error().detail;
}

TEST(FaultsOfAnApplication, are_those_that_gates_can_do) {
  for (const char* fault :
       {"invalidate: lost-request n=3", "cache: lost-reply 1%", "update: refused 1%", "db: delay 15ms",
        "fill: delayed 20ms 2s..5s", "update: duplicated 10ms 1%", "cache: unreachable 1s..2s", "db: stall 1s..2s",
        "invalidate: skip 1%", "cache: restart 1s..2s", "cache: evict 1s..2s", "db: restart 1s..2s",
        "lost-request=invalidate=1%"}) {
    EXPECT_EQ(why_not(fault), "") << fault;
  }
}

TEST(FaultsOfAnApplication, that_nobody_could_do_are_refused_with_the_reason) {
  using testing::HasSubstr;
  const ApplicationStores yours = {.database = StoreAddress{}, .cache = StoreAddress{}};
  const ApplicationStores no_cache = {.wants_cache = false};
  EXPECT_EQ(why_not("update: skip 1%"),
            "the fault 'update: skip 1%' is not for this application: a gate cannot answer in the database's stead; "
            "lost-request loses the call, and its connection with it; leave it out");
  EXPECT_THAT(why_not("invalidate: crash n=3"), HasSubstr("'explore --faults crash' alone"));
  EXPECT_THAT(why_not("push: lost-push 5%"), HasSubstr("what a cache tells unasked"));
  EXPECT_THAT(why_not("replica: replica-lag 2s..5s"), HasSubstr("a replica is not known"));
  EXPECT_THAT(why_not("cache: rollback 2s..5s"), HasSubstr("'explore --faults rollback' alone"));
  EXPECT_THAT(why_not("db: rollback 2s..5s"), HasSubstr("a gate cannot take back what a database has committed"));
  EXPECT_THAT(why_not("cache: expire 2s..5s"), HasSubstr("is its own"));
  EXPECT_THAT(why_not("cache: restart 2s..5s", yours), HasSubstr("a store of yours is not killed"));
  EXPECT_THAT(why_not("cache: evict 2s..5s", yours), HasSubstr("by your own requests alone"));
  EXPECT_EQ(why_not("cache: unreachable 2s..5s", yours), "");
  EXPECT_THAT(why_not("cache: restart 2s..5s kept"),
              testing::EndsWith(": its private cache keeps nothing over a restart; leave 'kept' out"));
  EXPECT_THAT(why_not("fill: lost-request 1%", no_cache), HasSubstr("it has no cache"));
  EXPECT_THAT(why_not("cache: stall 2s..5s", no_cache), HasSubstr("it has no cache"));
  EXPECT_THAT(why_not("update: lost-request 1% key=47b0472d-708c-4377-aab4-acf8752f0ecb"), HasSubstr("key= names"));
  EXPECT_THAT(why_not("update: losst 1%"), HasSubstr("there is no fault"));
}

}  // namespace
}  // namespace stalemate
