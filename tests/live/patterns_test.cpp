// Every caching pattern on real servers, with every database and every cache that can do it: a short run of modest load
// in which no write overlaps another op.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/run/run_job.hpp"
#include "core/engine.hpp"
#include "core/pattern/pattern.hpp"
#include "engines/cache_engine.hpp"
#include "engines/database_engine.hpp"
#include "live/drivers_fixture.hpp"

namespace stalemate {
namespace {

// These have readers see an old entry until something that no client waits for has happened.
const std::set<std::string_view> lagging = {"ttl-only", "outbox", "cdc-invalidate", "cdc-versioned", "refresh-ahead"};

// These may leave an old entry behind for a while even after the background part is through.
const std::set<std::string_view> settling_later = {"ttl-only", "refresh-ahead"};

struct EnginesUnderTest {
  std::string database;
  std::string cache;
};

// Every database with Redis, and every other cache with PostgreSQL, of those that are started privately, and not by
// another that stands in for them.
std::vector<EnginesUnderTest> engines_under_test() {
  std::vector<EnginesUnderTest> pairs;
  for (const EngineInfo& engine : EngineRegistry::all()) {
    const std::string name(engine.name);
    if (engine.database != nullptr && engine.database->server != nullptr && engine.database->stand_in_title.empty()) {
      pairs.push_back({name, "redis"});
    } else if (engine.cache != nullptr && engine.cache->server != nullptr && name != "redis") {
      pairs.push_back({"postgres", name});
    }
  }
  return pairs;
}

// Fewer than these would mean that an engine lost an ability.
const std::map<std::string, unsigned> patterns_min = {
    {"postgres_and_redis", 24}, {"postgres_and_memcached", 20}, {"mariadb_and_redis", 20}};

std::string pair_name(const EnginesUnderTest& engines) {
  return engines.database + "_and_" + engines.cache;
}

class PatternsLiveTest : public DriversLiveTest, public testing::WithParamInterface<EnginesUnderTest> {
 protected:
  void SetUp() override {
    const ServerKind* const database_server = database().database->server;
    const ServerKind* const cache_server = cache().cache->server;
    for (const ServerKind* const server : {database_server, cache_server}) {
      if (const auto found = server->find({}); !found) {
        GTEST_SKIP() << found.error().detail;
      }
    }
    start(database_server, cache_server);
  }

  [[nodiscard]] static const EngineInfo& database() { return *find_engine(GetParam().database, Store::database); }
  [[nodiscard]] static const EngineInfo& cache() { return *find_engine(GetParam().cache, Store::cache); }
  [[nodiscard]] static bool can_run(const PatternInfo& pattern) {
    return (needed_by(pattern, Store::database) & ~database().abilities) == 0 &&
           (needed_by(pattern, Store::cache) & ~cache().abilities) == 0;
  }

  Scenario scenario_for(const PatternInfo& pattern, bool serialize) {
    Scenario scenario = load_scenario("before").value();
    scenario.database = GetParam().database;
    const auto set = [&scenario](std::string_view key, std::string_view text) {
      const Result<void> done = set_field(scenario, key, text);
      EXPECT_TRUE(done) << key << ": " << done.error().detail;
    };
    scenario.faults.clear();
    scenario.cache_engine = GetParam().cache;
    scenario.pattern = pattern.name;
    if (pattern.entry_after_write == EntryAfterWrite::no_cache) {
      scenario.has_cache = false;
    }
    scenario.clients = 4;
    scenario.serialize = serialize;
    set("read_every", "3ms");
    set("write_every", "60ms");
    set("duration", "400ms");
    return scenario;
  }

  Result<FinishedRun> run_pattern(const PatternInfo& pattern, bool serialize) {
    RunFlags flags;
    flags.stores.database_urls = {database_address().url};
    flags.stores.cache_url = cache_address().url;
    flags.out = base_.path() / "runs";
    flags.no_live = true;
    return do_run(scenario_for(pattern, serialize), flags);
  }
};

INSTANTIATE_TEST_SUITE_P(On, PatternsLiveTest, testing::ValuesIn(engines_under_test()),
                         [](const auto& engines) { return pair_name(engines.param); });

TEST_P(PatternsLiveTest, end_cleanly_and_read_the_last_write_where_nothing_overlaps) {
  unsigned patterns_run = 0;
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    if (!can_run(pattern)) {
      continue;
    }
    ++patterns_run;
    SCOPED_TRACE(pattern.name);
    const Result<FinishedRun> run = run_pattern(pattern, true);
    ASSERT_TRUE(run) << run.error().detail;
    const RunResults& results = run->results;
    EXPECT_EQ(run->trouble, "");
    EXPECT_GT(results.reads.ok, 0U);
    EXPECT_GT(results.writes.ok, 0U);
    EXPECT_EQ(results.reads.fail + results.writes.fail + results.reads.info + results.writes.info, 0U);
    if (!lagging.contains(pattern.name)) {
      ASSERT_TRUE(results.stale.has_value());
      EXPECT_EQ(results.stale->stale, 0U);
    }
    if (results.samples && !settling_later.contains(pattern.name)) {
      EXPECT_EQ(results.samples->unrepaired_keys, 0U);
    }
  }
  const auto least = patterns_min.find(pair_name(GetParam()));
  EXPECT_GE(patterns_run, least == patterns_min.end() ? 1U : least->second);
}

}  // namespace
}  // namespace stalemate
