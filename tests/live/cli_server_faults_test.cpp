// Faults that hold a server, against real servers: each does what it says while it is in force, and then it is over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine.hpp"
#include "engines/cache_engine.hpp"
#include "live/fault_fixture.hpp"
#include "one_line.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class ServerFaultsLive : public FaultLive {
 protected:
  void run(const std::string& sentence, const std::string& pattern = "cache-aside",
           const std::vector<std::string>& rates = {"-r", "4ms", "-w", "20ms"}, const std::string& duration = "2s") {
    std::vector<std::string> words = {"run",       "before",      "--pattern", pattern, "-d",      duration,
                                      "--no-live", "--no-faults", "--clients", "32",    "--fault", sentence};
    words.insert(words.end(), rates.begin(), rates.end());
    if (pattern != "none") {
      words.insert(words.end(), {"--cache", cache_});
    }
    ASSERT_NO_FATAL_FAILURE(run_with(words));
    // A fault of a server is recorded as a step of no op, which begins and ends with it.
    ASSERT_FALSE(history_.steps().empty());
    window_ = history_.steps().back();
    ASSERT_EQ(window_.op(), no_op) << "the fault was never in force";
    EXPECT_EQ(window_.fault(), 1);
    EXPECT_TRUE(std::ranges::any_of(results_["in_force"], [this](const json& stretch) {
      return stretch["start_ns"] == window_.start_ns() && stretch["end_ns"] == window_.end_ns();
    })) << results_["in_force"];
    const Ended checked = run_stalemate(folder_.path(), {"check", only_run(folder_.path()), "--json"});
    EXPECT_EQ(json::parse(checked.out)["verdict"], results_["verdict"]);
  }
  /// Of the first lookup of each key that was answered again, once nothing had been for a while: whether it hit. The
  /// server may answer a little before the fault counts as over.
  [[nodiscard]] std::vector<bool> first_hits_after() const {
    std::map<std::uint32_t, StepRecord> first;
    for (const StepRecord& step : history_.steps()) {
      if (step.op() != no_op && step.role() == Role::lookup && step.outcome() == Outcome::ok &&
          step.start_ns() > window_.start_ns() + 200'000'000) {
        const auto [place, is_new] = first.emplace(history_.find_op(step.op())->key().index, step);
        if (!is_new && step.start_ns() < place->second.start_ns()) {
          place->second = step;
        }
      }
    }
    std::vector<bool> hits;
    for (const auto& [key, step] : first) {
      hits.push_back(step.value() != absent);
    }
    return hits;
  }
  /// Of the ops begun in the later half of what came after the window, when clients have had time to go on: how many
  /// ended ok, of how many.
  [[nodiscard]] std::pair<int, int> ok_afterwards() const {
    Nanoseconds last_ns = window_.end_ns();
    for (const OpRecord& op : history_.ops()) {
      last_ns = std::max(last_ns, op.invocation_ns());
    }
    return ok_after(std::midpoint(window_.end_ns(), last_ns));
  }

  /// Time for a standby to take over, on a machine that has much else to do, and for clients to go on afterwards.
  static constexpr const char* length_with_failover = "8s";

  std::string cache_ = "redis";  ///< the engine
  StepRecord window_ = {};
};

std::vector<std::string> caches_with_private_servers() {
  std::vector<std::string> names;
  for (const std::string_view name : engine_names(Store::cache)) {
    if (find_engine(name, Store::cache)->cache->server != nullptr) {
      names.emplace_back(name);
    }
  }
  return names;
}

// What befalls every cache engine alike.
class CacheFaultsLive : public ServerFaultsLive, public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    cache_ = GetParam();
    if (const auto found = engine().cache->server->find({}); !found) {
      GTEST_SKIP() << found.error().detail;
    }
  }
  [[nodiscard]] const EngineInfo& engine() const { return *find_engine(cache_, Store::cache); }
};
INSTANTIATE_TEST_SUITE_P(Engine, CacheFaultsLive, testing::ValuesIn(caches_with_private_servers()),
                         [](const auto& engine) { return engine.param; });

