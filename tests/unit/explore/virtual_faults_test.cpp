// Faults one by one: which patterns they can hit, and what those make of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "explore/matrix/guarantees.hpp"
#include "explore/matrix/matrix.hpp"
#include "explore/telling/telling.hpp"
#include "explore/telling/token.hpp"
#include "tiny_patterns.hpp"

namespace stalemate {
namespace {

using namespace testing_explore;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;

bool can_hit(std::string_view fault, std::string_view pattern, std::string_view scope = "w,w,rr,rr") {
  return can_take_place(*VirtualFaultRegistry::find(fault), *PatternRegistry::find(pattern), *parse_scope(scope));
}

TEST(Fault, that_finds_nothing_to_befall_cannot_hit_a_pattern) {
  EXPECT_FALSE(can_hit("replica-lag", "cdc-invalidate"));
  EXPECT_TRUE(can_hit("replica-lag", "read-your-writes"));
  for (const char* const fault : {"evict", "restart", "rollback", "expire"}) {
    EXPECT_FALSE(can_hit(fault, "none")) << fault << ": there is no cache";
  }
  EXPECT_FALSE(can_hit("expire", "cache-aside")) << "it has no lock, lease, tombstone or marker";
  EXPECT_TRUE(can_hit("expire", "lock"));
  EXPECT_FALSE(can_hit("lost-push", "cache-aside"));
  EXPECT_TRUE(can_hit("lost-push", "near-cache"));
  EXPECT_FALSE(can_hit("late-row", "outbox")) << "its relay reads rows";
  EXPECT_TRUE(can_hit("late-row", "cdc-invalidate"));
  EXPECT_TRUE(can_hit("db-rollback", "none"));
  EXPECT_TRUE(can_hit("db-rollback", "read-your-writes"));
  EXPECT_FALSE(can_hit("db-rollback", "cdc-invalidate")) << "the log of changes ends with its server";
  EXPECT_TRUE(can_hit("refused", "none"));
  EXPECT_FALSE(can_hit("refused", "none", "rr,r")) << "nobody writes";
  EXPECT_FALSE(can_hit("evict", "cache-aside", "w")) << "nobody fills the cache";
}

/// Whether some step of the fault follows a state of the whole scope; nothing where it has too many states to tell.
std::optional<bool> takes_place_anywhere(const VirtualFaultInfo& fault, const PatternInfo& pattern) {
  MachineOptions options = machine_options(pattern, default_scope, 1);
  options.faults = {&fault};
  options.judges = {JudgeRegistry::find("converges")};
  options.faults_max = 0;
  ExploreLimits limits{.states_max = 300'000, .exhaust = true};
  const SearchResult without = search(options, limits);
  options.faults_max = 1;
  limits.states_max = without.states + 1;
  return without.complete ? std::optional(search(options, limits).states > without.states) : std::nullopt;
}

TEST(Fault, that_cannot_befall_two_processes_cannot_befall_four) {
  int told = 0;
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
      if (!can_hit(fault.name, pattern.name) && (fault.concerns == nullptr || fault.concerns(pattern))) {
        const std::optional<bool> anywhere = takes_place_anywhere(fault, pattern);
        told += anywhere ? 1 : 0;
        EXPECT_NE(anywhere, std::optional(true)) << pattern.name << " " << fault.name;
      }
    }
  }
  EXPECT_GT(told, 5);
}

JudgeFinding found(std::string_view pattern, std::string_view judge, std::string_view fault,
                   std::string_view scope = default_scope) {
  ExplorationOptions options;
  options.pattern = PatternRegistry::find(pattern);
  options.judges = {JudgeRegistry::find(judge)};
  options.faults = {VirtualFaultRegistry::find(fault)};
  options.faults_max = 1;
  options.scope = *parse_scope(scope);
  options.fault_alone = true;
  return explore(options).findings.front();
}

TEST(LateRow, lets_a_reader_fill_the_old_row_behind_the_invalidation_of_the_log) {
  const JudgeFinding finding = found("cdc-invalidate", "converges", "late-row");
  ASSERT_EQ(finding.finding, Finding::violated);
  const Telling telling = *tell(*finding.witness);
  EXPECT_TRUE(telling.violated);
  EXPECT_THAT(story_of(telling), HasSubstr("the log has it, and the row is not to be seen yet   [late-row]"));
  EXPECT_THAT(story_of(telling), HasSubstr("sees its update of the row to 1 take effect"));
  EXPECT_EQ(found("cdc-versioned", "converges", "late-row").finding, Finding::holds)
      << "an entry with a newer version is not replaced";
}

TEST(LateRow, makes_other_writers_wait_and_lets_no_write_be_lost) {
  for (const char* const judge : {"monotonic-writes", "writes-follow-reads"}) {
    EXPECT_EQ(found("cdc-versioned", judge, "late-row", "ww,w,r").finding == Finding::violated, false) << judge;
  }
  MachineOptions options = machine_options(*PatternRegistry::find("cdc-invalidate"), "w,w", 2);
  options.faults = {VirtualFaultRegistry::find("late-row"), VirtualFaultRegistry::find("crash")};
  Machine machine(options);
  std::vector<MachineState> states = {machine.first()};
  std::vector<Successor> successors;
  for (std::size_t next = 0; next < states.size(); ++next) {
    const MachineState state = states[next];
    machine.expand(state, successors);
    const World world = machine.worlds()[state.world];
    EXPECT_TRUE(!successors.empty() || world.unseen == 0) << "every row is shown in the end";
    for (const Successor& successor : successors) {
      if (std::ranges::find(states, successor.state) == states.end()) {
        states.push_back(successor.state);
      }
    }
  }
}

TEST(DbRollback, loses_an_acknowledged_write_of_every_pattern_that_it_can_hit) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    if (pattern.needs.feed == FeedKind::change_log) {
      continue;
    }
    const bool reads_what_was_lost = pattern.name == "write-behind";  // the cache has it
    EXPECT_EQ(found(pattern.name, "fresh", "db-rollback").finding == Finding::violated, !reads_what_was_lost)
        << pattern.name;
  }
  const std::string story = story_of(*tell(*found("none", "fresh", "db-rollback").witness));
  EXPECT_THAT(story, HasSubstr("the standby of the database stops following it; it has the row 0   [db-rollback]"));
  EXPECT_THAT(story, HasSubstr("the database fails over to its standby, which has the row 0"));
  EXPECT_EQ(found("none", "converges", "db-rollback").finding, Finding::holds) << "no entry keeps what was lost";
  EXPECT_EQ(found("cache-aside", "converges", "db-rollback", "w,r").finding, Finding::violated)
      << "an entry may be of the lost write";
}

