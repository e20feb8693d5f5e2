#include "cli/text/application_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/explore/explore_application.hpp"
#include "core/text/sequence_text.hpp"
#include "unit/explore/scripted_world.hpp"

namespace stalemate {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_explore::cache_aside;
using testing_explore::moody_cache_aside;
using testing_explore::ScriptedWorld;
using testing_explore::Service;
using testing_explore::versioned_tombstone;

ExploredApplication explored(Service service, const std::vector<ApplicationFault>& faults = {}) {
  ApplicationExplorationOptions options;
  options.scopes = {*parse_scope("w,r"), *parse_scope("w,rr")};
  options.faults = faults;
  options.faults_max = 1;
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    options.judges.push_back(&judge);
  }
  ScriptedWorld world(service);
  Result<ApplicationExploration> exploration = explore_application(world, options);
  EXPECT_TRUE(exploration.has_value());
  return {.file = "a<b>.toml",
          .name = "a<b>",
          .question = "Does it go stale?",
          .stores = {"PostgreSQL 15", "Redis 7"},
          .subject = 7,
          .faults = faults,
          .faults_max = 1,
          .exploration = *std::move(exploration)};
}

TEST(ApplicationText, tells_verdicts_counts_stories_and_likeness) {
  const std::string text = text_of(explored(cache_aside), DiagramKind::text, any_width, Marks{});
  EXPECT_THAT(text, HasSubstr("Does it go stale?\na<b> on PostgreSQL 15, Redis 7: no faults\n"));
  EXPECT_THAT(text, HasSubstr("x converges            violated  scope w,r: 2 processes, 2 ops, no faults, 7 steps\n"));
  EXPECT_THAT(text, HasSubstr("+ monotonic-reads      holds     proved in w,rr\n"));
  EXPECT_THAT(text, HasSubstr("  read-your-writes     vacuous   vacuous: no op of these scopes could violate it\n"));
  EXPECT_THAT(text, HasSubstr("  w,r          8 schedules for all 35 orders\n"));
  EXPECT_THAT(text, HasSubstr("No whole run of this scope with fewer steps violates it.\n"));
  EXPECT_THAT(text, HasSubstr("No run of this scope with fewer steps violates it.\n"));
  EXPECT_THAT(text, HasSubstr("Again: stalemate replay a1-"));
  EXPECT_THAT(text, HasSubstr(" a<b>.toml\n"));
  EXPECT_THAT(text, HasSubstr("It behaves like cache-aside"));
  EXPECT_THAT(text, Not(HasSubstr("Not repeatable")));
}

TEST(ApplicationText, tells_what_keeps_it_from_a_proof) {
  const std::string text = text_of(explored(moody_cache_aside), DiagramKind::none, any_width, Marks{});
  EXPECT_THAT(text, AllOf(HasSubstr("Not repeatable: "), HasSubstr("mood:{key}"),
                          Not(HasSubstr("of this scope with fewer steps violates"))));
}

TEST(ApplicationText, faults_have_a_table_of_their_own) {
  const std::string text =
      text_of(explored(versioned_tombstone, {ApplicationFault::crash}), DiagramKind::none, any_width, Marks{});
  EXPECT_THAT(text, HasSubstr("with 1 fault of crash\nx converges            violated  scope w,r: "));
  EXPECT_THAT(text, HasSubstr(", up to 1 fault"));
}

TEST(ApplicationText, json_has_all_that_the_text_has) {
  const auto json = nlohmann::json::parse(json_of(explored(cache_aside)));
  EXPECT_EQ(json["verdict"], "violated");
  EXPECT_EQ(json["findings"][0]["property"], "converges");
  EXPECT_EQ(json["findings"][0]["witness"]["steps"].size(), 7U);
  EXPECT_EQ(json["findings"][0]["shortest"], true);
  EXPECT_EQ(json["searches"][0]["orders"], 35);
  const Result<ApplicationToken> token =
      parse_application_token(json["findings"][0]["witness"]["token"].get<std::string>());
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->subject, 7U);
}

TEST(ApplicationText, a_sheet_has_a_case_a_property_with_its_story) {
  const VerdictSheet sheet = sheet_of(explored(cache_aside));
  EXPECT_EQ(sheet.cases.size(), JudgeRegistry::all().size());
  EXPECT_EQ(count_of(sheet, CaseVerdict::failed), 3U);
  EXPECT_EQ(count_of(sheet, CaseVerdict::vacuous), 3U);
  EXPECT_EQ(title_of(sheet.cases.front()), "converges: violated, scope w,r: 2 processes, 2 ops, no faults, 7 steps");
  EXPECT_THAT(sheet.cases.front().proof,
              AllOf(HasSubstr("converges is violated"), HasSubstr("Again: stalemate replay a1-")));
  const std::string xml = junit_of(sheet);
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"stalemate explore a&lt;b&gt;.toml\" tests=\"7\" failures=\"3\" "
                             "errors=\"0\" skipped=\"3\">"));
  EXPECT_THAT(xml, Not(HasSubstr("<b>")));
}

TEST(ApplicationText, a_forced_run_says_where_it_went_otherwise) {
  const ExploredApplication found = explored(cache_aside);
  const ApplicationWitness& witness = *found.exploration.findings.front().witness;
  const Result<ApplicationToken> token = parse_application_token(token_of(witness, 7));
  ASSERT_TRUE(token.has_value());
  ScriptedWorld same(cache_aside);
  EXPECT_THAT(
      text_of(*force_run(same, *token), DiagramKind::none, any_width),
      AllOf(HasSubstr("converges is violated in the scope w,r:\n"), HasSubstr("Every step led where it led then.")));
  ScriptedWorld other(versioned_tombstone);
  const Result<ForcedRun> forced = force_run(other, *token);
  EXPECT_THAT(
      text_of(*forced, DiagramKind::none, any_width),
      AllOf(HasSubstr("converges is not violated by these steps"), HasSubstr("It went otherwise than then:\n")));
  EXPECT_EQ(nlohmann::json::parse(json_of(*forced, "a1-x"))["violated"], false);
}

TEST(ApplicationText, faults_are_read_as_lists_and_refused_by_name) {
  EXPECT_EQ(read_application_faults({"crash,lost-reply", "evict"})->size(), 3U);
  EXPECT_EQ(read_application_faults({"all"})->size(), application_faults().size());
  EXPECT_THAT(read_application_faults({"crash,crash"}).error().detail, HasSubstr("named twice"));
  EXPECT_THAT(read_application_faults({"late-row"}).error().detail,
              HasSubstr("'late-row' is no fault of an application; they are crash, lost-request"));
}

}  // namespace
}  // namespace stalemate
