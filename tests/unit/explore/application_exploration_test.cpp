#include "explore/application/application_exploration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "explore/application/application_token.hpp"
#include "explore/matrix/guarantees.hpp"
#include "scripted_world.hpp"

namespace stalemate {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_explore::cache_aside;
using testing_explore::early_invalidation;
using testing_explore::moody_cache_aside;
using testing_explore::no_cache;
using testing_explore::ScriptedWorld;
using testing_explore::Service;
using testing_explore::versioned_tombstone;

ApplicationExplorationOptions small_options() {
  ApplicationExplorationOptions options;
  for (const char* scope : {"wr", "w,r", "w,rr", "wr,r", "ww,r", "rw,w", "w,w,r", "w,r,r"}) {
    options.scopes.push_back(*parse_scope(scope));
  }
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    options.judges.push_back(&judge);
  }
  return options;
}

ApplicationExploration explored(Service service, const ApplicationExplorationOptions& options) {
  ScriptedWorld world(service);
  Result<ApplicationExploration> found = explore_application(world, options);
  EXPECT_TRUE(found.has_value()) << found.error().detail;
  return *std::move(found);
}

const ApplicationFinding& found_of(const std::vector<ApplicationFinding>& findings, std::string_view judge) {
  const auto place =
      std::ranges::find_if(findings, [&](const ApplicationFinding& finding) { return finding.judge->name == judge; });
  EXPECT_NE(place, findings.end()) << judge;
  return *place;
}

TEST(ApplicationExploration, shows_each_violation_in_the_first_scope_that_has_one) {
  const ApplicationExploration found = explored(cache_aside, small_options());
  const ApplicationFinding& converges = found_of(found.findings, "converges");
  ASSERT_TRUE(converges.witness.has_value());
  EXPECT_EQ(to_text(converges.witness->scope), "w,r");
  EXPECT_EQ(steps_of(*converges.witness), 7U);
  EXPECT_TRUE(converges.shortest);
  const ApplicationFinding& fresh = found_of(found.findings, "fresh");
  EXPECT_EQ(fresh.finding, Finding::violated);
  EXPECT_EQ(to_text(fresh.witness->scope), "w,rr");
  EXPECT_EQ(found_of(found.findings, "read-your-writes").finding, Finding::violated);
  EXPECT_EQ(found_of(found.findings, "monotonic-writes").finding, Finding::holds);
  EXPECT_EQ(worst_of(found), Finding::violated);
  EXPECT_EQ(found.trace_hash, explored(cache_aside, small_options()).trace_hash);
}

TEST(ApplicationExploration, proves_what_holds_scope_by_scope) {
  for (const Service service : {no_cache, versioned_tombstone}) {
    const ApplicationExploration found = explored(service, small_options());
    for (const ApplicationFinding& finding : found.findings) {
      EXPECT_EQ(finding.finding, Finding::holds) << finding.judge->name;
      EXPECT_THAT(finding.open, IsEmpty());
    }
    EXPECT_EQ(found_of(found.findings, "converges").proved.size(), small_options().scopes.size());
    EXPECT_EQ(worst_of(found), Finding::holds);
  }
}

TEST(ApplicationExploration, tells_what_faults_add) {
  ApplicationExplorationOptions options = small_options();
  options.scopes = {*parse_scope("w,r"), *parse_scope("w,rr")};
  options.faults = {ApplicationFault::crash, ApplicationFault::rollback};
  options.faults_max = 1;
  const ApplicationExploration found = explored(versioned_tombstone, options);
  EXPECT_EQ(found_of(found.findings, "converges").finding, Finding::holds);
  const ApplicationFinding& converges = found_of(found.with_faults, "converges");
  ASSERT_TRUE(converges.witness.has_value());
  EXPECT_EQ(faults_of(*converges.witness), 1U);
  EXPECT_EQ(worst_of(found), Finding::violated);
  // A tombstone that a crash prevents is missing once the row was written and an older entry filled in.
  EXPECT_TRUE(std::ranges::any_of(converges.witness->choices, [](const ScheduleStep& step) { return is_fault(step); }));
}

TEST(ApplicationExploration, what_needs_no_fault_is_not_looked_for_with_faults) {
  ApplicationExplorationOptions options = small_options();
  options.scopes = {*parse_scope("w,r")};
  options.faults = {ApplicationFault::crash};
  options.faults_max = 1;
  const ApplicationExploration found = explored(cache_aside, options);
  for (const ApplicationFinding& finding : found.with_faults) {
    EXPECT_NE(finding.judge->name, "converges");
  }
}

