// Engines that cannot do what a scenario needs.
#include "scenario/engine_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/engine.hpp"
#include "engines/cache_engine.hpp"
#include "engines/database_engine.hpp"

namespace stalemate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Engines that read and write, and nothing else.
const DatabaseEngine bare_database = {};
const CacheEngine bare_cache = {};
[[maybe_unused]] const bool bare_engines_registered =
    EngineRegistry::add({.name = "bare-database", .title = "BareDatabase", .database = &bare_database}) &&
    EngineRegistry::add({.name = "bare-cache", .title = "BareCache", .cache = &bare_cache});

std::string trouble(const Scenario& scenario) {
  const Result<void> checked = validate_registered(scenario);
  EXPECT_TRUE(checked || checked.error().code == ErrorCode::wrong_type);
  return checked ? "" : checked.error().detail;
}

TEST(EngineCheck, refuses_an_engine_that_there_is_not_and_names_those_there_are) {
  Scenario scenario;
  scenario.database = "postgers";
  EXPECT_THAT(trouble(scenario), AllOf(HasSubstr("database: there is no database engine 'postgers'"),
                                       HasSubstr("did you mean 'postgres'?"), HasSubstr("cockroach")));
  scenario.database = "redis";
  EXPECT_THAT(trouble(scenario), HasSubstr("database: there is no database engine 'redis'"));
  scenario = {};
  scenario.cache_engine = "radis";
  EXPECT_THAT(trouble(scenario),
              AllOf(HasSubstr("cache_engine: there is no cache engine 'radis'"), HasSubstr("did you mean 'redis'?")));
}

TEST(EngineCheck, refuses_a_pattern_that_needs_more_and_names_those_that_work) {
  Scenario scenario;
  scenario.cache_engine = "bare-cache";
  EXPECT_EQ(trouble(scenario), "");
  scenario.pattern = "near-cache";
  EXPECT_THAT(
      trouble(scenario),
      AllOf(HasSubstr("pattern: 'near-cache' needs pushes of the cache, which BareCache does not have; "),
            HasSubstr("cache-aside, "), HasSubstr("none, "), Not(HasSubstr("lease")), Not(HasSubstr("write-behind"))));
  scenario.pattern = "write-behind";
  EXPECT_THAT(trouble(scenario), HasSubstr("needs cache commands and a queue in the cache"));
  scenario.pattern = "lease";
  EXPECT_THAT(trouble(scenario), HasSubstr("needs leases in the cache"));
}

TEST(EngineCheck, asks_the_database_for_what_is_the_databases) {
  Scenario scenario;
  scenario.database = "bare-database";
  EXPECT_EQ(trouble(scenario), "");
  scenario.pattern = "outbox";
  EXPECT_THAT(trouble(scenario), HasSubstr("needs an outbox in the database, which BareDatabase does not have"));
  scenario.pattern = "versioned-fill";
  EXPECT_THAT(trouble(scenario), HasSubstr("needs row versions, which BareDatabase"));
  scenario.pattern = "lease";
  EXPECT_EQ(trouble(scenario), "") << "what the cache does is none of the database's business";
}

TEST(EngineCheck, refuses_a_part_of_a_second_where_the_cache_counts_whole_ones) {
  Scenario scenario;
  scenario.cache_engine = "bare-cache";
  scenario.time_to_live_ns = 500'000'000;
  EXPECT_EQ(trouble(scenario),
            "time_to_live: 500ms needs times to live in milliseconds, which BareCache does not have: it counts whole "
            "seconds; write 1s, or name another engine");
  scenario.time_to_live_ns = 1'500'000'000;
  EXPECT_THAT(trouble(scenario), HasSubstr("write 2s, or"));
  scenario.time_to_live_ns = 2'000'000'000;
  EXPECT_EQ(trouble(scenario), "");
  scenario.time_to_live_ns = 0;
  EXPECT_EQ(trouble(scenario), "");
}

TEST(EngineCheck, lets_entries_live_for_a_part_of_a_second_where_somebody_counts_it) {
  Scenario scenario;
  scenario.time_to_live_ns = 500'000'000;
  for (const auto& [engine, pattern] : {std::pair("redis", "cache-aside"), std::pair("valkey", "lease"),
                                        std::pair("memcached", "versioned-fill"), std::pair("memcached", "gumball")}) {
    scenario.cache_engine = engine;
    scenario.pattern = pattern;
    EXPECT_EQ(trouble(scenario), "") << pattern << " on " << engine;
  }
}

TEST(EngineCheck, asks_nothing_of_a_cache_that_is_not_there) {
  Scenario scenario;
  scenario.pattern = "none";
  scenario.has_cache = false;
  scenario.cache_engine = "redis";
  EXPECT_EQ(trouble(scenario), "");
}

TEST(EngineCheck, refuses_a_fault_that_cannot_be_done_to_such_a_server) {
  Scenario scenario;
  scenario.cache_engine = "bare-cache";
  scenario.faults = {{"stall", "cache@1s+1s"}};
  EXPECT_EQ(trouble(scenario), "") << "a process can always be stopped";
  scenario.faults = {{"unreachable", "cache@1s+1s"}};
  EXPECT_THAT(trouble(scenario),
              HasSubstr("faults.unreachable: it needs connections that are cut off, which BareCache does not have"));
  scenario.faults = {{"unreachable", "db@1s+1s"}};
  EXPECT_EQ(trouble(scenario), "");
  scenario.database = "bare-database";
  scenario.faults = {{"refused", "update=1%"}};
  EXPECT_THAT(trouble(scenario), HasSubstr("needs writes that the database rolls back"));
}

}  // namespace
}  // namespace stalemate
