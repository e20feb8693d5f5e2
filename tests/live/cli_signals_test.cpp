#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "live/program.hpp"
#include "living.hpp"
#include "record/history_reader.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using Words = std::vector<std::string>;

const Words long_run = {"run", "before", "-r", "5ms", "-w", "20ms", "-d", "5m"};

// Nothing runs that the program started, and its servers' folder is gone.
void expect_nothing_left(const std::filesystem::path& servers_folder) {
  EXPECT_EQ(left_running(), "");
  ASSERT_FALSE(servers_folder.empty());
  EXPECT_EQ(left_running_with(servers_folder.native()), "");
  EXPECT_FALSE(std::filesystem::exists(servers_folder)) << servers_folder;
}

class Interrupted : public testing::TestWithParam<int> {
 protected:
  OwnFolder folder_{};
};

TEST_P(Interrupted, in_mid_run_it_writes_its_results_and_leaves_nothing_running) {
  Program program(folder_.path(), long_run);
  const std::filesystem::path servers = program.servers_folder();
  ASSERT_TRUE(program.says_lines(2)) << program.err();
  program.send(GetParam());
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Results: runs/before/"));
  const std::filesystem::path run_folder = only_run(folder_.path());
  const json results = results_in(run_folder);
  EXPECT_EQ(results["interrupted"], true);
  EXPECT_EQ(results["history"]["truncated"], false);
  for (const char* kind : {"reads", "writes"}) {
    const auto count = [&](const char* name) { return results[kind][name].get<int>(); };
    EXPECT_GT(count("sent"), 0);
    EXPECT_GT(count("not_reached"), count("planned") / 2);
    EXPECT_EQ(count("planned"), count("sent") + count("dropped") + count("not_reached"));
  }
  const Result<History> history = read_history(run_folder / "history.stale");
  ASSERT_TRUE(history) << history.error().detail;
  ASSERT_TRUE(history->is_complete());
  EXPECT_EQ(history->trailer->reason, "interrupted");
  EXPECT_EQ(history->ops().size(), results["history"]["ops"]);
  expect_nothing_left(servers);
}

// Many clients take a while to connect; should they be quicker than the signal, it comes in mid-run, which is as well.
TEST_P(Interrupted, while_its_clients_connect_it_writes_its_results) {
  Words many = long_run;
  many.insert(many.end(), {"--clients", "40"});
  Program program(folder_.path(), many);
  const std::filesystem::path servers = program.servers_folder();
  // Each client has two connections; before them the program holds but a few files.
  const auto is_connecting = [&] {
    std::error_code error;
    const std::filesystem::directory_iterator files("/proc/" + std::to_string(program.pid()) + "/fd", error);
    return !error && std::distance(begin(files), end(files)) > 50;
  };
  for (int attempt = 0; attempt < 6 && !test::comes_true(is_connecting); ++attempt) {
  }
  program.send(GetParam());
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Results: runs/before/")) << ended.err;
  EXPECT_EQ(results_in(only_run(folder_.path()))["interrupted"], true);
  expect_nothing_left(servers);
}

TEST_P(Interrupted, while_its_servers_start_it_ends_at_once_and_leaves_nothing) {
  Program program(folder_.path(), long_run);
  const std::filesystem::path servers = program.servers_folder();
  program.send(GetParam());
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130);
  EXPECT_EQ(without_start_up(ended.err), "stalemate: interrupted\n");
  EXPECT_TRUE(run_folders(folder_.path()).empty());
  expect_nothing_left(servers);
}

TEST_P(Interrupted, on_the_way_up_it_leaves_no_server_that_would_have_stayed) {
  const std::string name = "test-" + std::to_string(getpid());
  folder_.write(name + ".toml", "pattern = \"cache-aside\"\n");
  Program program(folder_.path(), {"up", "./" + name + ".toml"});
  const std::filesystem::path servers = program.servers_folder();
  EXPECT_THAT(servers.native(), HasSubstr("up-" + name));
  program.send(GetParam());
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130);
  EXPECT_EQ(without_start_up(ended.err), "stalemate: interrupted\n");
  EXPECT_EQ(ended.out, "");
  expect_nothing_left(servers);
}

