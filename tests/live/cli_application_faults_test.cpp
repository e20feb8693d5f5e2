// Faults of a user's own service under load: its calls are hit at its gates, and its stores are held there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "live/fault_fixture.hpp"
#include "one_line.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class ApplicationFaultsLive : public FaultLive {
 protected:
  static constexpr Nanoseconds window_begin_ns = 500'000'000;
  static constexpr Nanoseconds window_end_ns = 1'500'000'000;

  static std::string sample(const std::string& name) {
    return std::string(STALEMATE_SOURCE_DIR) + "/tests/applications/node/" + name + ".toml";
  }
  /// Runs a service that carries on without its cache, with the one fault.
  void run(const std::string& sentence) {
    ASSERT_NO_FATAL_FAILURE(run_with(
        {"run", sample("carries_on"), "-r", "4ms", "-w", "10ms", "-d", "2500ms", "--no-live", "--fault", sentence}));
    EXPECT_EQ(results_["asked"]["faults"], json::array({sentence}));
  }
  /// Hits are of that role and lie in the window, and the results say so.
  void expect_hits(const std::string& fault, Role role) const {
    const std::vector<StepRecord> steps = hit();
    EXPECT_GT(steps.size(), 0U);
    EXPECT_EQ(history_.header.fault_names.at(1), fault);
    EXPECT_GT(results_["faults"][fault], 0);
    ASSERT_EQ(results_["in_force"].size(), 1U) << results_["in_force"];
    EXPECT_EQ(results_["in_force"][0]["at"], "calls");
    EXPECT_GE(results_["in_force"][0]["start_ns"], window_begin_ns);
    EXPECT_LT(results_["in_force"][0]["end_ns"], window_end_ns);
    for (const StepRecord& step : steps) {
      EXPECT_EQ(step.role(), role);
      EXPECT_GE(step.start_ns(), window_begin_ns);
    }
  }
  void expect_calm_after(Nanoseconds instant_ns) const {
    const auto [ok, all] = ok_after(instant_ns);
    EXPECT_EQ(ok, all);
    EXPECT_GT(all, 20);
  }
  /// The one stretch in which a fault held a server.
  [[nodiscard]] StepRecord window_of(const std::string& fault) const {
    EXPECT_FALSE(history_.steps().empty());
    const StepRecord window = history_.steps().back();
    EXPECT_EQ(window.op(), no_op) << "the fault was never in force";
    EXPECT_EQ(results_["in_force"][0]["fault"], fault);
    EXPECT_EQ(results_["in_force"][0]["start_ns"], window.start_ns());
    EXPECT_EQ(results_["stops"][0]["fault"], fault);
    return window;
  }
};

TEST_F(ApplicationFaultsLive, lost_invalidations_leave_old_entries_and_are_named_as_their_cause) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: lost-request 30% 500ms..1.5s"));
  expect_hits("lost-request", Role::invalidate);
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.outcome(), Outcome::info);
    EXPECT_EQ(step.error(), ErrorCode::connection_lost);
  }
  EXPECT_GT(results_["stale"]["causes"]["lost invalidation"], 0) << results_["stale"];
  const std::string run_folder = only_run(folder_.path()).string();
  std::istringstream list(run_stalemate(folder_.path(), {"explain", run_folder, "--list"}).out);
  bool is_named = false;
  for (std::string line; std::getline(list, line) && !is_named;) {
    if (line.ends_with(" lost invalidation")) {
      const Ended told = run_stalemate(folder_.path(), {"explain", run_folder, line.substr(0, line.find(' '))});
      is_named = as_one_line(told.out).contains("The fault lost-request of this run hit that cache.delete.");
    }
  }
  EXPECT_TRUE(is_named) << "others were on the same connection, or could not be sent before there was a new one";
  expect_calm_after(window_end_ns);
}

TEST_F(ApplicationFaultsLive, lost_requests_of_updates_leave_the_row_and_lost_replies_do_not) {
  ASSERT_NO_FATAL_FAILURE(run("update: lost-request 50% 500ms..1.5s"));
  expect_hits("lost-request", Role::update);
  const std::set<Value> seen = rows_seen();
  for (const StepRecord& step : hit()) {
    EXPECT_FALSE(seen.contains(step.value()));
    EXPECT_NE(history_.find_op(step.op())->outcome(), Outcome::ok) << "the service was told of a broken connection";
  }
  expect_calm_after(window_end_ns);
}

