// Metrics in both dialects keep the rules of their formats, whatever the history and its names, and count what it
// holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "export/metric_text.hpp"
#include "unit/export/subject.hpp"

namespace stalemate::exporting {
namespace {

struct Sample {
  std::string name = {};
  std::map<std::string, std::string> labels = {};
  double value = 0;
};

struct Family {
  std::string name = {};
  std::string type = {};
  std::string help = {};
  std::string unit = {};
  std::vector<Sample> samples = {};
};

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
}

/// Reads one sample by the letter; fails the test where it is none.
Sample sample_in(std::string_view line) {
  Sample sample;
  const std::size_t brace = line.find('{');
  sample.name = line.substr(0, brace);
  EXPECT_TRUE(is_name(sample.name)) << line;
  line.remove_prefix(brace + 1);
  while (!line.starts_with('}')) {
    const std::string label(line.substr(0, line.find("=\"")));
    EXPECT_TRUE(is_name(label)) << line;
    line.remove_prefix(label.size() + 2);
    std::string value;
    for (; !line.starts_with('"'); line.remove_prefix(1)) {
      if (line.starts_with('\\')) {
        line.remove_prefix(1);
        EXPECT_THAT((std::set<char>{'\\', '"', 'n'}), testing::Contains(line.front()));
        value += line.front() == 'n' ? '\n' : line.front();
      } else {
        value += line.front();
      }
    }
    line.remove_prefix(1);
    EXPECT_TRUE(sample.labels.emplace(label, value).second) << label;
    line.remove_prefix(line.starts_with(',') ? 1 : 0);
  }
  EXPECT_TRUE(line.starts_with("} ")) << line;
  line.remove_prefix(2);
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), sample.value);
  EXPECT_TRUE(error == std::errc() && end == line.data() + line.size()) << line;
  return sample;
}

/// Reads the whole text. Each family is told once, and its samples follow it.
std::vector<Family> families_in(const std::string& text, MetricDialect dialect) {
  std::vector<Family> families;
  std::istringstream lines(text);
  bool has_ended = false;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_FALSE(has_ended) << line;
    const std::string_view rest = std::string_view(line).substr(std::min<std::size_t>(7, line.size()));
    const std::string name(rest.substr(0, rest.find(' ')));
    if (line.starts_with("# HELP ")) {
      EXPECT_TRUE(std::ranges::none_of(families, [&](const Family& family) { return family.name == name; })) << name;
      families.push_back({.name = name, .help = std::string(rest.substr(name.size() + 1))});
    } else if (line.starts_with("# TYPE ")) {
      EXPECT_EQ(families.back().name, name);
      families.back().type = rest.substr(name.size() + 1);
    } else if (line.starts_with("# UNIT ")) {
      EXPECT_EQ(families.back().name, name);
      families.back().unit = rest.substr(name.size() + 1);
    } else if (line == "# EOF") {
      has_ended = true;
    } else {
      families.back().samples.push_back(sample_in(line));
    }
  }
  EXPECT_EQ(has_ended, dialect == MetricDialect::openmetrics);
  return families;
}

std::vector<std::string> endings_of(const Family& family, MetricDialect dialect) {
  if (family.type == "histogram") {
    return {"_bucket", "_sum", "_count"};
  }
  if (dialect == MetricDialect::openmetrics) {
    return {family.type == "counter" ? "_total" : family.type == "info" ? "_info" : ""};
  }
  return {""};
}

void expect_sound(const Family& family, MetricDialect dialect) {
  EXPECT_NE(family.help, "");
  const std::vector<std::string> endings = endings_of(family, dialect);
  std::set<std::pair<std::string, std::map<std::string, std::string>>> seen;
  for (const Sample& sample : family.samples) {
    EXPECT_TRUE(std::ranges::any_of(endings, [&](const auto& end) { return sample.name == family.name + end; }))
        << sample.name;
    EXPECT_TRUE(seen.emplace(sample.name, sample.labels).second) << sample.name;
    EXPECT_EQ(sample.labels.at("scenario"), "a \"b\" \\ c\\u000ad,\\xff") << "what a terminal would obey is escaped";
  }
  if (family.type == "counter" && dialect == MetricDialect::prometheus) {
    EXPECT_THAT(family.name, testing::EndsWith("_total"));
  }
  EXPECT_EQ(family.unit, dialect == MetricDialect::openmetrics && family.name.ends_with("_seconds") ? "seconds" : "");
}

/// Buckets grow, end with all, and their bounds ascend.
void expect_sound_histogram(const Family& family) {
  double before = 0;
  double bound_before = -1;
  for (std::size_t place = 0; place < family.samples.size(); ++place) {
    const Sample& sample = family.samples[place];
    if (!sample.name.ends_with("_bucket")) {
      continue;
    }
    const std::string& le = sample.labels.at("le");
    const double bound = le == "+Inf" ? std::numeric_limits<double>::infinity() : std::stod(le);
    EXPECT_GT(bound, bound_before);
    EXPECT_GE(sample.value, before);
    before = sample.value;
    bound_before = bound;
    if (le == "+Inf") {
      EXPECT_TRUE(family.samples.at(place + 1).name.ends_with("_sum"));
      EXPECT_TRUE(family.samples.at(place + 2).name.ends_with("_count"));
      EXPECT_EQ(family.samples.at(place + 2).value, sample.value);
      before = 0;
      bound_before = -1;
    }
  }
}

