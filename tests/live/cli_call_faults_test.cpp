// Faults of single calls against real servers: each does what it says while its window holds, and nothing afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "live/fault_fixture.hpp"
#include "one_line.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr Nanoseconds window_begin_ns = 400'000'000;
constexpr Nanoseconds window_end_ns = 1'000'000'000;

class CallFaultsLive : public FaultLive {
 protected:
  /// Runs `before` for 1.6 s with the one fault. Most ops are fast and late ones would blur what is seen.
  void run(const std::string& sentence, const std::string& pattern = "cache-aside") {
    ASSERT_NO_FATAL_FAILURE(run_with({"run", "before", "--pattern", pattern, "-r", "4ms", "-w", "4ms", "-d", "1600ms",
                                      "--no-live", "--no-faults", "--clients", "32", "--fault", sentence}));
    EXPECT_TRUE(results_["outages"].empty()) << "no server was ever gone: " << results_["outages"];
  }
  /// All hits lie in the window, there are some, and later writes are answered.
  void expect_only_in_window(const std::string& fault) const {
    const std::vector<StepRecord> steps = hit();
    EXPECT_GT(steps.size(), 10U);
    EXPECT_EQ(history_.header.fault_names.at(1), fault);
    ASSERT_EQ(results_["in_force"].size(), 1U) << results_["in_force"];
    const json& in_force = results_["in_force"].front();
    EXPECT_EQ(in_force["fault"], fault);
    EXPECT_EQ(in_force["at"], "calls");
    EXPECT_GE(in_force["start_ns"], window_begin_ns);
    EXPECT_LE(in_force["start_ns"], in_force["end_ns"]);
    EXPECT_LT(in_force["end_ns"], window_end_ns);
    for (const StepRecord& step : steps) {
      EXPECT_GE(step.start_ns(), window_begin_ns);
      EXPECT_LT(step.start_ns(), window_end_ns);
    }
    expect_calm_after();
  }
  void expect_calm_after() const {
    int later = 0;
    for (const OpRecord& op : history_.ops()) {
      if (op.invocation_ns() > window_end_ns) {
        EXPECT_EQ(op.outcome(), Outcome::ok);
        ++later;
      }
    }
    EXPECT_GT(later, 50);
  }
};

TEST_F(CallFaultsLive, lost_request_never_arrives_and_its_caller_sees_a_timeout) {
  ASSERT_NO_FATAL_FAILURE(run("update: lost-request 50% 400ms..1s timeout=20ms"));
  expect_only_in_window("lost-request");
  const std::set<Value> seen = rows_seen();
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.outcome(), Outcome::info);
    EXPECT_EQ(step.error(), ErrorCode::timed_out);
    EXPECT_GE(step.end_ns() - step.start_ns(), 20'000'000) << "its caller waits as long as it is said";
    EXPECT_FALSE(seen.contains(step.value())) << step.value();
    EXPECT_EQ(history_.find_op(step.op())->outcome(), Outcome::info);
  }
  EXPECT_EQ(results_["faults"]["lost-request"], hit().size());
}

TEST_F(CallFaultsLive, lost_reply_takes_effect_and_its_caller_sees_a_timeout) {
  ASSERT_NO_FATAL_FAILURE(run("update: lost-reply 50% 400ms..1s timeout=20ms"));
  expect_only_in_window("lost-reply");
  const std::set<Value> seen = rows_seen();
  int found = 0;
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.error(), ErrorCode::timed_out);
    found += seen.contains(step.value()) ? 1 : 0;
  }
  EXPECT_GT(found, 0) << "some read saw what such a write had written";
}

TEST_F(CallFaultsLive, delayed_takes_effect_when_its_caller_has_gone_on) {
  ASSERT_NO_FATAL_FAILURE(run("update: delayed 30ms 50% 400ms..1s timeout=20ms"));
  std::map<OpIndex, std::vector<StepRecord>> by_op;
  for (const StepRecord& step : hit()) {
    by_op[step.op()].push_back(step);
  }
  EXPECT_GT(by_op.size(), 10U);
  EXPECT_EQ(results_["faults"]["delayed"], by_op.size());
  for (const auto& [op, steps] : by_op) {
    ASSERT_EQ(steps.size(), 2U) << "what the caller saw, and what came of it";
    EXPECT_EQ(steps[0].error(), ErrorCode::timed_out);
    EXPECT_EQ(steps[1].outcome(), Outcome::ok);
    EXPECT_GE(steps[1].start_ns(), steps[0].start_ns() + 30'000'000);
    EXPECT_EQ(steps[1].value(), steps[0].value());
  }
  expect_calm_after();
}

TEST_F(CallFaultsLive, duplicated_takes_effect_twice) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: duplicated 30ms 50% 400ms..1s"));
  std::map<OpIndex, int> by_op;
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.outcome(), Outcome::ok);
    EXPECT_EQ(step.command(), Command::erase);
    ++by_op[step.op()];
  }
  EXPECT_GT(by_op.size(), 10U);
  for (const auto& [op, times] : by_op) {
    EXPECT_EQ(times, 2);
    EXPECT_EQ(history_.find_op(op)->outcome(), Outcome::ok) << "its caller saw nothing of it";
  }
  expect_calm_after();
}

