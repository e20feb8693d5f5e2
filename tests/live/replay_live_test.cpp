// Races that the explorer found, forced on real servers: there the same stale reads happen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "explore/exploration.hpp"
#include "explore/token.hpp"
#include "live/program.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

class Replay : public testing::TestWithParam<const char*> {
 protected:
  // The shortest violation of that property within the property's own scope.
  static std::string token(std::string_view pattern, std::string_view judge, std::string_view fault = "") {
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
  Ended replayed(const std::string& token) { return run_stalemate(folder_.path(), {"replay", token, "--live"}); }

  OwnFolder folder_{};
};

TEST_P(Replay, of_a_read_that_is_not_linearizable_gives_the_same_on_real_servers) {
  const Ended ended = replayed(token(GetParam(), "linearizable"));
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
    const Ended ended = replayed(token("lease", "converges", fault));
    EXPECT_EQ(ended.code, 1) << fault << ended.out << ended.err;
  }
}

TEST_F(ReplayWithFault, that_no_server_can_be_made_to_have_is_refused) {
  const Ended ended = replayed(token("lease", "converges", "rollback"));
  EXPECT_EQ(ended.code, 64) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("cannot be forced on real servers"));
}

}  // namespace
}  // namespace stalemate