TEST_P(CacheFaultsLive, unreachable_cache_fails_calls_and_is_warm_afterwards) {
  if (!engine().can(Ability::cut)) {
    GTEST_SKIP() << engine().title << " is not able to";
  }
  ASSERT_NO_FATAL_FAILURE(run("cache: unreachable 600ms..1s", "cache-aside", {"-r", "4ms", "-w", "500ms"}));
  ASSERT_FALSE(results_["outages"].empty());
  EXPECT_EQ(results_["outages"][0]["role"], "cache");
  EXPECT_EQ(results_["faults"]["unreachable"], 1);
  const std::vector<bool> hits = first_hits_after();
  ASSERT_FALSE(hits.empty());
  EXPECT_GE(std::ranges::count(hits, true), 4) << "it kept what it held";
}

TEST_F(ServerFaultsLive, unreachable_database_fails_calls_and_comes_back) {
  ASSERT_NO_FATAL_FAILURE(run("db: unreachable 600ms..1s", "none"));
  EXPECT_EQ(results_["outages"][0]["role"], "database");
  const auto [ok, all] = ok_afterwards();
  EXPECT_GT(all, 10);
  EXPECT_EQ(ok, all);
}

TEST_P(CacheFaultsLive, restarted_cache_is_empty) {
  ASSERT_NO_FATAL_FAILURE(run("cache: restart 600ms..1s", "cache-aside", {"-r", "4ms", "-w", "500ms"}));
  EXPECT_EQ(std::ranges::count(first_hits_after(), true), 0);
}

TEST_F(ServerFaultsLive, restarted_cache_has_what_it_held_where_that_is_asked_for) {
  ASSERT_NO_FATAL_FAILURE(run("cache: restart 600ms..1s kept", "cache-aside", {"-r", "4ms", "-w", "500ms"}));
  EXPECT_GE(std::ranges::count(first_hits_after(), true), 4);
}

TEST_F(ServerFaultsLive, replica_lag_keeps_writes_from_the_replica_until_it_is_over) {
  // Only readers that find neither entry nor marker ask the replica.
  ASSERT_NO_FATAL_FAILURE(run("replica: replica-lag 600ms..1200ms", "read-your-writes",
                              {"-r", "4ms", "-w", "20ms", "--fault", "cache: evict 100ms..1900ms"}));
  std::map<Value, Nanoseconds> written;
  for (const StepRecord& step : history_.steps()) {
    if (step.is_update() && step.outcome() == Outcome::ok) {
      written[step.value()] = step.start_ns();
    }
  }
  // The window begins before the server is asked, and ends after it was told to go on: between is time for that.
  const Nanoseconds paused_ns = std::midpoint(window_.start_ns(), window_.end_ns());
  const Nanoseconds resumed_ns = std::midpoint(paused_ns, window_.end_ns());
  int looked = 0;
  int seen_later = 0;
  for (const StepRecord& step : history_.steps()) {
    if (step.op() == no_op || step.store() != Store::replica || step.outcome() != Outcome::ok ||
        !written.contains(step.value())) {
      continue;
    }
    const bool is_new = written[step.value()] > paused_ns;
    if (step.start_ns() > paused_ns && step.end_ns() < resumed_ns) {
      EXPECT_FALSE(is_new) << "the replica applies nothing meanwhile";
      ++looked;
    }
    seen_later += is_new && step.start_ns() > window_.end_ns() ? 1 : 0;
  }
  EXPECT_GT(looked, 0);
  EXPECT_GT(seen_later, 0) << "then it catches up";
}

TEST_F(ServerFaultsLive, rolled_back_cache_holds_what_had_been_removed) {
  ASSERT_NO_FATAL_FAILURE(run("cache: rollback 500ms..1s", "cache-aside", {"-r", "2ms", "-w", "10ms"}));
  EXPECT_EQ(results_["faults"]["rollback"], 1);
  EXPECT_GT(results_["stale"]["stale"], 0);
}