TEST_F(ApplicationFaultsLive, lost_replies_of_updates_took_effect) {
  ASSERT_NO_FATAL_FAILURE(run("update: lost-reply 50% 500ms..1.5s timeout=20ms"));
  expect_hits("lost-reply", Role::update);
  const std::set<Value> seen = rows_seen();
  int found = 0;
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.outcome(), Outcome::info);
    EXPECT_GE(step.end_ns() - step.start_ns(), 20'000'000) << "its caller waits as long as it is said";
    found += seen.contains(step.value()) ? 1 : 0;
  }
  EXPECT_GT(found, 0) << "some read saw what such a write had written";
  expect_calm_after(window_end_ns + 100'000'000);
}

TEST_F(ApplicationFaultsLive, refused_updates_failed_and_nobody_reads_their_values) {
  ASSERT_NO_FATAL_FAILURE(run("update: refused 50% 500ms..1.5s"));
  expect_hits("refused", Role::update);
  const std::set<Value> seen = rows_seen();
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.outcome(), Outcome::fail);
    EXPECT_EQ(step.error(), ErrorCode::refused_by_server);
    EXPECT_FALSE(step.skipped());
    EXPECT_FALSE(seen.contains(step.value()));
  }
  expect_calm_after(window_end_ns);
}

TEST_F(ApplicationFaultsLive, delayed_updates_take_effect_when_their_callers_have_gone_on) {
  ASSERT_NO_FATAL_FAILURE(run("update: delayed 100ms 50% 500ms..1.5s"));
  std::map<OpIndex, std::vector<StepRecord>> by_op;
  for (const StepRecord& step : hit()) {
    by_op[step.op()].push_back(step);
  }
  EXPECT_GT(by_op.size(), 0U);
  const std::set<Value> seen = rows_seen();
  int found = 0;
  for (auto& [op, steps] : by_op) {
    ASSERT_EQ(steps.size(), 2U) << "what the caller saw, and what came of it";
    std::ranges::sort(steps, {}, &StepRecord::start_ns);
    EXPECT_EQ(steps[0].outcome(), Outcome::info);
    EXPECT_EQ(steps[1].outcome(), Outcome::ok);
    EXPECT_GE(steps[1].start_ns(), steps[0].start_ns() + 100'000'000);
    EXPECT_EQ(steps[1].value(), steps[0].value());
    found += seen.contains(steps[1].value()) ? 1 : 0;
  }
  EXPECT_GT(found, 0);
  expect_calm_after(window_end_ns + 200'000'000);
}

TEST_F(ApplicationFaultsLive, duplicated_invalidations_take_effect_twice_and_are_answered_once) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: duplicated 50ms 50% 500ms..1.5s"));
  std::map<OpIndex, int> by_op;
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.command(), Command::erase);
    EXPECT_EQ(step.outcome(), Outcome::ok);
    ++by_op[step.op()];
  }
  EXPECT_GT(by_op.size(), 0U);
  for (const auto& [op, times] : by_op) {
    EXPECT_EQ(times, 2);
  }
  expect_calm_after(0);
}

TEST_F(ApplicationFaultsLive, delays_of_a_store_hit_all_calls_to_it_and_are_answered) {
  ASSERT_NO_FATAL_FAILURE(run("db: delay 20ms 500ms..1.5s"));
  EXPECT_GT(hit().size(), 50U);
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.store(), Store::database);
    EXPECT_EQ(step.outcome(), Outcome::ok);
    EXPECT_GE(step.start_ns() - history_.find_op(step.op())->invocation_ns(), 20'000'000);
  }
  expect_calm_after(0);
}

TEST_F(ApplicationFaultsLive, skipped_invalidations_are_never_sent_and_nobody_notices) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: skip 50% 500ms..1.5s"));
  expect_hits("skip", Role::invalidate);
  EXPECT_TRUE(std::ranges::all_of(hit(), &StepRecord::skipped));
  EXPECT_GT(results_["stale"]["causes"]["lost invalidation"], 0) << results_["stale"];
  EXPECT_THAT(results_["warnings"].dump(), Not(HasSubstr("skip")));
  expect_calm_after(0);
}

TEST_F(ApplicationFaultsLive, n_hits_the_one_call) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: lost-request n=3"));
  EXPECT_EQ(hit().size(), 1U);
  EXPECT_EQ(results_["faults"]["lost-request"], 1);
}

