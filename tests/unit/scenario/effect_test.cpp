// The facts that a field has beside its value: what else it is called, when it has no effect, where results tell it.
#include "scenario/effect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/faults/call_names.hpp"
#include "core/pattern/pattern.hpp"

namespace stalemate {
namespace {

std::string message_of(std::string_view text) {
  const Result<Scenario> scenario = parse_scenario(text, "shop.toml");
  return scenario ? "(accepted)" : scenario.error().detail;
}

TEST(ScenarioFields, have_synonyms_that_are_no_keys) {
  for (const ScenarioField& field : scenario_fields()) {
    EXPECT_FALSE(field.synonyms.empty()) << field.key;
    for (const std::string_view synonym : field.synonyms) {
      EXPECT_THAT(keys_called(synonym), testing::Contains(field.key)) << synonym;
      for (const ScenarioField& other : scenario_fields()) {
        EXPECT_NE(synonym, other.key);
      }
    }
  }
}

// A scenario in which every setting has an effect, but for those that exclude each other.
Scenario lively(KeyDistribution distribution) {
  Scenario scenario;
  scenario.name = "lively";
  scenario.key_distribution = distribution;
  scenario.add_share = 0.25;
  scenario.delete_share = 0.25;
  return scenario;
}

// A value of the field that is not its default.
std::string other_value(const ScenarioField& field) {
  if (field.kind == "true or false") {
    return field.default_value == "true" ? "false" : "true";
  }
  if (field.kind == "choice") {
    const std::string last = field.range.substr(field.range.rfind(' ') + 1);
    return last == default_text(field) ? field.range.substr(0, field.range.find_first_of(" ,")) : last;
  }
  if (field.key == "pattern") {
    return "read-through";
  }
  if (field.kind == "text") {
    return "another";
  }
  if (field.kind.starts_with("duration")) {
    return default_text(field) == "7ms" ? "8ms" : "7ms";
  }
  if (field.kind == "name") {
    return "valkey";
  }
  return field.kind == "number" ? "0.5" : "7";
}

// The kind of mistake: a setting taken without a word that nothing heeds. Here are all ways to be idle there are.
TEST(Effects, of_settings_are_missed_by_name) {
  struct Case {
    std::string key;
    std::string others;  ///< what makes it idle
    std::string why;
  };
  const std::vector<Case> cases = {
      {"zipf_exponent", "", "it is for key_distribution zipfian and latest, and here that is uniform"},
      {"hotspot_keys", "key_distribution = \"latest\"\n",
       "it is for key_distribution hotspot, and here that is latest"},
      {"hotspot_ops", "", "it is for key_distribution hotspot, and here that is uniform"},
      {"clients", "pacing = \"ticker\"\n", "pacing ticker has two clients, one that reads and one that writes"},
      {"threads", "serialize = true\n", "serialize runs every op on one thread"},
      {"time_to_live", "pattern = \"none\"\n", "pattern none uses no cache"},
      {"time_to_live", "pattern = \"none\"\ncache = false\n", "this scenario has no cache"},
      {"sample_every", "pattern = \"none\"\n", "pattern none uses no cache"},
      {"add_from", "", "no write of this scenario is an add (add_share is 0)"},
      {"add_from", "add_share = 0.5\npattern = \"none\"\n", "pattern none uses no cache"},
      {"negative_entries", "", "no write of this scenario is a delete (delete_share is 0), so every row is there"},
      {"add_guard", "", "no write of this scenario is an add (add_share is 0)"},
      {"cache_engine", "pattern = \"none\"\n", "pattern none uses no cache"},
  };
  std::set<std::string_view> seen;
  for (const Case& one : cases) {
    const auto field = std::ranges::find(scenario_fields(), one.key, &ScenarioField::key);
    ASSERT_NE(field, scenario_fields().end());
    seen.insert(field->key);
    const bool is_text = field->kind.starts_with("duration") || field->kind == "name" || field->kind == "choice";
    const std::string quote = is_text ? "\"" : "";
    const std::string text = one.others + one.key + " = " + quote + other_value(*field) + quote;
    EXPECT_THAT(message_of(text), testing::HasSubstr(one.key + ": ")) << text;
    EXPECT_THAT(message_of(text), testing::HasSubstr(" would change nothing, as " + one.why + "; leave it out"))
        << text;
    EXPECT_EQ(message_of(one.others + one.key + " = " + field->default_value), "(accepted)")
        << "what to_toml writes of it is no mistake";
  }
  for (const ScenarioField& field : scenario_fields()) {
    bool is_ever_idle = false;
    for (const PatternInfo& pattern : PatternRegistry::all()) {
      for (int choice = 0; choice < 16; ++choice) {
        Scenario scenario = lively(static_cast<KeyDistribution>(choice % 4));
        scenario.pacing = static_cast<Pacing>(choice / 4 % 2);
        scenario.serialize = choice / 8 == 1;
        scenario.add_share = choice / 8 == 1 ? 0 : scenario.add_share;
        scenario.delete_share = choice / 8 == 1 ? 0 : scenario.delete_share;
        scenario.pattern = pattern.name;
        is_ever_idle = is_ever_idle || !why_idle(scenario, field.key).empty();
      }
    }
    EXPECT_EQ(is_ever_idle, seen.contains(field.key)) << field.key << " can be idle, and no case says how";
  }
}

// For each pattern, fault and word for calls: taken if and only if the pattern makes such a call.
TEST(Effects, of_faults_are_the_calls_that_the_pattern_makes) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    for (const CallName& call : call_names()) {
      const std::string head = "pattern = \"" + std::string(pattern.name) + "\"\n[faults]\n";
      const std::string word(call.name);
      const bool hits = (call.calls & pattern.calls) != 0;
      EXPECT_EQ(message_of(head + "delay = \"" + word + "=1ms\"") == "(accepted)", hits) << pattern.name << " " << word;
      const RoleMask skippable = roles_of(Role::fill, Role::update, Role::invalidate, Role::refresh);
      if ((call.calls & ~skippable) == 0) {
        EXPECT_EQ(message_of(head + "skip = \"" + word + "=1%\"") == "(accepted)", hits) << pattern.name << " " << word;
      }
    }
    const bool has_cache = pattern.entry_after_write != EntryAfterWrite::no_cache;
    for (const std::string fault : {"stall", "restart"}) {
      const std::string text = "pattern = \"" + std::string(pattern.name) + "\"\n[faults]\n" + fault + " = ";
      EXPECT_EQ(message_of(text + "\"cache@5s+500ms\"") == "(accepted)", has_cache) << pattern.name;
      EXPECT_EQ(message_of(text + "\"db@5s+500ms\""), "(accepted)") << pattern.name;
    }
  }
  EXPECT_EQ(
      message_of("pattern = \"none\"\n[faults]\nskip = \"update=1%,fill=2%\""),
      "shop.toml:3: faults.skip: fill=2% can hit nothing, as pattern none never makes such a call, only load, update; "
      "leave it out");
  EXPECT_EQ(message_of("pattern = \"none\"\n[faults]\nstall = \"cache@5s+500ms\""),
            "shop.toml:3: faults.stall: cache@5s+500ms can hit nothing, as pattern none uses no cache; leave it out");
}