double sum_of(const std::vector<Family>& families, const std::string& name,
              const std::map<std::string, std::string>& labels) {
  double sum = 0;
  for (const Family& family : families) {
    for (const Sample& sample : family.samples) {
      const bool has_all = std::ranges::all_of(labels, [&sample](const auto& label) {
        const auto place = sample.labels.find(label.first);
        return place != sample.labels.end() && place->second == label.second;
      });
      sum += sample.name == name && has_all ? sample.value : 0;
    }
  }
  return sum;
}

RC_GTEST_PROP(Metrics, keep_the_rules_of_both_dialects_and_say_the_same, ()) {
  const History history = any_history(30);
  const auto prometheus = families_in(exported("prometheus", history), MetricDialect::prometheus);
  const auto openmetrics = families_in(exported("openmetrics", history), MetricDialect::openmetrics);
  ASSERT_EQ(prometheus.size(), openmetrics.size());
  for (std::size_t place = 0; place < prometheus.size(); ++place) {
    expect_sound(prometheus[place], MetricDialect::prometheus);
    expect_sound(openmetrics[place], MetricDialect::openmetrics);
    ASSERT_EQ(prometheus[place].samples.size(), openmetrics[place].samples.size());
    for (std::size_t sample = 0; sample < prometheus[place].samples.size(); ++sample) {
      EXPECT_EQ(prometheus[place].samples[sample].name, openmetrics[place].samples[sample].name);
      EXPECT_EQ(prometheus[place].samples[sample].value, openmetrics[place].samples[sample].value);
    }
    if (prometheus[place].type == "histogram") {
      expect_sound_histogram(prometheus[place]);
      expect_sound_histogram(openmetrics[place]);
    }
  }
  RC_ASSERT(!testing::Test::HasFailure());
}

RC_GTEST_PROP(Metrics, count_what_the_history_holds, ()) {
  const History history = any_history(40);
  const auto families = families_in(exported("prometheus", history), MetricDialect::prometheus);
  for (const OpKind kind : {OpKind::read, OpKind::write, OpKind::add}) {
    for (const Outcome outcome : {Outcome::ok, Outcome::fail, Outcome::info}) {
      const auto expected = std::ranges::count_if(
          history.ops(), [&](const OpRecord& op) { return op.kind() == kind && op.outcome() == outcome; });
      RC_ASSERT(sum_of(families, "stalemate_ops_total",
                       {{"kind", std::string(name_of(kind))}, {"outcome", std::string(name_of(outcome))}}) ==
                static_cast<double>(expected));
    }
  }
  const auto within = [&](Nanoseconds bound_ns) {
    return static_cast<double>(std::ranges::count_if(history.ops(), [&](const OpRecord& op) {
      return op.outcome() == Outcome::ok && op.kind() == OpKind::read &&
             op.completion_ns() - op.intended_ns() <= bound_ns;
    }));
  };
  for (const auto& [le, bound_ns] : std::map<std::string, Nanoseconds>{
           {"0.0001", 100'000}, {"0.0025", 2'500'000}, {"0.5", 500'000'000}, {"1", 1'000'000'000}, {"+Inf", never}}) {
    RC_ASSERT(sum_of(families, "stalemate_op_latency_seconds_bucket",
                     {{"kind", "read"}, {"measure", "response"}, {"le", le}}) == within(bound_ns));
  }
  RC_ASSERT(sum_of(families, "stalemate_steps_total", {}) == static_cast<double>(history.steps().size()));
  RC_ASSERT(sum_of(families, "stalemate_faulted_steps_total", {{"fault", "a,\"b\""}}) ==
            static_cast<double>(
                std::ranges::count_if(history.steps(), [](const StepRecord& step) { return step.fault() == 2; })));
}

TEST(Metrics, have_buckets_of_staleness_at_a_second_a_minute_and_ten) {
  const auto families = families_in(exported("openmetrics", make_history({}, {})), MetricDialect::openmetrics);
  const auto place = std::ranges::find(families, "stalemate_staleness_seconds", &Family::name);
  ASSERT_NE(place, families.end());
  std::set<std::string> bounds;
  for (const Sample& sample : place->samples) {
    if (sample.name.ends_with("_bucket")) {
      bounds.insert(sample.labels.at("le"));
    }
  }
  EXPECT_THAT(bounds, testing::IsSupersetOf({"1.0", "60.0", "600.0", "+Inf"}));
}

}  // namespace
}  // namespace stalemate::exporting