/// The worlds that a pattern's only write and one `fault` lead to.
std::vector<World> worlds_after_a_write(std::string_view pattern, std::string_view fault) {
  MachineOptions options = machine_options(*PatternRegistry::find(pattern), "w", 1);
  options.faults = {VirtualFaultRegistry::find(fault)};
  Machine machine(options);
  std::vector<MachineState> states = {machine.first()};
  std::vector<World> worlds;
  std::vector<Successor> successors;
  for (std::size_t next = 0; next < states.size(); ++next) {
    const MachineState state = states[next];
    worlds.push_back(machine.worlds()[state.world]);
    machine.expand(state, successors);
    for (const Successor& successor : successors) {
      if (std::ranges::find(states, successor.state) == states.end()) {
        states.push_back(successor.state);
      }
    }
  }
  return worlds;
}

TEST(DbRollback, takes_the_outbox_along_and_leaves_nothing_of_the_standby_behind) {
  bool is_lost_with_its_message = false;
  for (const World& world : worlds_after_a_write("outbox", "db-rollback")) {
    EXPECT_TRUE(world.left_behind || (world.replica_row == 0 && world.kept_messages == 0));
    EXPECT_FALSE(world.lags) << "nobody reads from the standby";
    EXPECT_TRUE(world.row == 1 || world.messages == 0) << "a message is of a row that is there";
    is_lost_with_its_message =
        is_lost_with_its_message || (world.left_behind && world.messages == 1 && world.kept_messages == 0);
  }
  EXPECT_TRUE(is_lost_with_its_message);
}

TEST(DbRollback, lets_the_replica_lag_that_is_to_take_over) {
  bool lags = false;
  for (const World& world : worlds_after_a_write("read-your-writes", "db-rollback")) {
    EXPECT_EQ(world.lags, world.left_behind);
    EXPECT_EQ(world.unreplicated.size, 0) << "it gets nothing any more";
    lags = lags || (world.lags && world.row == 1 && world.replica_row == 0);
  }
  EXPECT_TRUE(lags);
}

TEST(Refused, write_leaves_the_row_alone_and_its_value_is_nobodys_to_read) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    MachineOptions options = machine_options(pattern, "w", 1);
    options.faults = {VirtualFaultRegistry::find("refused")};
    Machine machine(options);
    std::vector<Successor> successors;
    machine.expand(machine.first(), successors);
    for (const Successor& successor : successors) {
      if (successor.choice.fault != 0) {
        EXPECT_EQ(successor.state.world, machine.first().world) << pattern.name;
      }
    }
  }
  const JudgeFinding dirty = found("update-first", "linearizable", "refused");
  ASSERT_EQ(dirty.finding, Finding::violated) << "the entry has what the row never had";
  EXPECT_THAT(story_of(*tell(*dirty.witness)), HasSubstr("the database rolls it back and says so"));
  for (const char* const judge : {"converges", "fresh", "linearizable"}) {
    EXPECT_EQ(found("none", judge, "refused").finding, Finding::holds) << judge;
  }
}

TEST(Remedies, are_the_patterns_that_hold_without_faults_and_with_each_of_them) {
  const JudgeInfo& fresh = *JudgeRegistry::find("fresh");
  const std::vector<std::string_view> usual = patterns_that_hold(fresh, {});
  EXPECT_THAT(usual, testing::IsSupersetOf({"none", "lease", "versioned-tombstone"}));
  EXPECT_THAT(usual, testing::Not(testing::Contains("cache-aside")));
  const std::vector<std::string_view> lost = patterns_that_hold(fresh, {VirtualFaultRegistry::find("lost-request")});
  EXPECT_THAT(usual, testing::IsSupersetOf(lost));
  EXPECT_THAT(lost, testing::Not(testing::Contains("lease")));
  std::vector<const VirtualFaultInfo*> all = all_faults();
  EXPECT_TRUE(patterns_that_hold(fresh, all).empty()) << "a write that is sent twice spoils every one";
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    EXPECT_THAT(patterns_that_hold(judge, {}), testing::Contains("none")) << judge.name;
  }
}

}  // namespace
}  // namespace stalemate