TEST(ApplicationExploration, a_fault_that_cannot_take_place_proves_nothing) {
  ApplicationExplorationOptions options = small_options();
  options.scopes = {*parse_scope("w,r")};
  options.faults = {ApplicationFault::evict, ApplicationFault::restart};
  options.faults_max = 1;
  const ApplicationExploration found = explored(no_cache, options);
  EXPECT_EQ(found_of(found.findings, "converges").finding, Finding::holds);
  EXPECT_EQ(found_of(found.with_faults, "converges").finding, Finding::vacuous);
  EXPECT_EQ(faults_not_met(found, options.faults), options.faults);
  options.faults = {ApplicationFault::evict, ApplicationFault::crash};
  EXPECT_EQ(faults_not_met(explored(no_cache, options), options.faults),
            std::vector<ApplicationFault>{ApplicationFault::evict});
}

TEST(ApplicationExploration, without_time_knows_nothing_and_with_little_what_it_came_to) {
  ApplicationExplorationOptions options = small_options();
  options.out_of_time = [] { return true; };
  const ApplicationExploration nothing = explored(no_cache, options);
  EXPECT_TRUE(nothing.out_of_time);
  EXPECT_EQ(worst_of(nothing), Finding::unknown);
  std::uint64_t asked = 0;
  options.out_of_time = [&] { return ++asked > 20; };
  const ApplicationExploration some = explored(no_cache, options);
  EXPECT_TRUE(some.out_of_time);
  const ApplicationFinding& fresh = found_of(some.findings, "fresh");
  EXPECT_EQ(fresh.finding, Finding::holds);
  EXPECT_THAT(fresh.open, Not(IsEmpty()));
  // Of scopes that were asked for, each has to be decided.
  asked = 0;
  options.grows = false;
  EXPECT_EQ(found_of(explored(no_cache, options).findings, "fresh").finding, Finding::unknown);
}

// Whoever asks for a race, in CI, must not be told that there is none when time was up before any could be.
TEST(ApplicationExploration, what_holds_for_one_client_alone_is_no_verdict_where_there_was_no_time_for_a_race) {
  ApplicationExplorationOptions options = small_options();
  std::uint64_t begun = 0;
  options.on_schedule = [&](const ScheduleProgress& progress) {
    begun += progress.scope->processes.size() > 1 ? 1 : 0;
  };
  options.out_of_time = [&] { return begun > 0; };
  const ApplicationExploration found = explored(no_cache, options);
  const ApplicationFinding& converges = found_of(found.findings, "converges");
  EXPECT_EQ(converges.finding, Finding::unknown);
  EXPECT_THAT(converges.proved, Contains(*parse_scope("wr")));
  EXPECT_THAT(converges.open, Contains(*parse_scope("w,r")));
  EXPECT_EQ(worst_of(found), Finding::unknown);
  options.scopes = {*parse_scope("wr")};
  options.out_of_time = {};
  EXPECT_EQ(found_of(explored(no_cache, options).findings, "converges").finding, Finding::holds);
}

TEST(ApplicationExploration, of_what_is_not_repeatable_nothing_is_proved_and_violations_are_shown) {
  ApplicationExplorationOptions options = small_options();
  options.scopes = {*parse_scope("w,r")};
  const ApplicationExploration found = explored(moody_cache_aside, options);
  EXPECT_EQ(found_of(found.findings, "fresh").finding, Finding::unknown);
  EXPECT_GT(found.searches.front().unrepeatable, 0U);
}

TEST(ApplicationExploration, names_the_patterns_that_behave_alike) {
  const ApplicationExploration aside = explored(cache_aside, small_options());
  EXPECT_THAT(patterns_like(aside.findings), Contains("cache-aside"));
  EXPECT_THAT(patterns_like(aside.findings), Not(Contains("none")));
  const ApplicationExploration tombstone = explored(versioned_tombstone, small_options());
  EXPECT_THAT(patterns_like(tombstone.findings), Contains("versioned-tombstone"));
  EXPECT_THAT(patterns_like(tombstone.findings), Contains("none"));
  EXPECT_THAT(patterns_like({}), IsEmpty());
  EXPECT_THAT(patterns_of_page(), Contains("write-through"));
}

