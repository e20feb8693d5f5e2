// A run with one fault, and what its results and its history say of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "live/program.hpp"
#include "record/history_reader.hpp"

namespace stalemate {

class FaultLive : public testing::Test {
 protected:
  /// Runs the program with these words, which are a run's, in the test's folder: every planned op is sent and
  /// accounted for, and nothing is left running.
  void run_with(const std::vector<std::string>& words) {
    const Ended ended = run_stalemate(folder_.path(), words);
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(left_running(), "");
    out_ = ended.out;
    results_ = results_in(only_run(folder_.path()));
    Result<History> history = read_history(only_run(folder_.path()) / "history.stale");
    ASSERT_TRUE(history) << history.error().detail;
    history_ = std::move(*history);
    for (const char* const kind : {"reads", "writes"}) {
      const nlohmann::json& counts = results_[kind];
      EXPECT_EQ(counts["sent"], counts["planned"]) << "the run goes on";
      EXPECT_EQ(counts["sent"].get<int>(),
                counts["ok"].get<int>() + counts["fail"].get<int>() + counts["info"].get<int>());
    }
  }
  /// Steps of ops that the one fault hit.
  [[nodiscard]] std::vector<StepRecord> hit() const {
    std::vector<StepRecord> steps;
    std::ranges::copy_if(history_.steps(), std::back_inserter(steps),
                         [](const StepRecord& step) { return step.op() != no_op && step.fault() != no_fault; });
    return steps;
  }
  /// How many of the clients' ops begun then ended ok, of how many.
  [[nodiscard]] std::pair<int, int> ok_after(Nanoseconds instant_ns) const {
    std::pair<int, int> counts;
    for (const OpRecord& op : history_.ops()) {
      if (op.kind() != OpKind::background && op.invocation_ns() > instant_ns) {
        counts.first += op.outcome() == Outcome::ok ? 1 : 0;
        ++counts.second;
      }
    }
    return counts;
  }
  /// Values that any load found in the row.
  [[nodiscard]] std::set<Value> rows_seen() const {
    std::set<Value> seen;
    for (const StepRecord& step : history_.steps()) {
      if (step.role() == Role::load && step.outcome() == Outcome::ok) {
        seen.insert(step.value());
      }
    }
    return seen;
  }

  OwnFolder folder_{};
  std::string out_ = {};
  nlohmann::json results_ = {};
  History history_ = {};
};

}  // namespace stalemate
