#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "living.hpp"
#include "servers/keeper/folders.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/launch.hpp"
#include "servers/keeper/processes.hpp"
#include "unit/servers/keeper_hook.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

using test::comes_true;
using test::is_there;
using testing::HasSubstr;

char state_of(pid_t pid) {
  const auto stat = process_stat(pid);
  return stat ? stat->state : '-';
}

TEST(ProcessStat, is_read_whatever_the_process_is_called) {
  const std::string rest = " S 7 100 100 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2 3\n";
  for (const char* const name : {"sh", "a b", "x) R 1 (y", "(((", ""}) {
    const auto stat = parse_process_stat("42 (" + std::string(name) + ")" + rest);
    ASSERT_TRUE(stat) << name;
    EXPECT_EQ(stat->pid, 42);
    EXPECT_EQ(stat->parent, 7);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->start_ticks, 98765U);
  }
  for (const char* const text : {"", "42", "42 (sh) S 7", ")(", "x (sh) S 7"}) {
    EXPECT_FALSE(parse_process_stat(text)) << text;
  }
}

TEST(ProcessStat, of_ourselves_agrees_with_the_system) {
  const auto stat = process_stat(getpid());
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, getpid());
  EXPECT_EQ(stat->parent, getppid());
}

TEST(Descendants, are_all_generations_parents_first) {
  const std::vector<ProcessStat> processes = {{.pid = 9, .parent = 5},
                                              {.pid = 5, .parent = 2},
                                              {.pid = 2, .parent = 1},
                                              {.pid = 3, .parent = 1},
                                              {.pid = 6, .parent = 2}};
  EXPECT_THAT(descendants_of(processes, 2), testing::UnorderedElementsAre(5, 6, 9));
  EXPECT_TRUE(descendants_of(processes, 9).empty());
}

TEST(StartedProcess, is_not_mistaken_for_a_later_one_with_its_number) {
  const auto self = process_stat(getpid());
  const StartedProcess us{.pid = getpid(), .start_ticks = self->start_ticks, .boot = boot_name()};
  EXPECT_TRUE(is_alive(us));
  StartedProcess other = us;
  other.start_ticks += 1;
  EXPECT_FALSE(is_alive(other));
  other = us;
  other.boot = "another boot";
  EXPECT_FALSE(is_alive(other));
}

TEST(StartedProcesses, are_read_up_to_where_a_crash_cut_the_list) {
  const OwnFolder folder;
  EXPECT_TRUE(started_processes(folder.path()).empty());
  ASSERT_TRUE(note_started_process(folder.path(), {.pid = 7, .start_ticks = 8, .boot = "b", .program = "/p"}));
  std::ofstream(folder.path() / "processes", std::ios::app) << "{\"pid\":9,\"start_ti";
  const auto list = started_processes(folder.path());
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list.front().pid, 7);
  EXPECT_EQ(list.front().start_ticks, 8U);
  EXPECT_EQ(list.front().program, "/p");
}

class KeeperTest : public testing::Test {
 protected:
  void SetUp() override { link_ = start_link(KeeperMode::servers_die); }

  std::shared_ptr<KeeperLink> start_link(KeeperMode mode) {
    auto folder = make_run_folder(base_.path());
    EXPECT_TRUE(folder);
    folder_ = folder->path;
    auto link = KeeperLink::start(std::move(*folder), mode);
    EXPECT_TRUE(link);
    return *link;
  }

  pid_t start(const std::string& script) {
    const auto pid = link_->spawn(order(script));
    EXPECT_TRUE(pid) << pid.error().detail;
    return pid.value_or(-1);
  }

  SpawnOrder order(const std::string& script) {
    return {.arguments = {"/bin/sh", "-c", script}, .folder = folder_, .log = folder_ / "log"};
  }

  OwnFolder base_;
  std::filesystem::path folder_;
  std::shared_ptr<KeeperLink> link_;
};