/// The answered updates of each key, by when they ended, and the loads of rows from the database.
struct RowSteps {
  std::map<std::uint32_t, std::vector<StepRecord>> updates = {};
  std::map<std::uint32_t, std::vector<StepRecord>> loads = {};

  explicit RowSteps(const History& history) {
    for (const StepRecord& step : history.steps()) {
      if (step.op() == no_op || step.outcome() != Outcome::ok || step.store() != Store::database) {
        continue;
      }
      auto& of_kind = step.is_update() ? updates : loads;
      of_kind[history.find_op(step.op())->key().index].push_back(step);
    }
    for (auto& [key, steps] : updates) {
      std::ranges::sort(steps, {}, &StepRecord::version);
    }
  }
};

TEST_F(ServerFaultsLive, rolled_back_database_has_lost_what_it_acknowledged_meanwhile_and_nothing_later) {
  ASSERT_NO_FATAL_FAILURE(run("db: rollback 500ms..1s", "none", {"-r", "1ms", "-w", "4ms"}, length_with_failover));
  EXPECT_EQ(results_["faults"]["rollback"], 1);
  EXPECT_EQ(results_["outages"][0]["role"], "database") << "clients find nobody while the standby takes over";
  RowSteps rows(history_);
  int lost = 0;
  for (auto& [key, updates] : rows.updates) {
    for (std::size_t place = 1; place < updates.size(); ++place) {
      EXPECT_LT(updates[place - 1].start_ns(), updates[place].end_ns()) << "versions tell the order of writes";
    }
    for (const StepRecord& load : rows.loads[key]) {
      const auto shown = std::ranges::find(updates, load.value(), &StepRecord::value);
      const auto rest = std::ranges::subrange(shown == updates.end() ? updates.begin() : shown + 1, updates.end());
      for (const StepRecord& newer : rest) {
        if (newer.end_ns() < load.start_ns()) {
          ++lost;
          EXPECT_GT(newer.end_ns(), window_.start_ns()) << "what came before is kept";
          EXPECT_LT(newer.start_ns(), window_.end_ns()) << "what comes later is kept";
          EXPECT_GT(load.end_ns(), window_.start_ns());
        }
      }
    }
  }
  EXPECT_GT(lost, 0);
  const auto [ok, all] = ok_afterwards();
  EXPECT_GT(all, 10);
  EXPECT_EQ(ok, all);
}

TEST_F(ServerFaultsLive, rolled_back_database_is_the_replica_of_patterns_that_read_from_one) {
  ASSERT_NO_FATAL_FAILURE(run("db: rollback 500ms..1s", "read-your-writes",
                              {"-r", "2ms", "-w", "10ms", "--fault", "cache: evict 100ms..7900ms"},
                              length_with_failover));
  const auto [ok, all] = ok_afterwards();
  EXPECT_GT(all, 10);
  EXPECT_EQ(ok, all);
}

TEST_P(CacheFaultsLive, evict_makes_lookups_miss_while_it_is_in_force) {
  if (!engine().can(Ability::eviction)) {
    GTEST_SKIP() << engine().title << " is not able to";
  }
  ASSERT_NO_FATAL_FAILURE(run("cache: evict 600ms..1s", "cache-aside", {"-r", "1ms", "-w", "1s"}));
  EXPECT_GT(results_["faults"]["evict"], 5);
  int in_force = 0;
  int late = 0;
  for (const StepRecord& step : history_.steps()) {
    if (step.op() == no_op || step.role() != Role::lookup || step.value() != absent) {
      continue;
    }
    in_force += step.start_ns() > window_.start_ns() && step.start_ns() < window_.end_ns() ? 1 : 0;
    late += step.start_ns() > window_.end_ns() + 200'000'000 ? 1 : 0;
  }
  EXPECT_GT(in_force, 5);
  EXPECT_LT(late, 5) << "but for the key that is written";
}

