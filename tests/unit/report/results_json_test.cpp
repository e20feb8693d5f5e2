#include "report/results/results_json.hpp"
#include "report/results/printable_results.hpp"

#include <array>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <nlohmann/json.hpp>

#include "report/summary.hpp"
#include "unit/report/example_results.hpp"
#include "unit/report/golden.hpp"

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

// "a.{b,c}.d" to "a.b.d" and "a.c.d".
std::vector<std::string> expanded(const std::string& path) {
  const std::size_t open = path.find('{');
  if (open == std::string::npos) {
    return {path};
  }
  const std::size_t comma = path.find(',', open);
  const std::size_t close = path.find('}', comma);
  std::vector<std::string> paths;
  for (const std::string& name : {path.substr(open + 1, comma - open - 1), path.substr(comma + 1, close - comma - 1)}) {
    for (std::string& whole : expanded(path.substr(0, open) + name + path.substr(close + 1))) {
      paths.push_back(std::move(whole));
    }
  }
  return paths;
}

std::set<std::string> described_paths() {
  std::set<std::string> paths;
  for (const ResultsField& field : results_fields()) {
    for (const std::string& path : expanded(field.path)) {
      paths.insert(path);
    }
  }
  return paths;
}

// Every path of `json`, in the notation of results_fields().
void add_paths(std::set<std::string>& paths, const Json& json, const std::string& path) {
  const bool is_named_counts = path == "faults" || path == "errors" || path == "stale.causes" || path == "violations";
  if (is_named_counts || (path.starts_with("asked.") && !path.starts_with("asked.faults"))) {
    paths.insert(is_named_counts ? path + ".<name>" : "asked.<name>");
  } else if (json.is_array()) {
    for (const Json& element : json) {
      add_paths(paths, element, path + "[]");
    }
  } else {
    if (!path.empty()) {
      paths.insert(path);
    }
    if (json.is_object()) {
      for (const auto& [name, member] : json.items()) {
        add_paths(paths, member, path.empty() ? name : path + "." + name);
      }
    }
  }
}

TEST(ResultsJson, comes_back_exactly) {
  for (const RunResults& results :
       {RunResults(), example_before(), example_after(), example_ticker(), example_trouble()}) {
    const auto again = from_json(to_json(results));
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_EQ(*again, results);
  }
}

TEST(ResultsJson, keeps_the_checks_that_found_nothing) {
  RunResults results = example_trouble();
  results.checks = {};
  results.violations = {{"linearizable", 0}, {"stale-reads", 61}};
  ASSERT_TRUE(validate(results).has_value()) << validate(results).error().detail;
  EXPECT_EQ(from_json(to_json(results)).value().violations, results.violations);
}

