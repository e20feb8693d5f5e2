// One field set from a flag's text, and the ranges of scenarios made by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "scenario/scenario.hpp"

namespace stalemate {
namespace {

TEST(SetField, takes_flags_texts) {
  Scenario scenario;
  EXPECT_TRUE(set_field(scenario, "read_every", "10ms").has_value());
  EXPECT_TRUE(set_field(scenario, "write_rate", "50").has_value());
  EXPECT_TRUE(set_field(scenario, "serialize", "true").has_value());
  EXPECT_TRUE(set_field(scenario, "clients", "4").has_value());
  EXPECT_TRUE(set_field(scenario, "name", "7").has_value());
  EXPECT_TRUE(set_field(scenario, "seed", "18446744073709551615").has_value());
  EXPECT_TRUE(set_field(scenario, "key_distribution", "zipfian").has_value());
  EXPECT_EQ(scenario.read_rate, 100);
  EXPECT_EQ(scenario.write_rate, 50);
  EXPECT_TRUE(scenario.serialize);
  EXPECT_EQ(scenario.clients, 4);
  EXPECT_EQ(scenario.name, "7");
  EXPECT_EQ(scenario.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(scenario.key_distribution, KeyDistribution::zipfian);
}

TEST(SetField, refuses_and_changes_nothing) {
  Scenario scenario;
  const auto message = [&](std::string_view key, std::string_view text) {
    const Result<void> done = set_field(scenario, key, text);
    return done ? std::string("(accepted)") : done.error().detail;
  };
  EXPECT_EQ(message("client", "4"), "unknown scenario key 'client' (did you mean 'clients'?)");
  EXPECT_EQ(message("clients", "4x"), "clients must be a whole number from 1 to 4,096, not '4x'");
  EXPECT_EQ(message("clients", "99999999999999999999999"), "clients must be a whole number from 1 to 4,096, not 1e+23");
  EXPECT_EQ(message("read_rate", "-5"),
            "read_rate must be ops a second, from one in 24h (0.0000116) to 10,000,000, not -5");
  EXPECT_EQ(message("read_every", "-1s").substr(0, 37), "read_every: '-1s' is not a duration; ");
  EXPECT_EQ(message("duration", "48h").substr(0, 47), "duration: '48h' is not a duration: it is too lo");
  EXPECT_EQ(scenario, Scenario());
}

// It was refused with a sentence that contradicted itself: "a whole number from 0 to 10000000, not 1000".
TEST(SetField, takes_whole_numbers_written_as_floating_ones) {
  Scenario scenario;
  EXPECT_TRUE(set_field(scenario, "keys", "1e3").has_value());
  EXPECT_EQ(scenario.keys, 1006U);
  EXPECT_TRUE(set_field(scenario, "clients", "3.2e1").has_value());
  EXPECT_EQ(scenario.clients, 32);
  EXPECT_TRUE(set_field(scenario, "seed", "1e6").has_value());
  EXPECT_EQ(scenario.seed, 1'000'000U);
  for (const char* text : {"1.5", "1e8", "1e300", "-1e0", "inf", "nan"}) {
    const Result<void> done = set_field(scenario, "keys", text);
    ASSERT_FALSE(done.has_value()) << text;
    EXPECT_THAT(done.error().detail, testing::StartsWith("keys must be a whole number from 0 to 10,000,000, not "));
  }
  EXPECT_EQ(parse_scenario("keys = 1e3", "any").value().keys, 1006U);
}

TEST(Validate, has_no_more_threads_than_clients) {
  Scenario scenario;
  scenario.threads = scenario.clients;
  EXPECT_TRUE(validate(scenario).has_value());
  scenario.clients = 3;
  EXPECT_EQ(validate(scenario).error().detail,
            "threads must be 3 or fewer, as there are 3 clients, each on one thread; not 16");
  scenario.clients = 16;
  scenario.pacing = Pacing::ticker;
  EXPECT_EQ(validate(scenario).error().detail,
            "threads must be 2 or fewer, as there are 2 clients, each on one thread; not 16");
}

TEST(Validate, covers_scenarios_made_by_hand) {
  Scenario scenario;
  EXPECT_TRUE(validate(scenario).has_value());
  scenario.keys = 5;
  EXPECT_EQ(validate(scenario).error().detail, "keys must be a whole number from 0 to 10,000,000, not -1");
  scenario = Scenario();
  scenario.duration_ns = -1;
  EXPECT_EQ(validate(scenario).error().detail, "duration must be from 1ms to 24h, not 'less than nothing'");
  scenario = Scenario();
  scenario.read_rate = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(validate(scenario).has_value());
  scenario = Scenario();
  scenario.warm_up_ns = scenario.duration_ns;
  EXPECT_EQ(validate(scenario).error().detail,
            "warm_up is the first part of the duration, so it must be shorter than 20s, not 20s");
}

TEST(ScenarioFields, have_texts_for_the_docs_and_parse_their_defaults) {
  std::vector<std::string_view> keys;
  for (const ScenarioField& field : scenario_fields()) {
    keys.push_back(field.key);
    EXPECT_FALSE(field.kind.empty() || field.meaning.empty()) << field.key;
    if (!field.default_value.empty()) {
      EXPECT_EQ(message_of(std::string(field.key) + " = " + std::string(field.default_value)), "(accepted)");
    }
  }
  EXPECT_THAT(keys, testing::IsSupersetOf({"duration", "read_every", "read_rate", "seed"}));
}

}  // namespace
}  // namespace stalemate
