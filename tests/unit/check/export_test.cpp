// An export holds less than the run. What is judged of it is what was judged of the run, or unknown; and every figure
// that is left is the run's own.
#include <gtest/gtest.h>

#include <sstream>

#include "check/check.hpp"
#include "check/imported.hpp"
#include "core/absent_row.hpp"
#include "record/foreign/export.hpp"
#include "record/foreign/import.hpp"
#include "sanitized.hpp"
#include "unit/check/small_history.hpp"
#include "unit/check/told.hpp"

namespace stalemate::test {
namespace {

using Write = void (*)(const EventHistory&, std::ostream&);
constexpr Write formats[] = {write_edn, write_json_lines, write_csv};

EventHistory come_back(const EventHistory& events, Write write) {
  std::ostringstream text;
  write(events, text);
  const Result<EventHistory> again = parse_events(text.str(), "export");
  EXPECT_TRUE(again.has_value()) << (again ? "" : again.error().detail) << "\n" << text.str();
  EXPECT_TRUE(again && *again == events) << text.str();
  return again.value_or(EventHistory{});
}

/// What a check counted and measured, without what it calls things.
void expect_same_figures(const CheckResult& run, const CheckResult& again, const std::string& context) {
  EXPECT_EQ(again.count, run.count) << run.name << "\n" << context;
  for (const Figure& figure : again.figures) {
    const auto place = std::ranges::find(run.figures, figure.name, &Figure::name);
    ASSERT_NE(place, run.figures.end());
    EXPECT_EQ(figure, *place) << run.name << "\n" << context;
  }
  for (const Distribution& spread : again.distributions) {
    const auto place = std::ranges::find(run.distributions, spread.name, &Distribution::name);
    ASSERT_NE(place, run.distributions.end());
    EXPECT_EQ(spread, *place) << run.name << " " << spread.name << "\n" << context;
  }
  if (again.worst) {
    EXPECT_EQ(again.worst, run.worst) << run.name << "\n" << context;
  }
}

/// `may_lack_keys`: some values do not name their writes any more, so that less may have been counted.
void expect_never_stronger(const Report& run, const Report& again, const std::string& context,
                           bool may_lack_keys = false) {
  for (const CheckResult& result : run.results) {
    const CheckResult* found = find_result(again, result.name);
    if (found == nullptr || found->verdict == Verdict::unknown) {
      continue;
    }
    EXPECT_EQ(name_of(found->verdict), name_of(result.verdict)) << result.name << "\n" << context;
    if (!may_lack_keys) {
      expect_same_figures(result, *found, context);
    }
  }
  EXPECT_TRUE(again.verdict == run.verdict || again.verdict == Verdict::unknown)
      << name_of(run.verdict) << ", then " << name_of(again.verdict) << "\n"
      << context;
}

/// Of its kind, whole or cut: without some of its ops, whose steps are still there, or without some of its steps.
History some_run(std::uint64_t seed, SmallHistory& small) {
  SeededRandom random(seed);
  small = random_history(random, {.ops_max = 12, .with_versions = random.draw_below(4) != 0});
  small.complete = random.draw_below(3) != 0;
  if (!small.complete) {
    std::erase_if(small.ops, [&random](const Op&) { return random.draw_below(5) == 0; });
    std::erase_if(small.steps, [&random](const Step&) { return random.draw_below(5) == 0; });
  }
  History history = packed(small);
  history.header.engines = {{"database", "PostgreSQL", "15", "read committed"}, {"cache", "Redis", "7", ""}};
  if (!small.complete) {
    history.truncation = "the run is truncated at byte 7";
  }
  return history;
}

TEST(Exported, runs_are_never_judged_better_or_worse_than_they_were) {
  int kept = 0;
  for (std::uint64_t seed = 1; seed <= tried(1500U); ++seed) {
    SmallHistory small;
    const History history = some_run(seed, small);
    const Report run = check_all(history);
    EventHistory events = to_events(history);
    events.facts.verdicts = verdicts_of(run);
    const bool has_deletes = std::ranges::any_of(small.ops, [](const Op& op) { return is_delete(op.value); });
    for (const Write write : formats) {
      const Report again = check_all(come_back(events, write));
      expect_never_stronger(run, again, "seed " + std::to_string(seed) + "\n" + describe(small), has_deletes);
      const CheckResult* stale = find_result(again, "stale-reads");
      kept += stale != nullptr && stale->verdict == Verdict::invalid ? 1 : 0;
    }
    if (HasFailure()) {
      return;
    }
  }
  EXPECT_GT(kept, tried(100)) << "versions go with the ops, so stale reads are found again";
}

TEST(Exported, excerpts_and_cuts_stay_what_they_are) {
  const std::string text =
      "{:process 2, :type :ok, :f :write, :value 5, :time 100}\n{:process 1, :type :invoke, :f :read, :time 200}\n"
      "{:process 1, :type :ok, :f :read, :value 3, :time 300}\n";
  const Result<EventHistory> excerpt = parse_events(text, "h", {.is_excerpt = true});
  ASSERT_TRUE(excerpt.has_value());
  ASSERT_EQ(check_all(*excerpt).verdict, Verdict::valid);
  for (const Write write : formats) {
    EXPECT_EQ(check_all(come_back(*excerpt, write)).verdict, Verdict::valid);
  }
}

TEST(Exported, verdicts_that_the_file_cannot_show_are_unknown_and_decide) {
  Report report;
  report.results = {{.name = "a", .verdict = Verdict::valid},
                    {.name = "b", .verdict = Verdict::invalid, .count = 2, .violations = {{}}},
                    {.name = "c", .verdict = Verdict::unknown, .decides = false},
                    {.name = "d", .verdict = Verdict::valid}};
  withhold_beyond(
      report,
      std::vector<JudgedCheck>{{"a", "invalid", 1}, {"b", "invalid", 3}, {"c", "valid", 0}, {"e", "invalid", 1}}, {});
  EXPECT_EQ(find_result(report, "a")->verdict, Verdict::unknown);
  EXPECT_TRUE(find_result(report, "a")->decides);
  EXPECT_EQ(find_result(report, "b")->verdict, Verdict::invalid);
  EXPECT_EQ(find_result(report, "b")->count, 3U);
  EXPECT_TRUE(find_result(report, "b")->violations.empty());
  EXPECT_FALSE(find_result(report, "c")->decides);
  EXPECT_EQ(find_result(report, "d")->verdict, Verdict::valid);
  EXPECT_EQ(find_result(report, "e")->verdict, Verdict::unknown);
  EXPECT_EQ(report.verdict, Verdict::invalid);
}

}  // namespace
}  // namespace stalemate::test