TEST_F(KeeperTest, tells_how_a_process_ended) {
  const pid_t exiting = start("exit 3");
  const pid_t killed = start("kill -9 $$");
  const pid_t sleeping = start("sleep 1000");
  EXPECT_TRUE(comes_true([&] { return !link_->look_at(exiting)->running && !link_->look_at(killed)->running; }));
  EXPECT_EQ(link_->look_at(exiting)->ending, "exit status 3");
  EXPECT_EQ(link_->look_at(killed)->ending, "signal 9");
  EXPECT_TRUE(link_->look_at(sleeping)->running);
}

TEST_F(KeeperTest, gives_a_clean_environment_and_a_session_of_its_own) {
  setenv("STALEMATE_TEST_SECRET", "leaked", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  const pid_t pid = start("env; ls -l /proc/self/fd | grep -c socket; sleep 1000");
  EXPECT_TRUE(comes_true([&] { return log_tail(folder_ / "log", 0, 30).ends_with("\n0"); }));
  const std::string log = log_tail(folder_ / "log", 0, 30);
  EXPECT_THAT(log, HasSubstr("HOME=" + folder_.native()));
  EXPECT_THAT(log, testing::Not(HasSubstr("leaked")));
  EXPECT_EQ(getsid(pid), pid);
  unsetenv("STALEMATE_TEST_SECRET");  // NOLINT(concurrency-mt-unsafe): one thread
}

TEST_F(KeeperTest, tells_why_a_program_cannot_be_started) {
  SpawnOrder missing = order("");
  missing.arguments = {"/no/such/program"};
  const auto pid = link_->spawn(missing);
  ASSERT_FALSE(pid);
  EXPECT_THAT(pid.error().detail, HasSubstr("/no/such/program: could not execute it (No such file or directory)"));
  SpawnOrder nowhere = order("true");
  nowhere.folder = "/no/such/folder";
  EXPECT_THAT(link_->spawn(nowhere).error().detail, HasSubstr("enter its folder"));
}

TEST_F(KeeperTest, pauses_and_resumes_whole_families) {
  const pid_t root = start("sleep 1000 & sleep 1001 & wait");
  EXPECT_TRUE(comes_true([&] { return descendants_of(all_processes(), root).size() == 2; }));
  ASSERT_TRUE(link_->pause(root));
  for (const pid_t child : descendants_of(all_processes(), root)) {
    EXPECT_EQ(state_of(child), 'T');
  }
  EXPECT_EQ(state_of(root), 'T');
  ASSERT_TRUE(link_->resume(root));
  for (const pid_t child : descendants_of(all_processes(), root)) {
    EXPECT_NE(state_of(child), 'T');
  }
}

TEST_F(KeeperTest, kills_whole_families_even_when_the_first_is_dead_already) {
  const pid_t root = start("setsid sleep 1000 & sleep 1001 & wait");
  EXPECT_TRUE(comes_true([&] { return descendants_of(all_processes(), root).size() == 2; }));
  const std::vector<pid_t> children = descendants_of(all_processes(), root);
  kill(root, SIGKILL);
  EXPECT_TRUE(comes_true([&] { return !link_->look_at(root)->running; }));
  EXPECT_TRUE(is_there(children[0]) && is_there(children[1]));
  ASSERT_TRUE(link_->kill(root));
  EXPECT_FALSE(is_there(children[0]) || is_there(children[1]));
}

TEST_F(KeeperTest, leaves_the_orphans_of_others_alone_when_it_kills_one) {
  // Behind its shell each leaves one process in its session and one in a session of its own, whose parent it still is.
  const std::string script = "(sleep 1000 & sleep 1001 &); setsid sh -c '(sleep 1002 &); sleep 1003 & wait' & wait";
  const auto members = [](pid_t root) {
    std::vector<pid_t> found = descendants_of(all_processes(), root);
    const pid_t inner = found.empty() ? 0 : process_stat(found.front()).value_or(ProcessStat{}).session;
    found.clear();
    for (const ProcessStat& process : all_processes()) {
      if ((process.session == root || process.session == inner) && process.pid != root && inner != 0) {
        found.push_back(process.pid);
      }
    }
    return found;
  };
  const pid_t one = start(script);
  const pid_t other = start(script);
  EXPECT_TRUE(comes_true([&] { return members(one).size() == 5 && members(other).size() == 5; }));
  const std::vector<pid_t> of_one = members(one);
  const std::vector<pid_t> of_other = members(other);
  ASSERT_TRUE(link_->kill(one));
  EXPECT_TRUE(std::ranges::none_of(of_one, is_there));
  EXPECT_TRUE(std::ranges::all_of(of_other, is_there));
  ASSERT_TRUE(link_->kill(other));
  EXPECT_TRUE(std::ranges::none_of(of_other, is_there));
}

TEST_F(KeeperTest, kills_all_and_removes_the_folder_when_the_link_closes) {
  const pid_t root = start("setsid sleep 1000 & trap '' TERM INT HUP; sleep 1001 & wait");
  EXPECT_TRUE(comes_true([&] { return descendants_of(all_processes(), root).size() == 2; }));
  std::vector<pid_t> family = descendants_of(all_processes(), root);
  family.push_back(root);
  ASSERT_TRUE(link_->pause(root));
  link_.reset();
  for (const pid_t pid : family) {
    EXPECT_FALSE(is_there(pid));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(KeeperTest, holds_the_folders_lock_as_long_as_it_lives) {
  EXPECT_EQ(sweep_run_folders(base_.path()), 0);
  EXPECT_TRUE(std::filesystem::exists(folder_));
  ASSERT_TRUE(link_->finish());
  EXPECT_TRUE(link_->finish());
  EXPECT_FALSE(std::filesystem::exists(folder_));
  EXPECT_FALSE(link_->spawn(order("true")));
}

TEST_F(KeeperTest, takes_its_children_along_when_it_is_killed) {
  const pid_t child = start("exec sleep 1000");
  kill(process_stat(child)->parent, SIGKILL);
  EXPECT_TRUE(comes_true([&] { return !is_there(child); }));
  EXPECT_THAT(link_->pause(child).error().detail, HasSubstr("keeper is gone"));
}

TEST_F(KeeperTest, is_no_descendant_of_its_program_so_that_killing_a_tree_spares_it) {
  const pid_t child = start("exec sleep 1000");
  EXPECT_TRUE(descendants_of(all_processes(), getpid()).empty());
  EXPECT_NE(process_stat(child)->parent, getpid());
}

TEST_F(KeeperTest, when_killed_has_its_folder_removed_by_its_program) {
  const pid_t child = start("exec sleep 1000");
  kill(process_stat(child)->parent, SIGKILL);
  EXPECT_TRUE(link_->finish());
  EXPECT_FALSE(is_there(child));
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(KeeperTest, leaves_servers_that_may_stay_and_the_list_finds_them) {
  link_ = start_link(KeeperMode::servers_may_stay);
  const pid_t child = start("exec sleep 1000");
  ASSERT_TRUE(link_->leave_servers());
  link_.reset();
  EXPECT_TRUE(is_there(child));
  EXPECT_TRUE(std::filesystem::exists(folder_));
  EXPECT_TRUE(kill_processes_of(folder_));
  EXPECT_FALSE(is_there(child));
}

TEST_F(KeeperTest, sweeps_orphans_but_not_strangers_in_a_dead_runs_folder) {
  link_ = start_link(KeeperMode::servers_may_stay);
  const pid_t child = start("(while true; do sleep 1; done) & wait");
  EXPECT_TRUE(comes_true([&] { return descendants_of(all_processes(), child).size() == 2; }));
  const pid_t orphan = descendants_of(all_processes(), child).front();
  ASSERT_TRUE(link_->leave_servers());
  link_.reset();
  kill(child, SIGKILL);
  EXPECT_TRUE(comes_true([&] { return !is_there(child); }));
  EXPECT_TRUE(is_there(orphan));
  // Not of the list's program, though it sits in the folder.
  const pid_t stranger = fork();
  if (stranger == 0) {
    static_cast<void>(!chdir(folder_.c_str()));
    pause();
    _exit(0);
  }
  EXPECT_TRUE(sweep_run_folders(base_.path()));
  EXPECT_FALSE(std::filesystem::exists(folder_));
  EXPECT_FALSE(is_there(orphan));
  EXPECT_TRUE(is_there(stranger));
  kill(stranger, SIGKILL);
  waitpid(stranger, nullptr, 0);
}

}  // namespace
}  // namespace stalemate
