#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "live/program.hpp"
#include "record/history_reader.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
constexpr Nanoseconds second = 1'000'000'000;

json outage_of(const json& results, const std::string& store) {
  for (const json& outage : results["outages"]) {
    if (outage["role"] == store) {
      return outage;
    }
  }
  ADD_FAILURE() << "no outage of the " << store << ": " << results["outages"];
  return {{"start_ns", 0}, {"end_ns", 0}};
}

/// When the failed call that an outage began with ended.
Nanoseconds cut_off_ns(const History& history, Store store, const json& outage) {
  for (const StepRecord& step : history.steps()) {
    if (step.store() == store && step.error() != ErrorCode::none && step.start_ns() == outage["start_ns"]) {
      return step.end_ns();
    }
  }
  ADD_FAILURE() << "no failed call began the outage " << outage;
  return 0;
}

class ServerFaults : public testing::Test {
 protected:
  json run(const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {"run"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const Ended ended = run_stalemate(folder_.path(), words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(left_running(), "");
    return results_in(only_run(folder_.path()));
  }
  [[nodiscard]] History history() const {
    Result<History> history = read_history(only_run(folder_.path()) / "history.stale");
    EXPECT_TRUE(history) << history.error().detail;
    return history ? std::move(*history) : History();
  }
  OwnFolder folder_{};
};

TEST_F(ServerFaults, that_kill_both_servers_leave_gaps_that_show_and_the_run_goes_on) {
  const json results = run({"before", "-r", "5ms", "-w", "20ms", "-d", "6s", "--no-faults", "--no-live", "--fault",
                            "restart=cache@1s+500ms,db@3s+500ms"});
  EXPECT_EQ(results["faults"]["restart"], 2);
  EXPECT_EQ(results["outages"].size(), 2U) << results["outages"];
  EXPECT_EQ(results["interrupted"], false);
  const json cache_gap = outage_of(results, "cache");
  const json database_gap = outage_of(results, "database");
  // The call that the kill cut off may have begun before it; it cannot have ended before, nor can the gap end before
  // the server is started again.
  const History history = this->history();
  EXPECT_GE(cut_off_ns(history, Store::cache, cache_gap), second);
  EXPECT_GE(cache_gap["end_ns"], second + second / 2);
  EXPECT_GE(cut_off_ns(history, Store::database, database_gap), 3 * second);
  EXPECT_GE(database_gap["end_ns"], 3 * second + second / 2);
  for (const char* kind : {"reads", "writes"}) {
    EXPECT_EQ(results[kind]["sent"], results[kind]["planned"]) << "an open loop goes on sending";
    EXPECT_GT(results[kind]["fail"].get<int>() + results[kind]["info"].get<int>(), 0);
    // Half are due before the database is killed; how long it takes to recover is the machine's affair.
    EXPECT_GT(results[kind]["ok"], results[kind]["planned"].get<int>() / 3);
  }
  EXPECT_EQ(results["reads"]["info"], 0) << "a read without an answer has no effect to be unsure of";

  const Ended checked = run_stalemate(folder_.path(), {"check", only_run(folder_.path()), "--only", "lost-updates"});
  EXPECT_EQ(checked.code, 0) << checked.out << "an acknowledged write survives the database's death";
}

TEST_F(ServerFaults, that_stall_the_database_show_in_response_time_and_not_in_most_service_times) {
  const json results =
      run({"after", "-r", "5ms", "-w", "50ms", "-d", "3s", "--no-live", "--fault", "stall=db@1s+500ms"});
  EXPECT_EQ(results["faults"]["stall"], 1);
  const json& read = results["latency"]["read"];
  const auto longest_ns = read["response"]["max_ns"].get<Nanoseconds>();
  EXPECT_GE(longest_ns, second / 2 - second / 10) << "the first read due in the stall waited for its end";
  EXPECT_LT(read["service"]["p50_ns"], read["response"]["p99_ns"]);
  for (const char* kind : {"reads", "writes"}) {
    EXPECT_EQ(results[kind]["ok"], results[kind]["planned"]) << "a stall loses nothing";
  }
  EXPECT_GT(results["reads"]["late"], 0) << "reads due during the stall wait for a client";
  const History history = this->history();
  const auto waited = std::ranges::count_if(history.ops(), [longest_ns](const OpRecord& op) {
    return op.kind() == OpKind::read && op.completion_ns() - op.intended_ns() > longest_ns / 2;
  });
  EXPECT_GE(waited, 20) << "of the 100 reads due in the stall, those due in its first half";
}

TEST_F(ServerFaults, that_roll_writes_back_are_the_servers_own_refusals_and_no_value_of_theirs_is_ever_in_the_row) {
  const json results = run({"before", "--pattern", "cache-aside", "-r", "5ms", "-w", "5ms", "-d", "2s", "--no-live",
                            "--no-faults", "--fault", "refuse=update=25%"});
  const int refused = results["faults"]["refused"];
  EXPECT_GT(refused, 20);
  EXPECT_EQ(results["writes"]["fail"], refused) << "each is told to its writer";
  EXPECT_EQ(results["writes"]["info"], 0);
  EXPECT_THAT(results["refusals"].dump(), HasSubstr("the fault refused rolls back")) << "in the server's own words";
  const History history = this->history();
  for (const StepRecord& step : history.steps()) {
    if (step.fault() != no_fault) {
      EXPECT_EQ(step.outcome(), Outcome::fail);
      EXPECT_EQ(step.error(), ErrorCode::refused_by_server);
    }
  }
  const Ended checked = run_stalemate(folder_.path(), {"check", only_run(folder_.path()), "--only", "dirty-reads"});
  EXPECT_EQ(checked.code, 0) << checked.out << "the row never had what was rolled back";
}

TEST_F(ServerFaults, that_roll_writes_back_leave_dirty_entries_where_the_cache_is_updated_first) {
  (void)run({"before", "--pattern", "update-first", "-r", "5ms", "-w", "5ms", "-d", "2s", "--keys", "4", "--no-live",
             "--no-faults", "--fault", "refuse=update=25%"});
  const Ended checked = run_stalemate(folder_.path(), {"check", only_run(folder_.path()), "--only", "dirty-reads"});
  EXPECT_EQ(checked.code, 1) << checked.out << "as the explorer says of update-first under refuse";
}

}  // namespace
}  // namespace stalemate
