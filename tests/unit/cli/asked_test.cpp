// Everything that a scenario can say is in its results and in comparisons. The table of fields is walked, so that a
// field that is added there and told nowhere fails here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/run/run_views.hpp"
#include "report/results/results_json.hpp"
#include "report/summary.hpp"
#include "scenario/effect.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// The results of a run of the scenario in which nothing was done, after a round through their file.
RunResults results_asked_for(const Scenario& scenario) {
  const Result<Plan> plan = Plan::make(scenario);
  EXPECT_TRUE(plan.has_value()) << plan.error().detail;
  RunOutcome outcome;
  constexpr unsigned processors = 2;
  outcome.workers = scenario.threads > 0 ? scenario.threads : processors;
  const Result<RunResults> read = from_json(to_json(results_of(outcome, *plan, {})));
  EXPECT_TRUE(read.has_value()) << read.error().detail;
  return *read;
}

json told_at(const RunResults& results, std::string path) {
  std::ranges::replace(path, '.', '/');
  const json all = json::parse(to_json(results));
  const json::json_pointer pointer("/" + path);
  EXPECT_TRUE(all.contains(pointer)) << path;
  return all.at(pointer);
}

// A text that the field takes and that is not what the scenario has.
std::string other_text(const ScenarioField& field, const Scenario& scenario) {
  for (const char* text : {"read-through", "another", "7ms", "9s", "0.5", "7", "true", "false", "cockroach", "valkey",
                           "poisson", "ticker", "zipfian", "cache"}) {
    Scenario changed = scenario;
    if (set_field(changed, field.key, text) && !(changed == scenario) && validate(changed) &&
        validate_registered(changed)) {
      return text;
    }
  }
  ADD_FAILURE() << "no text here fits " << field.key << ": add one";
  return {};
}

std::string spoken(const ScenarioField& field) {
  std::string words(field.key);
  std::ranges::replace(words, '_', ' ');
  return words;
}

// A scenario in which the field has an effect.
Scenario scenario_for(const ScenarioField& field) {
  Scenario scenario;
  scenario.name = "one";
  for (const double share : {0.0, 0.25}) {
    scenario.add_share = scenario.delete_share = share;
    for (const KeyDistribution distribution :
         {KeyDistribution::uniform, KeyDistribution::zipfian, KeyDistribution::hotspot}) {
      scenario.key_distribution = distribution;
      if (why_idle(scenario, field.key).empty()) {
        return scenario;
      }
    }
  }
  ADD_FAILURE() << field.key << " has no effect in any of the scenarios here: add one";
  return scenario;
}

TEST(Asked, is_told_by_the_results_and_by_comparisons_whatever_it_is) {
  for (const ScenarioField& field : scenario_fields()) {
    SCOPED_TRACE(field.key);
    Scenario one = scenario_for(field);
    if (field.key == "cache") {
      one.pattern = "none";
    }
    Scenario other = one;
    ASSERT_TRUE(set_field(other, field.key, other_text(field, one)).has_value());
    const RunResults before = results_asked_for(one);
    const RunResults after = results_asked_for(other);
    const std::string rival(rival_of(field.key));
    const auto place = std::ranges::find(scenario_fields(), rival, &ScenarioField::key);
    const ScenarioField& told = field.result.empty() ? *place : field;
    EXPECT_NE(told_at(before, told.result), told_at(after, told.result));
    // What a comparison is about stands in its head: names, patterns and the engines that took part.
    const bool is_subject = field.key == "name" || field.key == "question" || field.key == "pattern" ||
                            field.key == "database" || field.key == "cache" || field.key == "cache_engine";
    if (!is_subject) {
      const std::string text = compare(std::array{before, after}, 1000);
      EXPECT_THAT(text, HasSubstr("Not like with like: " + spoken(told) + " "));
      EXPECT_THAT(compare(std::array{before, before}, 1000), testing::Not(HasSubstr("Not like with like")));
    }
  }
}

TEST(Asked, has_the_faults_as_sentences) {
  Scenario scenario;
  scenario.faults = {{"skip", "fill=1%,update=1%"}, {"delay", "db=15ms"}};
  const RunResults with = results_asked_for(scenario);
  EXPECT_THAT(with.asked.faults, testing::ElementsAre("fill: skip 1%", "update: skip 1%", "db: delay 15ms"));
  EXPECT_THAT(
      compare(std::array{results_asked_for(Scenario()), with}, 1000),
      HasSubstr("Not like with like: faults none against 'fill: skip 1%', 'update: skip 1%', 'db: delay 15ms'."));
}

TEST(Asked, names_the_rows_where_they_are_the_users_own) {
  Scenario scenario;
  scenario.data = Dataset{.table = "inventory",
                          .key = {"shop", "sku"},
                          .value = "on_hand",
                          .version = "version",
                          .entry = "inv:{shop}:{sku}",
                          .form = "json:/on_hand"};
  const RunResults own = results_asked_for(scenario);
  const std::string rows = "inventory (shop, sku), on_hand, version; entries inv:{shop}:{sku}, json:/on_hand";
  EXPECT_EQ(told_at(own, "asked.data"), rows);
  EXPECT_THAT(compare(std::array{results_asked_for(Scenario()), own}, 1000),
              HasSubstr("Not like with like: rows of the table stock against " + rows + "."));
  EXPECT_THAT(compare(std::array{own, own}, 1000), testing::Not(HasSubstr("Not like with like")));
}

TEST(Asked, is_without_a_value_where_it_has_no_effect) {
  Scenario scenario;
  scenario.pattern = "none";
  scenario.has_cache = false;
  const RunResults results = results_asked_for(scenario);
  for (const char* path : {"asked.time_to_live_ns", "asked.sample_every_ns", "asked.zipf_exponent"}) {
    EXPECT_TRUE(told_at(results, path).is_null()) << path;
  }
  EXPECT_EQ(told_at(results, "asked.clients"), 16);
  scenario.pacing = Pacing::ticker;
  EXPECT_EQ(told_at(results_asked_for(scenario), "asked.clients"), 2) << "the plan's";
  EXPECT_EQ(told_at(results, "asked.threads"), 2) << "those that there were";
}

}  // namespace
}  // namespace stalemate
