// Whole explorations: scopes that are searched once a judge, and those that go on after violations.
#include <gtest/gtest.h>

#include <new>
#include <set>
#include <tuple>

#include "explore/exploration.hpp"
#include "explore/model/walks.hpp"
#include "naive.hpp"
#include "tiny_patterns.hpp"

namespace stalemate {
namespace {

using namespace testing_explore;  // NOLINT(google-build-using-namespace)

ExplorationOptions wanted(const PatternInfo& pattern, std::string_view scope) {
  ExplorationOptions options;
  options.pattern = &pattern;
  options.scope = *parse_scope(scope);
  options.judges = all_judges();
  return options;
}

std::set<std::string> violated_in(const Exploration& exploration) {
  std::set<std::string> names;
  for (const JudgeFinding& finding : exploration.findings) {
    EXPECT_NE(finding.finding, Finding::unknown) << finding.judge->name;
    if (finding.finding == Finding::violated) {
      names.emplace(finding.judge->name);
    }
  }
  return names;
}

using Size = std::tuple<std::size_t, std::size_t, unsigned, std::size_t>;

/// Processes, ops, faults and steps.
Size size_of(const Witness& witness) {
  const Scope& scope = witness.options.scope;
  return {scope.processes.size(), ops_of(scope).size(), witness.options.faults_max, witness.choices.size()};
}

TEST(Witness, grows_by_no_fault_that_may_happen_and_need_not) {
  for (const std::string_view pattern : {"cache-aside", "double-delete", "update-first", "write-through"}) {
    ExplorationOptions options;
    options.pattern = PatternRegistry::find(pattern);
    options.judges = all_judges();
    const Exploration usual = explore(options);
    options.faults = {VirtualFaultRegistry::find("duplicated")};
    options.faults_max = 1;
    const Exploration faulty = explore(options);
    for (std::size_t place = 0; place < usual.findings.size(); ++place) {
      const JudgeFinding& without = usual.findings[place];
      const JudgeFinding& with = faulty.findings[place];
      if (without.finding == Finding::violated) {
        SCOPED_TRACE(std::string(pattern) + " " + std::string(without.judge->name));
        ASSERT_EQ(with.finding, Finding::violated);
        EXPECT_LE(size_of(*with.witness), size_of(*without.witness));
      }
    }
  }
}

TEST(LargeScope, is_judged_apart_as_it_is_judged_together) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    const Scripted pattern = random_pattern(seed);
    const PatternInfo info = info_of(pattern);
    const ExplorationOptions options = wanted(info, "w,w,r,r,r");
    MachineOptions together = machine_options(info, "w,w,r,r,r");
    std::set<std::string> names;
    for (const Path& path : search(together, {}).violations) {
      names.emplace(path.judge->name);
    }
    EXPECT_EQ(violated_in(explore(options)), names);
  }
}

TEST(Exhausting, meets_every_state_and_changes_no_verdict) {
  for (const std::string_view name : {"cache-aside", "lease", "versioned-tombstone"}) {
    for (const std::string_view scope : {"w,rr", "w,w,r,r,r"}) {
      SCOPED_TRACE(std::string(name) + " " + std::string(scope));
      ExplorationOptions options = wanted(*PatternRegistry::find(name), scope);
      const Exploration usual = explore(options);
      options.limits.exhaust = true;
      const Exploration whole = explore(options);
      EXPECT_FALSE(usual.exhausted);
      EXPECT_TRUE(whole.exhausted);
      EXPECT_EQ(violated_in(whole), violated_in(usual));
      for (std::size_t place = 0; place < whole.findings.size(); ++place) {
        if (whole.findings[place].witness) {
          EXPECT_EQ(whole.findings[place].witness->choices, usual.findings[place].witness->choices);
        }
      }
      options.limits.states_max = 5;
      EXPECT_FALSE(explore(options).exhausted) << "a limit was passed";
    }
  }
}

TEST(Exhausting, meets_as_many_states_as_there_are) {
  MachineOptions options = machine_options(*PatternRegistry::find("cache-aside"), "w,rr");
  ExploreLimits limits;
  limits.exhaust = true;
  const SearchResult result = search(options, limits);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.states, Naive(options).distinct_states());
}

SearchEnd end_of(const ExploreLimits& limits) {
  ExplorationOptions options = wanted(*PatternRegistry::find("lease"), "w,w,rr,rr");
  options.judges = {JudgeRegistry::find("fresh")};
  options.limits = limits;
  const Exploration exploration = explore(options);
  EXPECT_EQ(exploration.findings.front().finding, Finding::unknown);
  return exploration.findings.front().end;
}

TEST(Unknown, says_which_limit_was_passed_or_who_stopped_it) {
  EXPECT_EQ(end_of({.states_max = 5}), SearchEnd::states_max);
  EXPECT_EQ(end_of({.bytes_max = 1}), SearchEnd::bytes_max);
  EXPECT_EQ(end_of({.is_stopped = [] { return true; }}), SearchEnd::stopped);
  EXPECT_EQ(end_of({.is_stopped = []() -> bool { throw std::bad_alloc(); }}), SearchEnd::out_of_memory);
}

TEST(Unknown, keeps_what_was_found_before_it_was_stopped) {
  ExplorationOptions options = wanted(*PatternRegistry::find("cache-aside"), "w,w,rr,rr");
  bool both = false;
  for (int asked_max = 1; asked_max <= 100 && !both; ++asked_max) {
    int asked = 0;
    options.limits.is_stopped = [&] { return ++asked > asked_max; };
    bool violated = false;
    bool stopped = false;
    for (const JudgeFinding& finding : explore(options).findings) {
      violated = violated || finding.finding == Finding::violated;
      stopped = stopped || (finding.finding == Finding::unknown && finding.end == SearchEnd::stopped);
    }
    both = violated && stopped;
  }
  EXPECT_TRUE(both);
}

TEST(RandomSearch, says_why_it_ended_without_a_violation) {
  const MachineOptions options = machine_options(*PatternRegistry::find("none"), "w,rr");
  EXPECT_EQ(random_search(options, {.runs = 3}).end, SearchEnd::runs_over);
  EXPECT_EQ(random_search(options, {.runs = 3, .is_stopped = [] { return true; }}).end, SearchEnd::stopped);
}

TEST(ThreeWritersAndThreeReaders, are_exhausted_twice_alike) {
  ExplorationOptions options = wanted(*PatternRegistry::find("cache-aside"), "w,w,w,rr,rr,rr");
  options.judges = {JudgeRegistry::find("converges")};
  options.limits.exhaust = true;
  const Exploration first = explore(options);
  EXPECT_TRUE(first.exhausted);
  EXPECT_GT(first.states, 100'000U);
  EXPECT_EQ(first.trace_hash, explore(options).trace_hash);
}

}  // namespace
}  // namespace stalemate
