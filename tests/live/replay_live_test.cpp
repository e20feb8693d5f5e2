// Races that the explorer found, forced on real servers: there the same stale reads happen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "explore/exploration.hpp"
#include "explore/model/walks.hpp"
#include "explore/telling/telling.hpp"
#include "explore/telling/token.hpp"
#include "live/own_servers.hpp"
#include "live/program.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

// The token of the shortest violation of that property within the property's own scope.
std::string shortest_violation(std::string_view pattern, std::string_view judge, std::string_view fault = "") {
  ExplorationOptions options;
  options.pattern = PatternRegistry::find(pattern);
  options.judges = {JudgeRegistry::find(judge)};
  if (!fault.empty()) {
    options.faults = {VirtualFaultRegistry::find(fault)};
    options.faults_max = 1;
  }
  const Exploration exploration = explore(options);
  const auto& witness = exploration.findings.front().witness;
  return witness ? token_of(*witness) : "";
}

// A random run that violates the property and has such a step; its token.
std::string violation_by_lot(std::string_view pattern, std::string_view judge, std::string_view fault,
                             bool (*wanted)(const Move&)) {
  MachineOptions options;
  options.pattern = PatternRegistry::find(pattern);
  options.scope = *parse_scope("w,r");
  options.faults = {VirtualFaultRegistry::find(fault)};
  options.faults_max = 1;
  options.judges = {JudgeRegistry::find(judge)};
  WalkOptions walks;
  for (walks.seed = 1; walks.seed <= 1000; ++walks.seed) {
    const SearchResult result = random_search(options, walks);
    if (!result.violations.empty()) {
      const Witness witness{options, result.violations.front().choices};
      if (std::ranges::any_of(tell(witness)->moves, wanted)) {
        return token_of(witness);
      }
    }
  }
  return "";
}

class Replay : public testing::TestWithParam<const char*> {
 protected:
  Ended replayed(const std::string& token) { return run_stalemate(folder_.path(), {"replay", token, "--live"}); }

  OwnFolder folder_{};
};

TEST_P(Replay, of_a_read_that_is_not_linearizable_gives_the_same_on_real_servers) {
  const Ended ended = replayed(shortest_violation(GetParam(), "linearizable"));
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("the same steps gave the same replies"));
  EXPECT_EQ(left_running(), "");
}

INSTANTIATE_TEST_SUITE_P(Of, Replay,
                         testing::Values("cache-aside", "invalidate-first", "update-after-write", "double-delete",
                                         "lease"),
                         [](const auto& of) {
                           std::string name = of.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

class ReplayWithFault : public Replay {};

TEST_F(ReplayWithFault, of_a_lost_delete_or_a_dead_writer_leaves_the_old_entry_on_real_servers) {
  for (const char* fault : {"lost-request", "crash"}) {
    const Ended ended = replayed(shortest_violation("lease", "converges", fault));
    EXPECT_EQ(ended.code, 1) << fault << ended.out << ended.err;
  }
}

// Several on the same servers, which no run leaves anything behind on that the next one would mind.
class ReplayOnOwnServers : public OwnServersTest {
 protected:
  struct Case {
    std::string_view pattern;
    std::string_view judge;
    std::string_view fault = {};
  };
  void expect_the_same(std::initializer_list<Case> cases) {
    for (const auto& [pattern, judge, fault] : cases) {
      SCOPED_TRACE(std::string(pattern) + " " + std::string(judge) + " " + std::string(fault));
      expect_the_same(shortest_violation(pattern, judge, fault));
    }
  }
  void expect_the_same(const std::string& token) {
    const Ended ended =
        run_stalemate(folder_.path(), {"replay", token, "--live", "--db", database().url, "--cache", cache().url});
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("the same steps gave the same replies"));
  }
};

TEST_F(ReplayOnOwnServers, tells_its_outcome_within_the_json) {
  const Ended ended = run_stalemate(folder_.path(), {"replay", shortest_violation("cache-aside", "fresh"), "--live",
                                                     "--json", "--db", database().url, "--cache", cache().url});
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  const nlohmann::json whole = nlohmann::json::parse(ended.out);
  EXPECT_EQ(whole["live"]["same"], true);
  EXPECT_EQ(whole["live"]["engines"].size(), 2U);
  EXPECT_TRUE(whole["live"]["differences"].empty());
}

TEST_F(ReplayOnOwnServers, forces_a_request_that_arrives_late) {
  expect_the_same({{"lease", "converges", "delayed"}, {"versioned-tombstone", "fresh", "delayed"}});
}

TEST_F(ReplayOnOwnServers, forces_a_request_that_arrives_twice) {
  expect_the_same({{"lease", "converges", "duplicated"}, {"none", "fresh", "duplicated"}});
}

TEST_F(ReplayOnOwnServers, forces_what_befalls_the_cache) {
  expect_the_same({{"fenced-lock", "fresh", "evict"},
                   {"lock", "fresh", "expire"},
                   {"versioned-tombstone", "fresh", "restart"},
                   {"lease", "fresh", "rollback"}});
}

TEST_F(ReplayOnOwnServers, forces_a_caller_to_wait_no_longer) {
  expect_the_same({{"fenced-lock", "linearizable"}});
}

TEST_F(ReplayOnOwnServers, forces_the_steps_of_background_parts) {
  expect_the_same({{"outbox", "converges"},
                   {"cdc-invalidate", "converges"},
                   {"cdc-versioned", "converges", "evict"},
                   {"write-behind", "converges", "rollback"},
                   {"near-cache", "converges"}});
}

// Two clients come first, then the background part.
TEST_F(ReplayOnOwnServers, forces_a_background_part_to_die_and_begin_again) {
  expect_the_same(violation_by_lot("outbox", "converges", "crash", [](const Move& move) {
    return move.kind == ChoiceKind::crash && move.process == 2;
  }));
}

TEST_F(ReplayOnOwnServers, forces_the_database_to_roll_a_write_back) {
  expect_the_same({{"update-first", "linearizable", "refused"}, {"update-first", "converges", "refused"}});
}

TEST_F(ReplayOnOwnServers, forces_a_push_to_be_lost) {
  expect_the_same(violation_by_lot("near-cache", "converges", "lost-push", [](const Move& move) {
    return move.kind == ChoiceKind::strike && move.change.kind == StoreChange::Kind::lose_push;
  }));
}

TEST_F(ReplayWithFault, that_no_server_can_be_made_to_have_is_refused) {
  ExplorationOptions options;
  options.pattern = PatternRegistry::find("cache-aside");
  options.judges = {JudgeRegistry::find("fresh")};
  options.every_event = true;
  const Ended ended = replayed(token_of(*explore(options).findings.front().witness));
  EXPECT_EQ(ended.code, 64) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("cannot be forced on real servers"));
  options.every_event = false;
  options.pattern = PatternRegistry::find("cdc-invalidate");
  options.judges = {JudgeRegistry::find("converges")};
  options.faults = {VirtualFaultRegistry::find("late-row")};
  options.faults_max = 1;
  options.fault_alone = true;
  const Ended late = replayed(token_of(*explore(options).findings.front().witness));
  EXPECT_EQ(late.code, 64) << late.out;
  EXPECT_THAT(late.err, HasSubstr("the log has it, and the row is not to be seen yet) cannot be forced"));
}

}  // namespace
}  // namespace stalemate