TEST(ApplicationExploration, shows_what_a_fault_does_to_one_client_though_races_break_it_anyway) {
  ApplicationExplorationOptions options = small_options();
  options.scopes = {*parse_scope("rw"), *parse_scope("w,r")};
  options.faults = {ApplicationFault::lost_request};
  options.faults_max = 1;
  const ApplicationExploration found = explored(cache_aside, options);
  const auto converges = [](const ApplicationFinding& finding) { return finding.judge->name == "converges"; };
  const auto without = std::ranges::find_if(found.findings, converges);
  const auto with = std::ranges::find_if(found.with_faults, converges);
  ASSERT_NE(without, found.findings.end());
  ASSERT_NE(with, found.with_faults.end());
  ASSERT_TRUE(without->witness && with->witness);
  EXPECT_EQ(to_text(without->witness->scope), "w,r");
  EXPECT_EQ(to_text(with->witness->scope), "rw");
  EXPECT_EQ(faults_of(*with->witness), 1U);
}

TEST(ApplicationExploration, grows_from_few_processes_to_many) {
  const std::vector<Scope> scopes = growing_scopes();
  const auto size_of = [](const Scope& scope) { return std::pair(scope.processes.size(), ops_of(scope).size()); };
  EXPECT_TRUE(std::ranges::is_sorted(scopes, {}, size_of));
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    EXPECT_TRUE(std::ranges::any_of(scopes, [&](const Scope& scope) { return judge.instance().concerns(scope); }));
  }
}

std::vector<ApplicationWitness> witnesses_of(Service service) {
  ApplicationExplorationOptions options = small_options();
  options.scopes = {*parse_scope("w,rr"), *parse_scope("wr,r")};
  options.faults = {ApplicationFault::delayed, ApplicationFault::rollback};
  options.faults_max = 1;
  std::vector<ApplicationWitness> witnesses;
  const ApplicationExploration found = explored(service, options);
  for (const auto* findings : {&found.findings, &found.with_faults}) {
    for (const ApplicationFinding& finding : *findings) {
      if (finding.witness) {
        witnesses.push_back(*finding.witness);
      }
    }
  }
  return witnesses;
}

TEST(ApplicationToken, repeats_a_run_as_it_was) {
  for (const Service service : {cache_aside, versioned_tombstone, early_invalidation}) {
    ScriptedWorld world(service);
    for (const ApplicationWitness& witness : witnesses_of(service)) {
      const std::string text = token_of(witness, subject_of("[application]"));
      EXPECT_TRUE(is_application_token(text));
      const Result<ApplicationToken> token = parse_application_token(text);
      ASSERT_TRUE(token.has_value()) << token.error().detail;
      EXPECT_EQ(token->witness.choices, witness.choices);
      EXPECT_EQ(token->witness.scope, witness.scope);
      EXPECT_EQ(token->witness.judge, witness.judge);
      EXPECT_EQ(token->subject, subject_of("[application]"));
      const Result<ForcedRun> forced = force_run(world, *token);
      ASSERT_TRUE(forced.has_value());
      EXPECT_TRUE(forced->violated);
      EXPECT_THAT(forced->differences, IsEmpty());
    }
  }
}

TEST(ApplicationToken, tells_where_another_service_goes_another_way) {
  const std::vector<ApplicationWitness> witnesses = witnesses_of(cache_aside);
  ASSERT_FALSE(witnesses.empty());
  const Result<ApplicationToken> token = parse_application_token(token_of(witnesses.front(), 1));
  ASSERT_TRUE(token.has_value());
  ScriptedWorld other(no_cache);
  const Result<ForcedRun> forced = force_run(other, *token);
  ASSERT_TRUE(forced.has_value());
  EXPECT_FALSE(forced->violated);
  ASSERT_EQ(forced->differences.size(), 2U);
  EXPECT_THAT(forced->differences.front(), ::testing::HasSubstr("select quantity"));
  EXPECT_THAT(forced->differences.back(), ::testing::HasSubstr("is not possible"));
}

TEST(ApplicationToken, mistyped_cut_off_or_of_a_pattern_is_refused) {
  const std::vector<ApplicationWitness> witnesses = witnesses_of(cache_aside);
  ASSERT_FALSE(witnesses.empty());
  const std::string text = token_of(witnesses.front(), 7);
  for (std::size_t place = 0; place < text.size(); ++place) {
    EXPECT_FALSE(parse_application_token(text.substr(0, place)).has_value()) << place;
    std::string changed = text;
    changed[place] = changed[place] == '0' ? '1' : '0';
    EXPECT_FALSE(parse_application_token(changed).has_value()) << place;
  }
  EXPECT_FALSE(parse_application_token("s1-" + text.substr(3)).has_value());
  EXPECT_FALSE(is_application_token("s1-" + text.substr(3)));
}

}  // namespace
}  // namespace stalemate