TEST(Effects, of_a_rollback_of_the_database_need_a_standby_that_can_lack_something) {
  const std::string fault = "\n[faults]\nrollback = \"db 2s..5s\"";
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    EXPECT_EQ(message_of("pattern = \"" + std::string(pattern.name) + "\"" + fault) == "(accepted)",
              pattern.needs.feed != FeedKind::change_log)
        << pattern.name;
  }
  EXPECT_THAT(message_of("database = \"cockroach\"" + fault),
              testing::HasSubstr("it needs a failover that loses writes, which CockroachDB does not have"));
}

RC_GTEST_PROP(Effects, of_a_faults_parts_do_not_depend_on_each_other, ()) {
  Scenario scenario;
  scenario.pattern = *rc::gen::element<std::string>("none", "ttl-only", "write-behind", "cache-aside");
  std::vector<std::string> words;
  for (const char* word : {"fill", "update", "invalidate", "refresh"}) {
    if (*rc::gen::arbitrary<bool>()) {
      words.emplace_back(word);
    }
  }
  std::string text;
  std::string live;
  for (const std::string& word : words) {
    const std::string part = word + "=1%";
    text += (text.empty() ? "" : ",") + part;
    if ((find_call(word)->calls & PatternRegistry::find(scenario.pattern)->calls) != 0) {
      live += (live.empty() ? "" : ",") + part;
    }
  }
  RC_PRE(!words.empty());
  RC_ASSERT(parts_of_fault(scenario, "skip", text).live == live);
  RC_ASSERT(parts_of_fault(scenario, "skip", text).why.empty() == (live == text));
}

// What results tell: each field's own name, and another value for another setting.
TEST(AskedSettings, tell_every_field_that_no_other_member_of_the_results_tells) {
  const std::set<std::string> elsewhere = {"scenario", "question", "pattern", "duration_s", "seed"};
  std::set<std::string> places;
  for (const ScenarioField& field : scenario_fields()) {
    if (field.result.empty()) {
      const auto rival = std::ranges::find(scenario_fields(), rival_of(field.key), &ScenarioField::key);
      ASSERT_NE(rival, scenario_fields().end()) << field.key << " is in no results";
      EXPECT_FALSE(rival->result.empty()) << field.key;
      continue;
    }
    EXPECT_TRUE(places.insert(field.result).second) << field.result;
    if (elsewhere.contains(field.result)) {
      continue;
    }
    ASSERT_TRUE(field.result.starts_with("asked." + std::string(field.key))) << field.result;
    const std::string name = field.result.substr(6);
    bool told = false;
    for (const KeyDistribution distribution : {KeyDistribution::zipfian, KeyDistribution::hotspot}) {
      const Scenario scenario = lively(distribution);
      Scenario changed = scenario;
      ASSERT_TRUE(set_field(changed, field.key, other_value(field)).has_value()) << field.key;
      const auto value_in = [&](const Scenario& one) {
        const std::vector<AskedSetting> settings = asked_settings(one);
        const auto place = std::ranges::find(settings, name, &AskedSetting::name);
        EXPECT_NE(place, settings.end()) << name;
        return place->value;
      };
      const bool has_effect = why_idle(scenario, field.key).empty();
      EXPECT_EQ(std::holds_alternative<std::monostate>(value_in(scenario)), !has_effect) << field.key;
      told = told || (has_effect && value_in(scenario) != value_in(changed));
    }
    EXPECT_TRUE(told) << field.key;
  }
}

}  // namespace
}  // namespace stalemate
