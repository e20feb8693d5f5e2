// Every caching pattern there is, on real servers: a short run of modest load in which no write overlaps another op.
#include <gtest/gtest.h>

#include <set>

#include "cli/run/run_job.hpp"
#include "core/pattern.hpp"
#include "live/drivers_fixture.hpp"

namespace stalemate {
namespace {

// These have readers see an old entry until something that no client waits for has happened.
const std::set<std::string_view> lagging = {"ttl-only", "outbox", "cdc-invalidate", "cdc-versioned", "refresh-ahead"};

// These may leave an old entry behind for a while even after the background part is through.
const std::set<std::string_view> settling_later = {"ttl-only", "refresh-ahead"};

class PatternsLiveTest : public DriversLiveTest {
 protected:
  void SetUp() override { start(PrivateDatabase::postgres, true); }

  Scenario scenario_for(const PatternInfo& pattern, bool serialize) {
    Scenario scenario = load_scenario("before").value();
    const auto set = [&scenario](std::string_view key, std::string_view text) {
      const Result<void> done = set_field(scenario, key, text);
      EXPECT_TRUE(done) << key << ": " << done.error().detail;
    };
    scenario.faults.clear();
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

TEST_F(PatternsLiveTest, end_cleanly_and_read_the_last_write_where_nothing_overlaps) {
  ASSERT_GE(PatternRegistry::all().size(), 24U);
  for (const PatternInfo& pattern : PatternRegistry::all()) {
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
}

}  // namespace
}  // namespace stalemate