TEST_P(CacheFaultsLive, expire_hits_what_is_counted_on_and_leaves_plain_entries_alone) {
  if (!engine().can(Ability::commands)) {
    GTEST_SKIP() << engine().title << " is not able to";
  }
  ASSERT_NO_FATAL_FAILURE(run("cache: expire 400ms..1s", "versioned-tombstone", {"-r", "20ms", "-w", "4ms"}));
  EXPECT_GT(results_["faults"]["expire"], 0);
}

TEST_P(CacheFaultsLive, expire_finds_nothing_in_a_cache_of_plain_entries) {
  if (!engine().can(Ability::eviction)) {
    GTEST_SKIP() << engine().title << " is not able to";
  }
  ASSERT_NO_FATAL_FAILURE(run("cache: expire 400ms..1s"));
  EXPECT_EQ(results_["faults"].value("expire", 0), 0);
}

TEST_F(ServerFaultsLive, lost_push_leaves_copies_in_application_servers_stale) {
  const auto stale_with = [](const std::vector<std::string>& faults) {
    const OwnFolder folder;
    std::vector<std::string> words = {"run", "before", "--pattern", "near-cache", "-r",        "2ms",
                                      "-w",  "10ms",   "-d",        "2s",         "--no-live", "--no-faults"};
    words.insert(words.end(), faults.begin(), faults.end());
    const Ended ended = run_stalemate(folder.path(), words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return results_in(only_run(folder.path()));
  };
  const json lost = stale_with({"--fault", "push: lost-push 300ms..1s"});
  const json none = stale_with({});
  EXPECT_GT(lost["faults"]["lost-push"], 10);
  EXPECT_GT(lost["stale"]["stale"].get<int>(), none["stale"]["stale"].get<int>() + 10);
}

TEST(ServerFaultsRefused, where_they_need_a_private_server_or_cannot_befall_the_pattern) {
  const auto refused = [](const std::vector<std::string>& more) {
    const OwnFolder folder;
    std::vector<std::string> words = {"run", "before", "--no-faults", "--no-live"};
    words.insert(words.end(), more.begin(), more.end());
    const Ended ended = run_stalemate(folder.path(), words);
    EXPECT_EQ(ended.code, 64) << ended.err;
    return as_one_line(ended.err);
  };
  EXPECT_THAT(refused({"--cache", "redis://127.0.0.1:1", "--fault", "cache: unreachable 1s..2s"}),
              HasSubstr("faults.unreachable: it cuts the cache off, which is only done to a private one; leave out "
                        "--cache"));
  EXPECT_THAT(
      refused({"--db", "postgres://u@127.0.0.1:1/d", "--fault", "db: rollback 1s..2s"}),
      HasSubstr("faults.rollback: it fails the database over to a standby, which is only done to a private one; "
                "leave out --db"));
  EXPECT_THAT(refused({"--pattern", "cdc-versioned", "--fault", "db: rollback 1s..2s"}),
              HasSubstr("follows the database's log of changes, which ends with its server"));
  EXPECT_THAT(refused({"--fault", "db: rollback 1s..2s", "--fault", "db: rollback 3s..4s"}),
              HasSubstr("the database has one standby, which can take over once"));
  EXPECT_THAT(refused({"--fault", "replica: replica-lag 1s..2s"}), HasSubstr("reads from no replica"));
  EXPECT_THAT(refused({"--fault", "push: lost-push 5%"}), HasSubstr("never makes such a call"));
  EXPECT_THAT(refused({"--pattern", "none", "--fault", "cache: evict 1s..2s"}), HasSubstr("uses no cache"));
  EXPECT_THAT(refused({"--fault", "cache: rollback 30s..31s"}), HasSubstr("after the run's end"));
  EXPECT_THAT(refused({"--fault", "cache: restart 1s..2s kept", "--fault", "cache: restart 3s..4s"}),
              HasSubstr("in all its restarts of a run, or in none"));
}

}  // namespace
}  // namespace stalemate
