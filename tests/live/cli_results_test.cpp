#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "live/own_servers.hpp"
#include "plan/plan.hpp"
#include "record/history_reader.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;

History history_in(const std::filesystem::path& run_folder) {
  Result<History> history = read_history(run_folder / "history.stale");
  EXPECT_TRUE(history) << history.error().detail;
  return history ? std::move(*history) : History();
}

// The plan of a run, made again from what the run folder says of it.
Plan plan_of(const std::filesystem::path& run_folder) {
  const Result<Scenario> scenario = load_scenario((run_folder / "scenario.toml").native());
  EXPECT_TRUE(scenario) << scenario.error().detail;
  Result<Plan> plan = Plan::make(*scenario);
  EXPECT_TRUE(plan) << plan.error().detail;
  return std::move(*plan);
}

class RunResultsOnDisk : public OwnServersTest {};

TEST_F(RunResultsOnDisk, hold_every_figure_and_add_up) {
  const Ended ended = run("before", {"-r", "5ms", "-w", "20ms", "-d", "2s", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::filesystem::path run_folder = only_run(folder_.path());
  const json results = results_in(run_folder);
  EXPECT_EQ(json::parse(ended.out, nullptr, false), results) << "--json prints the file and nothing else";
  for (const char* pointer : {"/scenario",
                              "/pattern",
                              "/seed",
                              "/engines/0/name",
                              "/engines/1/version",
                              "/duration_s",
                              "/plan/reads",
                              "/plan/writes",
                              "/reads/planned",
                              "/reads/late",
                              "/writes/info",
                              "/cache/hits",
                              "/cache/misses",
                              "/cache/hit_ratio",
                              "/cache/predicted_hit_ratio",
                              "/samples/correct",
                              "/samples/incorrect",
                              "/samples/incoherent_keys",
                              "/samples/transient",
                              "/samples/persistent",
                              "/drift/wanted_ratio",
                              "/drift/done_ratio",
                              "/drift/causes",
                              "/latency/read/response",
                              "/latency/write/service",
                              "/retries",
                              "/faults",
                              "/history/file",
                              "/stale/checked",
                              "/outages"}) {
    EXPECT_TRUE(results.contains(json::json_pointer(pointer))) << pointer;
  }
  EXPECT_EQ(results["reads"]["planned"], 400);
  EXPECT_EQ(results["writes"]["planned"], 100);
  EXPECT_EQ(results["plan"]["reads"], 400);
  for (const char* kind : {"reads", "writes"}) {
    const auto count = [&](const char* name) { return results[kind][name].get<int>(); };
    EXPECT_EQ(count("planned"), count("sent") + count("dropped") + count("not_reached"));
    EXPECT_EQ(count("sent"), count("ok") + count("fail") + count("info"));
  }
  const int lookups = results["cache"]["hits"].get<int>() + results["cache"]["misses"].get<int>();
  EXPECT_EQ(lookups, results["reads"]["sent"]) << "every read of cache-aside looks once";
  EXPECT_EQ(results["history"]["ops"], results["reads"]["sent"].get<int>() + results["writes"]["sent"].get<int>());
  EXPECT_EQ(results["history"]["truncated"], false);
  EXPECT_EQ(results["drift"]["done_ratio"], 4);

  const History history = history_in(run_folder);
  EXPECT_TRUE(history.is_complete());
  EXPECT_EQ(history.steps().size(), results["history"]["steps"]);
  EXPECT_EQ(history.rest.size(), 6U);
  EXPECT_EQ(std::filesystem::file_size(run_folder / "history.stale"), results["history"]["bytes"]);
  EXPECT_EQ(std::filesystem::read_symlink(folder_.path() / "runs" / "before" / "latest"), run_folder.filename());
}

TEST_F(RunResultsOnDisk, hold_every_planned_op_once_as_it_was_planned) {
  const Ended ended = run("before", {"-r", "2ms", "-w", "5ms", "-d", "1s", "--arrivals", "poisson", "--keys", "50",
                                     "--key-distribution", "zipfian", "--no-live"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::filesystem::path run_folder = only_run(folder_.path());
  const History history = history_in(run_folder);
  const Plan plan = plan_of(run_folder);
  PlanCursor cursor = plan.cursor();
  std::size_t place = 0;
  for (std::optional<PlannedOp> planned = cursor.next(); planned; planned = cursor.next(), ++place) {
    ASSERT_LT(place, history.ops().size());
    const OpRecord& op = history.ops()[place];
    EXPECT_EQ(op.index(), planned->index);
    EXPECT_EQ(op.key(), planned->key);
    EXPECT_EQ(op.client(), planned->client);
    EXPECT_EQ(op.kind(), planned->kind);
    EXPECT_EQ(op.intended_ns(), planned->intended_ns);
    EXPECT_GE(op.invocation_ns(), op.intended_ns()) << "no op is sent before its time";
    if (op.kind() == OpKind::write) {
      EXPECT_EQ(op.value(), planned->value);
    }
  }
  EXPECT_EQ(place, history.ops().size());
}

TEST_F(RunResultsOnDisk, are_of_the_same_plan_where_the_seed_is_the_same) {
  const std::vector<std::string> flags = {"-r",        "5ms",        "-w",      "5ms",    "-d", "500ms",
                                          "--no-live", "--arrivals", "poisson", "--keys", "100"};
  const auto with_seed = [&flags](const char* seed) {
    std::vector<std::string> all = flags;
    all.insert(all.end(), {"--seed", seed});
    return all;
  };
  for (const char* seed : {"7", "7", "8"}) {
    const Ended ended = run("before", with_seed(seed));
    ASSERT_EQ(ended.code, 0) << ended.err << ended.out;
  }
  const std::vector<std::filesystem::path> runs = run_folders(folder_.path());
  ASSERT_EQ(runs.size(), 3U);
  std::vector<std::string> plans;
  for (const std::filesystem::path& run_folder : runs) {
    std::ostringstream text;
    const History history = history_in(run_folder);
    for (const OpRecord& op : history.ops()) {
      const Value written = op.kind() == OpKind::write ? op.value() : absent;
      text << op.index() << ' ' << op.key().index << ' ' << op.client() << ' ' << op.intended_ns() << ' ' << written
           << '\n';
    }
    plans.push_back(text.str());
  }
  EXPECT_EQ(plans[0], plans[1]);
  EXPECT_NE(plans[0], plans[2]);
  const Ended again = run_stalemate(
      folder_.path(), {"run", runs[2] / "scenario.toml", "--db", database().url, "--cache", cache().url, "--no-live"});
  EXPECT_EQ(again.code, 0) << again.err << "the scenario in the run folder runs again";
}

TEST_F(RunResultsOnDisk, are_shown_a_line_a_second_where_there_is_no_terminal) {
  const Ended shown = run("before", {"-d", "3s"});
  ASSERT_EQ(shown.code, 0);
  const auto lines = std::ranges::count(shown.err, '\n');
  EXPECT_GE(lines, 3) << shown.err;
  EXPECT_LE(lines, 6) << shown.err;
  EXPECT_THAT(shown.err, HasSubstr(" of 3.0 s: reads "));
  EXPECT_EQ(shown.err.find('\x1b'), std::string::npos) << "no terminal, no escape sequence";
  EXPECT_THAT(shown.out, HasSubstr("Results: runs/before/"));
  EXPECT_EQ(shown.out.find(" of 3.0 s: reads "), std::string::npos);
  const Ended silent = run("before", {"-d", "200ms", "--no-live"});
  EXPECT_EQ(silent.err, "");
}

TEST(ManyClients, all_get_their_connections) {
  const OwnFolder folder;
  const Ended ended =
      run_stalemate(folder.path(), {"run", "before", "--clients", "700", "-r", "1ms", "-d", "1s", "--no-live"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder.path()));
  EXPECT_EQ(results["asked"]["clients"], 700);
  EXPECT_EQ(results["reads"]["ok"], 1000);
}

}  // namespace
}  // namespace stalemate