RC_GTEST_PROP(ResultsJson, keeps_every_number_and_text_exactly, ()) {
  RunResults results = example_trouble();
  results.seed = *rc::gen::arbitrary<std::uint64_t>();
  results.duration_ns = *rc::gen::inRange<Nanoseconds>(0, 86'400 * example_s);
  results.latency.read.service.max_ns = *rc::gen::arbitrary<Nanoseconds>();
  results.asked.set("read_rate", static_cast<double>(*rc::gen::arbitrary<std::uint32_t>()) / 7);
  results.question = *rc::gen::string<std::string>();
  for (char& c : results.question) {
    c = static_cast<char>(static_cast<unsigned char>(c) & 0x7fU);
  }
  RC_ASSERT(from_json(to_json(results)).value() == results);
}

TEST(ResultsJson, is_as_agreed) {
  expect_golden(to_json(example_trouble()), "results_trouble.json");
}

TEST(ResultsJson, has_a_description_for_every_field_and_no_other) {
  RunResults all = example_trouble();
  all.merged = Merged{.time = "together", .runs = {{.name = "a"}}, .maxima = {{"stale.worst_versions", "a"}}};
  all.processor =
      ProcessorUse{.watched_ns = 60, .database = ServerUse{9}, .cache = ServerUse{5}, .replica = ServerUse{1}};
  EXPECT_EQ(from_json(to_json(all)).value(), all);
  std::set<std::string> written;
  add_paths(written, Json::parse(to_json(all)), "");
  std::vector<std::string> odd;
  std::ranges::set_symmetric_difference(written, described_paths(), std::back_inserter(odd));
  EXPECT_THAT(odd, testing::IsEmpty());
}

TEST(ResultsJson, has_the_fields_that_were_promised) {
  const Json json = Json::parse(to_json(example_trouble()));
  EXPECT_EQ(json.at("duration_s"), 60.0);
  EXPECT_EQ(json.at("plan").at("reads"), 6000);
  for (const char* kind : {"reads", "writes"}) {
    for (const char* field : {"planned", "sent", "ok", "fail", "info", "late", "dropped"}) {
      EXPECT_TRUE(json.at(kind).contains(field)) << kind << "." << field;
    }
  }
  for (const char* field : {"hits", "misses", "hit_ratio", "predicted_hit_ratio"}) {
    EXPECT_TRUE(json.at("cache").contains(field)) << field;
  }
  for (const char* field : {"correct", "incorrect", "incoherent_keys", "transient", "persistent"}) {
    EXPECT_TRUE(json.at("samples").contains(field)) << field;
  }
  for (const char* field : {"wanted_ratio", "done_ratio", "causes"}) {
    EXPECT_TRUE(json.at("drift").contains(field)) << field;
  }
  for (const char* field : {"p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "max_ns"}) {
    EXPECT_TRUE(json.at("latency").at("write").at("response").contains(field)) << field;
  }
}

TEST(ResultsJson, is_documented_by_a_table_that_cannot_drift) {
  const auto path = source_path("docs/results.md");
  const std::string begin = "<!-- fields: generated, see tests/unit/report/results_json_test.cpp -->\n";
  const std::string end = "<!-- end of fields -->\n";
  std::string text = text_of_file(path);
  const std::size_t from = text.find(begin);
  ASSERT_NE(from, std::string::npos);
  const std::size_t to = text.find(end, from);
  ASSERT_NE(to, std::string::npos);
  if (updates_golden()) {
    text.replace(from + begin.size(), to - from - begin.size(), results_fields_table());
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text.substr(from + begin.size(), to - from - begin.size()), results_fields_table())
      << "Run the test again with UPDATE_GOLDEN=1.";
}

TEST(ResultsJson, may_hold_what_a_terminal_would_obey_and_is_shown_without) {
  const std::string escape = "\x1b[2J";
  RunResults hostile = example_trouble();
  hostile.scenario = hostile.pattern = hostile.question = hostile.replay = escape;
  hostile.asked.set("arrivals", escape);
  hostile.asked.set(escape, true);
  hostile.asked.faults = {escape};
  hostile.engines = {{escape, escape, escape, escape, escape}};
  hostile.errors = {{escape, 5}};
  hostile.refusals = {{escape, escape, escape, 7, escape}};
  hostile.outages = {{escape, 1, 2, 1, 3, escape}};
  hostile.drift.causes = {escape};
  hostile.stale->causes = {{escape, 60}};
  hostile.warnings = {escape};
  const RunResults shown = printable(from_json(to_json(hostile)).value());
  EXPECT_EQ(shown.scenario, "\\u001b[2J");
  for (const std::string& text :
       {summarize(shown, 80), compare(std::array{shown, example_after()}, 80), compare(std::array{shown, shown}, 40)}) {
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
  }
  EXPECT_EQ(printable(example_trouble()), example_trouble());
}

TEST(ResultsJson, of_a_newer_or_older_version_is_still_read) {
  const auto results = from_json(R"({"scenario": "before", "new_field": [1, {}], "plan": {"reads": 5}})");
  ASSERT_TRUE(results.has_value()) << results.error().detail;
  EXPECT_EQ(results->scenario, "before");
  EXPECT_EQ(results->plan.reads, 5U);
  EXPECT_FALSE(results->cache.has_value());
}

TEST(ResultsJson, that_is_wrong_is_refused_with_the_fields_name) {
  const auto refusal = [](std::string_view text) {
    const auto results = from_json(text);
    return results.has_value() ? std::string("accepted") : results.error().detail;
  };
  EXPECT_THAT(refusal("{"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("the whole file must be an object"));
  EXPECT_THAT(refusal(R"({"seed": -1})"), HasSubstr("seed must be a whole number that is not negative"));
  EXPECT_THAT(refusal(R"({"seed": 1e999})"), HasSubstr("too large"));
  EXPECT_THAT(refusal(R"({"scenario": 3})"), HasSubstr("scenario must be a text"));
  EXPECT_THAT(refusal(R"({"reads": 3})"), HasSubstr("reads must be an object"));
  EXPECT_THAT(refusal(R"({"engines": [{"role": 1}]})"), HasSubstr("engines[0].role must be a text"));
  EXPECT_THAT(refusal(R"({"engines": [7]})"), HasSubstr("engines[0] must be an object"));
  EXPECT_THAT(refusal(R"({"warnings": [7]})"), HasSubstr("warnings must be a list of texts"));
  EXPECT_THAT(refusal(R"({"errors": {"x": -2}})"), HasSubstr("errors must be an object of whole numbers"));
  EXPECT_THAT(refusal(R"({"latency": {"read": {"service": {"max_ns": 18446744073709551615}}}})"),
              HasSubstr("latency.read.service.max_ns must be a number of nanoseconds"));
  EXPECT_THAT(refusal(R"({"duration_s": 1e300})"), HasSubstr("duration_s must be a number of seconds"));
  EXPECT_THAT(refusal(R"({"drift": {"done_ratio": "2"}})"), HasSubstr("drift.done_ratio must be a number"));
}

}  // namespace
}  // namespace stalemate
