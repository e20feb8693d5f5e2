#include "scenario/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>

#include "core/pattern/pattern.hpp"
#include "scenario/effect.hpp"

namespace stalemate {
namespace {

std::string error_of(std::string_view text) {
  const Result<Scenario> scenario = parse_scenario(text, "shop.toml");
  return scenario ? "(accepted)" : scenario.error().detail;
}

Scenario parsed(std::string_view text) {
  Result<Scenario> scenario = parse_scenario(text, "folder/shop.toml");
  EXPECT_TRUE(scenario.has_value()) << scenario.error().detail;
  return scenario ? *scenario : Scenario();
}

TEST(ParseScenario, of_nothing_gives_the_defaults_and_the_files_name) {
  Scenario expected;
  expected.name = "shop";
  EXPECT_EQ(parsed(""), expected);
}

TEST(ParseScenario, reads_every_kind_of_field) {
  const Scenario scenario = parsed(R"(
name = "black-friday"
question = "Does it hold?"
pattern = "ttl-only"
database = "cockroach"
cache = true
duration = "1m30s"
read_every = "100us"
write_rate = 12.5
arrivals = "poisson"
serialize = true
keys = 94
key_distribution = "hotspot"
hotspot_keys = 0.1
clients = 32
seed = "18446744073709551615"
time_to_live = "5s"
retries_max = 3

[faults]
skip = "update=1%"
delay = "db=15ms"
)");
  EXPECT_EQ(scenario.name, "black-friday");
  EXPECT_EQ(scenario.database, "cockroach");
  EXPECT_TRUE(scenario.has_cache);
  EXPECT_EQ(scenario.duration_ns, 90'000'000'000);
  EXPECT_EQ(scenario.read_rate, 10'000);
  EXPECT_EQ(scenario.write_rate, 12.5);
  EXPECT_EQ(scenario.arrivals, Arrivals::poisson);
  EXPECT_TRUE(scenario.serialize);
  EXPECT_EQ(scenario.keys, 100U);
  EXPECT_EQ(scenario.key_distribution, KeyDistribution::hotspot);
  EXPECT_EQ(scenario.hotspot_keys, 0.1);
  EXPECT_EQ(scenario.clients, 32);
  EXPECT_EQ(scenario.seed, 18446744073709551615ULL);
  EXPECT_EQ(scenario.time_to_live_ns, 5'000'000'000);
  EXPECT_EQ(scenario.retries_max, 3);
  const std::vector<std::pair<std::string, std::string>> faults = {{"skip", "update=1%"}, {"delay", "db=15ms"}};
  EXPECT_EQ(scenario.faults, faults);
}

TEST(ParseScenario, names_file_line_and_the_nearest_key) {
  EXPECT_EQ(error_of("question = \"?\"\n\nread_evry = \"10ms\"\n"),
            "shop.toml:3: unknown key 'read_evry' (did you mean 'read_every'?)");
  EXPECT_EQ(error_of("zzzzzzzzzz = 1"), "shop.toml:1: unknown key 'zzzzzzzzzz'");
  EXPECT_EQ(error_of("\n[fault]\nskip = \"update=1%\""),
            "shop.toml:2: unknown section 'fault' (did you mean 'faults'?)");
  EXPECT_THAT(error_of("[faults]\nskp = \"update=1%\""),
              testing::StartsWith("shop.toml:2: faults.skp: there is no fault of that name (did you mean 'skip'?); "));
  EXPECT_EQ(error_of("\npattern = \"cache-asid\""),
            "shop.toml:2: pattern: there is no pattern 'cache-asid' (did you mean 'cache-aside'?)");
}

TEST(ParseScenario, takes_faults_as_a_list_of_sentences_and_writes_them_so_that_they_can_be_read_again) {
  const Result<Scenario> scenario = parse_scenario(
      "faults = [\"invalidate: lost-request n=3\", \"cache : stall  5s..6s\", \"fill: lost-request 1%\", \"update: "
      "crash\"]",
      "shop.toml");
  ASSERT_TRUE(scenario) << scenario.error().detail;
  const std::vector<NamedFault> faults = {
      {"lost-request", "invalidate n=3, fill 1%"}, {"stall", "cache 5s..6s"}, {"crash", "update 100%"}};
  EXPECT_EQ(scenario->faults, faults);
  EXPECT_EQ(parse_scenario(to_toml(*scenario), "any").value(), *scenario);
}

TEST(ParseScenario, takes_former_names_of_faults) {
  const Result<Scenario> scenario = parse_scenario("[faults]\nrefuse = \"update=1%\"", "shop.toml");
  ASSERT_TRUE(scenario) << scenario.error().detail;
  EXPECT_EQ(scenario->faults, (std::vector<NamedFault>{{"refused", "update=1%"}}));
}

TEST(ParseScenario, names_the_first_mistake_of_several) {
  EXPECT_THAT(error_of("zebra = 1\napple = 2"), testing::StartsWith("shop.toml:1: unknown key 'zebra'"));
}

TEST(ParseScenario, says_in_one_sentence_what_would_be_right) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"clients = 0", "clients must be a whole number from 1 to 4,096, not 0"},
      {"clients = 16.5", "clients must be a whole number from 1 to 4,096, not 16.5"},
      {"clients = \"many\"", "clients must be a whole number from 1 to 4,096, not 'many'"},
      {"keys = 10000001", "keys must be a whole number from 0 to 10,000,000, not 10,000,001"},
      {"read_rate = 0", "read_rate must be ops a second, from one in 24h (0.0000116) to 10,000,000, not 0"},
      {"read_rate = 1e8", "read_rate must be ops a second, from one in 24h (0.0000116) to 10,000,000, not 1e+08"},
      {"read_rate = nan", "read_rate must be ops a second, from one in 24h (0.0000116) to 10,000,000, not nan"},
      {"read_every = \"1ns\"", "read_every must be from 100ns (10 million ops a second) to 24h, not '1ns'"},
      {"read_every = \"25h\"",
       "read_every: '25h' is not a duration: it is too long; write for example 10ms, 100us or 1m30s, more than 0 and "
       "at "
       "most 24h"},
      {"duration = \"0s\"",
       "duration: '0s' is not a duration: it must be more than 0; write for example 10ms, 100us or 1m30s, more than 0 "
       "and "
       "at most 24h"},
      {"duration = 20", "duration must be a duration such as \"10ms\", not 20"},
      {"duration = \"10us\"", "duration must be from 1ms to 24h, not '10us'"},
      {"arrivals = \"possion\"", "arrivals must be constant or poisson, not 'possion' (did you mean 'poisson'?)"},
      {"cache = \"yes\"", "cache must be true or false, not 'yes'"},
      {"question = [1]", "question must be a text in quotes, not an array"},
      {"question = 1979-05-27", "question must be a text in quotes, not a date or time"},
      {"question = \"a\\nb\"", "question must be one line of at most 400 characters"},
      {"seed = -1", "seed must be a whole number from 0 to 18446744073709551615 (in quotes from 2^63 on), not -1"},
      {"zipf_exponent = 0", "zipf_exponent must be a number above 0 and at most 4, not 0"},
      {"hotspot_ops = 1.5", "hotspot_ops must be a number from 0 to 1, not 1.5"},
      {"name = \"../up\"", "name must be 1 to 64 letters, digits, '-', '_' and '.', the first no '.', not '../up'"},
      {"faults = \"skip\"",
       "faults must be a section, [faults], with one line a fault, or a list of texts such as \"invalidate: "
       "lost-request n=3\""},
  };
  for (const auto& [text, sentence] : expected) {
    EXPECT_EQ(error_of(text), "shop.toml:1: " + sentence);
  }
}

TEST(ParseScenario, takes_a_rate_or_an_interval_but_not_both) {
  EXPECT_EQ(parsed("read_every = \"3ms\"").read_rate, 1e9 / 3e6);
  EXPECT_EQ(parsed("read_rate = 250").read_rate, 250);
  EXPECT_EQ(error_of("read_rate = 1\nread_every = \"1s\""),
            "shop.toml:1: read_rate and read_every say the same thing in two ways; keep one of them");
}

TEST(ParseScenario, says_what_does_not_go_together) {
  EXPECT_EQ(error_of("pacing = \"ticker\"\narrivals = \"poisson\""),
            "shop.toml:2: arrivals must be constant where pacing is ticker, not 'poisson'");
  EXPECT_EQ(error_of("cache = false"),
            "shop.toml: pattern: 'cache-aside' needs a cache, and cache is false; pattern none needs none");
  EXPECT_EQ(
      error_of("write_rate = 1000000\nduration = \"1h\""),
      "shop.toml:1: write_rate times duration is 3,600,000,000 writes; a run can tell apart at most 2,147,480,000, so "
      "lower one of the two");
  EXPECT_THAT(error_of("read_rate = 10000000\nduration = \"1h\""),
              testing::HasSubstr("a run can hold at most 4,294,967,000"));
}

TEST(ParseScenario, says_why_a_pattern_cannot_be_with_deletes) {
  const auto refusal_of = [](const std::string& pattern) {
    return error_of("delete_share = 0.2\npattern = \"" + pattern + "\"");
  };
  using testing::HasSubstr;
  EXPECT_THAT(refusal_of("near-cache"),
              HasSubstr("delete_share: pattern near-cache needs pushes of the cache, and no "));
  EXPECT_THAT(refusal_of("write-behind"), HasSubstr("needs a queue in the cache, and no feed of"));
  EXPECT_THAT(refusal_of("refresh-ahead"), HasSubstr("needs a queue in the cache, and no feed of"));
  EXPECT_THAT(refusal_of("outbox"), HasSubstr("needs an outbox in the database, and no feed of"));
  EXPECT_THAT(refusal_of("cdc-invalidate"), HasSubstr("needs the database's log of changes, and no feed of"));
  EXPECT_THAT(refusal_of("update-first"),
              HasSubstr("delete_share: pattern update-first sets the entry with each write, and with a delete it has "
                        "nothing to set unless negative_entries = true"));
}

TEST(ParseScenario, says_where_the_text_is_no_toml) {
  EXPECT_THAT(error_of("clients = 3\nkeys = = 4\n"), testing::StartsWith("shop.toml:2: this is not TOML: "));
  EXPECT_THAT(error_of("clients = 3\nclients = 4\n"), testing::StartsWith("shop.toml:2: this is not TOML: "));
  EXPECT_THAT(error_of(std::string("a\0b", 3)), testing::StartsWith("shop.toml:1: this is not TOML: "));
  EXPECT_THAT(error_of("\xff\xfe"), testing::StartsWith("shop.toml:1: this is not TOML: "));
  EXPECT_THAT(error_of(std::string(100'000, '[')), testing::StartsWith("shop.toml:1: this is not TOML: "));
}

RC_GTEST_PROP(ParseScenario, of_hostile_text_gives_a_scenario_or_a_sentence_with_the_file, ()) {
  const auto piece = rc::gen::elementOf(
      std::vector<std::string>{"clients", "duration", "faults", "skip", "[", "]", "=", "\n",   "\"", "10ms", "1",
                               "-",       ".",        "true",   "{",    "}", "'", "é", "\x80", "#",  " ",    ","});
  const auto pieces = *rc::gen::container<std::vector<std::string>>(piece);
  std::string text;
  for (const std::string& one : pieces) {
    text += one;
  }
  const Result<Scenario> scenario = parse_scenario(text, "x.toml");
  RC_ASSERT((scenario.has_value() ||
             (scenario.error().code == ErrorCode::wrong_type && scenario.error().detail.starts_with("x.toml:"))));
}

Nanoseconds any_duration(Nanoseconds least, Nanoseconds most) {
  return *rc::gen::inRange<Nanoseconds>(least, most + 1);
}

double any_rate() {
  if (*rc::gen::arbitrary<bool>()) {
    return 1e9 / static_cast<double>(any_duration(100, 86'400'000'000'000));
  }
  return static_cast<double>(*rc::gen::inRange<std::int64_t>(1, 10'000'000'000)) / 1000;
}

Scenario any_scenario() {
  constexpr Nanoseconds millisecond = 1'000'000;
  constexpr Nanoseconds hour = 3'600'000'000'000;
  Scenario scenario;
  scenario.name = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcXYZ019-_"))));
  scenario.name.resize(std::min<std::size_t>(scenario.name.size(), 64));
  scenario.question = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("aB \"\\'#=[]{}?~\x7f")));
  scenario.question.resize(std::min<std::size_t>(scenario.question.size(), 400));
  scenario.pattern = *rc::gen::element<std::string>("none", "cache-aside");
  scenario.has_cache = scenario.pattern == "cache-aside" || *rc::gen::arbitrary<bool>();
  scenario.database = *rc::gen::element(std::string("postgres"), std::string("cockroach"));
  scenario.cache_engine = *rc::gen::element(std::string("redis"), std::string("valkey"));
  scenario.duration_ns = any_duration(millisecond, 60'000 * millisecond);
  scenario.read_rate = any_rate();
  scenario.write_rate = any_rate();
  scenario.pacing = *rc::gen::element(Pacing::open, Pacing::ticker);
  scenario.arrivals =
      scenario.pacing == Pacing::ticker ? Arrivals::constant : *rc::gen::element(Arrivals::constant, Arrivals::poisson);
  scenario.serialize = *rc::gen::arbitrary<bool>();
  scenario.keys = *rc::gen::inRange<std::uint32_t>(6, 10'000'007);
  scenario.key_distribution = *rc::gen::element(KeyDistribution::uniform, KeyDistribution::zipfian,
                                                KeyDistribution::hotspot, KeyDistribution::latest);
  scenario.zipf_exponent = *rc::gen::inRange(1, 4'000'001) / 1e6;
  scenario.hotspot_keys = *rc::gen::inRange(1, 1'000'001) / 1e6;
  scenario.hotspot_ops = *rc::gen::inRange(0, 1'000'001) / 1e6;
  scenario.clients = *rc::gen::inRange<std::uint16_t>(1, 4097);
  const bool is_ticker = scenario.pacing == Pacing::ticker;
  const int threads_max = is_ticker ? 2 : std::min<int>(256, scenario.clients);
  scenario.threads = static_cast<std::uint16_t>(*rc::gen::inRange(0, threads_max + 1));
  scenario.seed =
      *rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(), rc::gen::just(std::numeric_limits<std::uint64_t>::max()));
  scenario.time_to_live_ns = *rc::gen::arbitrary<bool>() ? 0 : any_duration(millisecond, 24 * hour);
  scenario.warm_up_ns = *rc::gen::arbitrary<bool>() ? 0 : any_duration(millisecond, 24 * hour);
  scenario.warm_up_ns = scenario.warm_up_ns < scenario.duration_ns ? scenario.warm_up_ns : 0;
  scenario.sample_interval_ns = *rc::gen::arbitrary<bool>() ? 0 : any_duration(millisecond, scenario.duration_ns);
  scenario.connect_limit_ns = any_duration(millisecond, hour);
  scenario.op_limit_ns = any_duration(millisecond, hour);
  scenario.late_bound_ns = any_duration(1000, hour);
  scenario.drain_limit_ns = any_duration(millisecond, hour);
  scenario.retries_max = *rc::gen::arbitrary<std::uint8_t>();
  const std::vector<std::pair<std::string, std::string>> faults = {
      {"skip", "fill=1%,update=1%"}, {"delay", "db=15ms"}, {"stall", "cache@5s+500ms"}, {"restart", "db@5s+2s"}};
  const auto first = *rc::gen::inRange<std::size_t>(0, 4);
  const auto count = *rc::gen::inRange<std::size_t>(0, 5);
  for (std::size_t place = first; place < first + count; ++place) {
    const auto& [name, text] = faults[place % 4];
    const std::string live = parts_of_fault(scenario, name, text).live;
    if (!live.empty()) {
      scenario.faults.emplace_back(name, live);
    }
  }
  for (const ScenarioField& field : scenario_fields()) {
    if (!why_idle(scenario, field.key).empty()) {
      reset_field(scenario, field.key);
    }
  }
  return scenario;
}

TEST(ParseScenario, knows_what_other_tools_call_a_key) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"ttl", "unknown key 'ttl' (did you mean 'time_to_live'?)"},
      {"TTL", "unknown key 'TTL' (did you mean 'time_to_live'?)"},
      {"cache-ttl", "unknown key 'cache-ttl' (did you mean 'time_to_live'?)"},
      {"rate", "unknown key 'rate' (did you mean 'read_rate' or 'write_rate'?)"},
      {"threadcount", "unknown key 'threadcount' (did you mean 'clients'?)"},
      {"runtime", "unknown key 'runtime' (did you mean 'duration'?)"},
      {"theta", "unknown key 'theta' (did you mean 'zipf_exponent'?)"},
      {"skip", "unknown key 'skip'; it is a fault, so it belongs into the section [faults]"},
  };
  for (const auto& [key, sentence] : expected) {
    EXPECT_EQ(error_of(key + " = \"x\""), "shop.toml:1: " + sentence);
  }
}

RC_GTEST_PROP(ToToml, reads_back_as_the_same_scenario, ()) {
  const Scenario scenario = any_scenario();
  const std::string text = to_toml(scenario);
  RC_LOG() << text;
  const Result<Scenario> read = parse_scenario(text, "any");
  RC_LOG() << (read ? "" : read.error().detail);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == scenario);
}

TEST(ToToml, writes_intervals_where_they_are_plainer_than_rates) {
  Scenario scenario;
  scenario.read_rate = 1e9 / 3e6;
  scenario.write_rate = 100;
  EXPECT_THAT(to_toml(scenario), testing::HasSubstr("read_every = \"3ms\"\nwrite_rate = 100\n"));
}

TEST(BuiltinScenarios, are_valid_have_a_question_and_are_those_of_the_folder) {
  std::vector<std::string> names;
  for (const BuiltinScenario& builtin : builtin_scenarios()) {
    names.emplace_back(builtin.name);
    EXPECT_FALSE(builtin.question.empty()) << builtin.name;
    const Result<Scenario> scenario = load_scenario(builtin.name);
    ASSERT_TRUE(scenario.has_value()) << scenario.error().detail;
    EXPECT_EQ(scenario->name, builtin.name);
  }
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(STALEMATE_SOURCE_DIR "/scenarios")) {
    files.push_back(entry.path().stem().string());
  }
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(files));
  EXPECT_TRUE(std::ranges::is_sorted(names));
}