TEST_F(ApplicationFaultsLive, a_cache_that_cannot_be_reached_costs_hits_and_nothing_else) {
  ASSERT_NO_FATAL_FAILURE(run("cache: unreachable 500ms..1.5s"));
  const StepRecord window = window_of("unreachable");
  int in_window = 0;
  for (const StepRecord& step : history_.steps()) {
    const bool is_inside = step.start_ns() > window.start_ns() && step.end_ns() < window.end_ns();
    if (step.op() != no_op && step.store() == Store::cache && is_inside) {
      EXPECT_NE(step.outcome(), Outcome::ok);
      ++in_window;
    }
  }
  EXPECT_LT(in_window, 20) << "nobody is let in";
  expect_calm_after(0);
  EXPECT_THAT(results_["warnings"].dump(), Not(HasSubstr("gates")));
}

TEST_F(ApplicationFaultsLive, a_stalled_database_answers_once_it_goes_on) {
  ASSERT_NO_FATAL_FAILURE(run("db: stall 500ms..1s"));
  const StepRecord window = window_of("stall");
  bool spans = false;
  for (const StepRecord& step : history_.steps()) {
    if (step.op() == no_op || step.store() != Store::database || step.start_ns() < window.start_ns() + 10'000'000) {
      continue;
    }
    EXPECT_TRUE(step.start_ns() > window.end_ns() - 10'000'000 || step.end_ns() >= window.end_ns() - 10'000'000);
    spans = spans || (step.start_ns() < window.end_ns() && step.end_ns() >= window.end_ns());
  }
  EXPECT_TRUE(spans) << "calls wait as long as it is stalled";
  expect_calm_after(0);
}

TEST_F(ApplicationFaultsLive, a_private_cache_that_restarts_comes_back_empty) {
  ASSERT_NO_FATAL_FAILURE(run("cache: restart 500ms..1s"));
  const StepRecord window = window_of("restart");
  const auto first = std::ranges::find_if(history_.steps(), [&window](const StepRecord& step) {
    return step.op() != no_op && step.role() == Role::lookup && step.start_ns() > window.end_ns() &&
           step.outcome() == Outcome::ok;
  });
  EXPECT_NE(first, history_.steps().end()) << "it is used again";
  EXPECT_THAT(results_["warnings"].dump(), Not(HasSubstr("gates"))) << "that it could not be reached was asked for";
  expect_calm_after(0);
}

TEST_F(ApplicationFaultsLive, a_private_cache_evicts_entries_of_the_service) {
  ASSERT_NO_FATAL_FAILURE(run("cache: evict 500ms..1.5s"));
  EXPECT_GT(results_["faults"]["evict"], 10);
  const auto misses_from = [this](Nanoseconds begin_ns, Nanoseconds end_ns) {
    return std::ranges::count_if(history_.steps(), [=](const StepRecord& step) {
      return step.op() != no_op && step.role() == Role::fill && begin_ns <= step.start_ns() && step.start_ns() < end_ns;
    });
  };
  EXPECT_GT(misses_from(500'000'000, 1'500'000'000), misses_from(1'500'000'000, 2'500'000'000) + 10);
  expect_calm_after(0);
}

TEST_F(ApplicationFaultsLive, a_private_database_that_restarts_serves_again) {
  ASSERT_NO_FATAL_FAILURE(run("db: restart 500ms..1s"));
  const StepRecord window = window_of("restart");
  const auto [ok, all] = ok_after(window.end_ns() + 500'000'000);
  EXPECT_EQ(ok, all);
  EXPECT_THAT(results_["warnings"].dump(), Not(HasSubstr("order of commits could not be read")));
}

TEST_F(ApplicationFaultsLive, what_gates_cannot_do_is_refused_before_anything_starts) {
  for (const auto& [fault, sentence] : std::map<std::string, std::string>{
           {"update: skip 1%", "a gate cannot answer in the database's stead"},
           {"cache: rollback 1s..2s", "'explore --faults rollback' alone puts back what a cache held"},
           {"replica: replica-lag 1s..2s", "which of its calls go to a replica is not known"},
           {"invalidate: losst 1%", "there is no fault 'losst'"}}) {
    const Ended refused = run_stalemate(folder_.path(), {"run", sample("carries_on"), "--no-live", "--fault", fault});
    EXPECT_EQ(refused.code, 64) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(sentence));
    EXPECT_EQ(refused.out, "");
  }
  EXPECT_THAT(run_folders(folder_.path()), testing::IsEmpty());
}

}  // namespace
}  // namespace stalemate