TEST_F(CallFaultsLive, refused_is_told_to_the_writer) {
  ASSERT_NO_FATAL_FAILURE(run("update: refused 50% 400ms..1s"));
  expect_only_in_window("refused");
  const std::set<Value> seen = rows_seen();
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.error(), ErrorCode::refused_by_server);
    EXPECT_FALSE(step.skipped());
    EXPECT_FALSE(seen.contains(step.value()));
  }
}

TEST_F(CallFaultsLive, skip_and_delay_hold_in_their_windows) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: skip 50% 400ms..1s"));
  expect_only_in_window("skip");
  EXPECT_TRUE(std::ranges::all_of(hit(), &StepRecord::skipped));
}

TEST_F(CallFaultsLive, delay_sends_calls_later_and_they_are_answered) {
  ASSERT_NO_FATAL_FAILURE(run("db: delay 5ms 400ms..1s"));
  EXPECT_GT(hit().size(), 50U);
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.outcome(), Outcome::ok);
    EXPECT_GE(step.start_ns() - history_.find_op(step.op())->invocation_ns(), 5'000'000);
  }
  expect_calm_after();
}

TEST_F(CallFaultsLive, crash_ends_an_op_in_its_middle_and_makes_none_of_its_other_calls) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: crash 50% 400ms..1s"));
  EXPECT_GT(results_["faults"]["crash"], 10);
  int dead = 0;
  for (const OpRecord& op : history_.ops()) {
    if (op.error() != ErrorCode::cancelled) {
      continue;
    }
    ++dead;
    EXPECT_EQ(op.outcome(), Outcome::info);
    const auto steps = history_.steps_of(op.index());
    ASSERT_EQ(steps.size(), 1U) << "the update, and nothing behind it";
    EXPECT_EQ(steps.front().outcome(), Outcome::ok);
  }
  EXPECT_EQ(results_["faults"]["crash"], dead);
  expect_calm_after();
}

TEST_F(CallFaultsLive, crash_before_the_row_is_written_is_known_to_have_left_it_as_it_was) {
  ASSERT_NO_FATAL_FAILURE(run("update: crash 50% 400ms..1s"));
  EXPECT_EQ(results_["faults"]["crash"], hit().size());
  const std::set<Value> seen = rows_seen();
  for (const StepRecord& step : hit()) {
    EXPECT_EQ(step.outcome(), Outcome::fail);
    EXPECT_FALSE(seen.contains(step.value()));
    EXPECT_EQ(history_.find_op(step.op())->outcome(), Outcome::info) << "its writer was not told";
  }
}

TEST_F(CallFaultsLive, crash_of_a_background_part_lets_it_begin_again_with_the_same_change) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: crash 20% 400ms..1s", "outbox"));
  EXPECT_GT(results_["faults"]["crash"], 0);
  std::set<std::uint32_t> dead;
  std::set<std::uint32_t> done;
  for (const OpRecord& op : history_.ops()) {
    if (op.kind() == OpKind::background) {
      (op.outcome() == Outcome::ok ? done : dead).insert(op.key().index);
    }
  }
  EXPECT_FALSE(dead.empty());
  EXPECT_TRUE(std::ranges::includes(done, dead));
}

TEST_F(CallFaultsLive, n_hits_the_one_call_and_key_the_one_row) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: lost-request n=3 timeout=5ms"));
  EXPECT_EQ(hit().size(), 1U);
  const OwnFolder other;
  const std::string key = "47b0472d-708c-4377-aab4-acf8752f0ecb";
  const Ended ended =
      run_stalemate(other.path(), {"run", "before", "-r", "5ms", "-w", "5ms", "-d", "1s", "--no-live", "--no-faults",
                                   "--fault", "fill key=" + key + ": lost-request timeout=2ms"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const Result<History> history = read_history(only_run(other.path()) / "history.stale");
  ASSERT_TRUE(history);
  std::set<std::uint32_t> keys;
  for (const StepRecord& step : history->steps()) {
    if (step.role() == Role::fill) {
      const std::uint32_t one = history->find_op(step.op())->key().index;
      EXPECT_TRUE(step.fault() == no_fault || keys.empty() || keys.contains(one));
      if (step.fault() != no_fault) {
        keys.insert(one);
      }
    }
  }
  EXPECT_EQ(keys.size(), 1U);
}

TEST_F(CallFaultsLive, stale_reads_are_explained_by_the_fault_that_caused_them) {
  ASSERT_NO_FATAL_FAILURE(run("invalidate: lost-request 30% 400ms..1s timeout=2ms"));
  const Ended told = run_stalemate(folder_.path(), {"explain", only_run(folder_.path())});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("Cause: lost invalidation."));
  EXPECT_THAT(as_one_line(told.out), HasSubstr("because of the fault lost-request"));
  EXPECT_THAT(as_one_line(told.out), HasSubstr("The fault lost-request of this run hit that cache.delete."));
}

}  // namespace
}  // namespace stalemate