TEST(LoadScenario, has_the_origins_before_and_after) {
  const Scenario before = load_scenario("before").value();
  EXPECT_EQ(before.pattern, "cache-aside");
  EXPECT_TRUE(before.has_cache);
  EXPECT_EQ(before.read_rate, 10);
  EXPECT_EQ(before.write_rate, 1);
  const Scenario after = load_scenario("after").value();
  EXPECT_EQ(after.pattern, "none");
  EXPECT_EQ(after.database, "cockroach");
  EXPECT_FALSE(after.has_cache);
}

TEST(LoadScenario, takes_a_path_as_well_as_a_name) {
  const std::string path = testing::TempDir() + "stalemate-load-scenario.toml";
  std::ofstream(path) << to_toml(load_scenario("before").value());
  EXPECT_EQ(load_scenario(path).value(), load_scenario("before").value());
  std::filesystem::remove(path);
  EXPECT_THAT(load_scenario(path).error().detail,
              testing::EndsWith(": No such file or directory; give a scenario's name or a .toml file"));
  EXPECT_THAT(load_scenario("/").error().detail, testing::StartsWith("cannot read /: "));
  EXPECT_THAT(load_scenario("/dev/zero").error().detail, testing::HasSubstr("it is a device, not a file"));
}

TEST(LoadScenario, names_the_nearest_of_an_unknown_one) {
  EXPECT_EQ(
      load_scenario("befor").error().detail,
      "there is no scenario 'befor' (did you mean 'before'?); `stalemate list scenarios` shows them, and a path to a "
      ".toml file works too");
}

}  // namespace
}  // namespace stalemate