INSTANTIATE_TEST_SUITE_P(By, Interrupted, testing::Values(SIGINT, SIGTERM, SIGHUP),
                         [](const auto& of) { return std::string("SIG") + sigabbrev_np(of.param); });

TEST(IgnoredHangUp, as_nohup_has_it_does_not_end_a_run) {
  const OwnFolder folder;
  Program program(folder.path(), {"run", "before", "-r", "5ms", "-w", "20ms", "-d", "3s"}, {"nohup"});
  ASSERT_TRUE(program.says_lines(2)) << program.err();
  program.send(SIGHUP);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(results_in(only_run(folder.path()))["interrupted"], false);
}

// The database stands still, so that the first interrupt has to wait for what is under way.
TEST(InterruptedTwice, it_gives_up_what_is_under_way_and_writes_its_results) {
  const OwnFolder folder;
  Words stalled = long_run;
  stalled.insert(stalled.end(), {"--fault", "stall=db@1s+60s", "--op-limit", "50s"});
  Program program(folder.path(), stalled);
  const std::filesystem::path servers = program.servers_folder();
  ASSERT_TRUE(program.says_lines(4)) << program.err();
  program.send(SIGINT);
  ASSERT_TRUE(program.says("interrupted")) << program.err();
  program.send(SIGINT);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  expect_nothing_left(servers);
  const std::filesystem::path run_folder = only_run(folder.path());
  EXPECT_FALSE(std::filesystem::exists(run_folder / ".reserved"));
  EXPECT_THAT(ended.err, HasSubstr("stalemate: interrupted before the history was checked: runs/before/"));
  const json results = results_in(run_folder);
  EXPECT_EQ(results["interrupted"], true);
  EXPECT_EQ(results["history"]["truncated"], false);
  EXPECT_TRUE(results["stale"].is_null()) << "it did not wait for the checks";
  EXPECT_LT(results["elapsed_s"], 30) << "it did not wait for the database";
  EXPECT_GT(results["errors"]["cancelled"], 0) << results["errors"];
  EXPECT_THAT(results["warnings"].dump(), HasSubstr("what was under way then was given up"));
  for (const char* kind : {"reads", "writes"}) {
    const auto count = [&](const char* name) { return results[kind][name].get<int>(); };
    EXPECT_EQ(count("planned"), count("sent") + count("dropped") + count("not_reached"));
    EXPECT_EQ(count("sent"), count("ok") + count("fail") + count("info"));
  }
  const Result<History> history = read_history(run_folder / "history.stale");
  ASSERT_TRUE(history) << history.error().detail;
  EXPECT_TRUE(history->is_complete());
  EXPECT_EQ(history->ops().size(), results["history"]["ops"]);
  const Ended checked = run_stalemate(folder.path(), {"check", run_folder});
  EXPECT_THAT(checked.code, testing::AnyOf(0, 1, 2)) << checked.err;
}

TEST(Killed, the_program_leaves_no_server_and_no_folder_but_a_readable_history) {
  const OwnFolder folder;
  Program program(folder.path(), long_run);
  const std::filesystem::path servers = program.servers_folder();
  ASSERT_TRUE(program.says_lines(4)) << program.err();
  program.send(SIGKILL);
  EXPECT_EQ(program.wait().signal, SIGKILL);
  expect_nothing_left(servers);
  const std::filesystem::path run_folder = only_run(folder.path());
  EXPECT_TRUE(std::filesystem::exists(run_folder / "scenario.toml"));
  EXPECT_FALSE(std::filesystem::exists(run_folder / ".reserved"));
  const Result<History> history = read_history(run_folder / "history.stale");
  ASSERT_TRUE(history) << history.error().detail;
  EXPECT_FALSE(history->is_complete());
  EXPECT_GT(history->ops().size(), 0U);
  const Ended checked = run_stalemate(folder.path(), {"check", run_folder});
  EXPECT_NE(checked.code, 64);
  EXPECT_THAT(checked.err, HasSubstr(history->truncation));
}

}  // namespace
}  // namespace stalemate
