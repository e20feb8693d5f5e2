// Histories that tell no versions: where one write ended before the next began, their order is certain all the same;
// and one bad read is one violation, however many values it is in conflict with.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string_view>
#include <vector>

#include "check/check.hpp"
#include "record/foreign/import.hpp"
#include "unit/check/brute_orders.hpp"
#include "unit/check/script.hpp"

namespace stalemate::test {
namespace {

using testing::HasSubstr;

/// Not at random: a failover took back what had been acknowledged.
constexpr std::string_view failover_took_it_back = R"(
{:process 0, :type :invoke, :f :write, :value 11, :time 0}
{:process 0, :type :ok, :f :write, :value 11, :time 1000000}
{:process 0, :type :invoke, :f :write, :value 12, :time 2000000}
{:process 0, :type :ok, :f :write, :value 12, :time 3000000}
{:process 0, :type :invoke, :f :write, :value 13, :time 4000000}
{:process 0, :type :ok, :f :write, :value 13, :time 5000000}
{:process 0, :type :invoke, :f :read, :value nil, :time 9000000}
{:process 0, :type :ok, :f :read, :value 11, :time 9500000}
)";

TEST(OrderByTime, of_writes_that_do_not_overlap_is_certain) {
  const Report report = check_all(*parse_edn(failover_took_it_back, "failover"));
  EXPECT_EQ(find_result(report, "linearizable")->count, 1U);
  EXPECT_EQ(find_result(report, "read-your-writes")->count, 1U);
  EXPECT_EQ(find_result(report, "monotonic-writes")->verdict, Verdict::valid);
  EXPECT_EQ(find_result(report, "k-atomicity")->worst->value, 3);
  const CheckResult& stale = *find_result(report, "stale-reads");
  EXPECT_EQ(stale.verdict, Verdict::invalid);
  EXPECT_EQ(stale.unjudged, 0U);
  ASSERT_EQ(stale.stale_reads.size(), 1U);
  EXPECT_EQ(stale.stale_reads.front().versions, 2U);
  EXPECT_EQ(stale.stale_reads.front().lower_ns, 6'000'000);
  EXPECT_THAT(stale.violations.front().sentence, HasSubstr("acknowledged 6.00 ms before the read began"));
  EXPECT_THAT(stale.violations.front().sentence, HasSubstr("0.005 s), 4.00 ms before."));
  // Whether what was not read again was ever applied, nobody can tell.
  EXPECT_EQ(find_result(report, "lost-updates")->verdict, Verdict::unknown);
  EXPECT_EQ(find_result(report, "version-order")->verdict, Verdict::unknown);
}

TEST(OrderByTime, of_writes_that_overlap_is_not) {
  Script script;
  script.write(0, 1001, 0, 10, {});
  script.write(0, 1002, 10, 20, {});  // equal instants are concurrent
  script.read(0, 1001, 30, 40);
  const Report report = check_all(packed(script.small));
  const CheckResult& stale = *find_result(report, "stale-reads");
  EXPECT_EQ(stale.verdict, Verdict::unknown);
  EXPECT_FALSE(stale.decides);
  EXPECT_EQ(stale.unjudged, 1U);
  EXPECT_EQ(find_result(report, "linearizable")->verdict, Verdict::valid);
  EXPECT_EQ(report.verdict, Verdict::valid);
}

TEST(OrderByTime, is_used_as_far_as_it_is_certain) {
  Script script;
  script.write(0, 1001, 0, 10, {});
  script.write(0, 1002, 20, 40, {});
  script.write(0, 1003, 30, 50, {});
  script.read(0, 1002, 60, 61);  // 1003 may be newer
  script.read(0, 1003, 62, 63);  // 1002 may be newer
  script.read(0, 1001, 64, 65);  // both are newer
  const Report report = check_all(packed(script.small));
  const CheckResult& stale = *find_result(report, "stale-reads");
  EXPECT_EQ(stale.verdict, Verdict::invalid);
  EXPECT_EQ(stale.sample, 1U);
  EXPECT_EQ(stale.unjudged, 2U);
  ASSERT_EQ(stale.stale_reads.size(), 1U);
  EXPECT_EQ(stale.stale_reads.front().read, 5U);
  EXPECT_EQ(stale.stale_reads.front().versions, 2U);
  EXPECT_THAT(stale.note, HasSubstr("2 reads could not be judged by their times"));
}

TEST(OrderByTime, knows_that_a_write_without_an_answer_was_there_when_it_was_read) {
  Script script;
  script.write(0, 1001, 0, 10, {});
  Op& lost = script.op(OpKind::write, 0, 1002, 20, never);
  lost.outcome = Outcome::info;
  script.read(0, 1001, 30, 31);  // it need not have happened
  script.read(0, 1002, 40, 41);
  script.read(0, 1001, 50, 51);
  const Report report = check_all(packed(script.small));
  const CheckResult& stale = *find_result(report, "stale-reads");
  ASSERT_EQ(stale.stale_reads.size(), 1U);
  EXPECT_EQ(stale.stale_reads.front().read, 4U);
  EXPECT_EQ(find_result(report, "regular")->count, 1U);
}

TEST(OrderByTime, does_not_hide_an_update_that_was_refused) {
  Script script;
  script.write(0, 1001, 0, 10, {});
  script.update(0, 1001, unknown_version);
  script.write(0, 1002, 20, 30, {});
  script.update(1, 1002, unknown_version);
  script.small.steps.back().outcome = Outcome::fail;
  const Report report = check_all(packed(script.small));
  EXPECT_FALSE(report.versions_known);
  const CheckResult& lost = *find_result(report, "lost-updates");
  EXPECT_EQ(lost.verdict, Verdict::invalid);
  EXPECT_EQ(lost.count, 1U);
}

TEST(OrderByTime, is_the_same_with_a_prefilter) {
  for (const bool is_old : {false, true}) {
    Script script;
    for (Value i = 1; i <= 8; ++i) {
      script.write(0, 1000 + i, 20 * i, 20 * i + (i % 4 == 0 ? 25 : 5), {});
      script.read(0, is_old && i == 7 ? 1001 : 1000 + i, 20 * i + 10, 20 * i + 15);
    }
    const CheckOptions options{.only = {"stale-reads", "linearizable", "k-atomicity"}};
    CheckOptions plain = options;
    plain.may_prefilter = false;
    const Report prefiltered = check_all(packed(script.small), options);
    const Report judged = check_all(packed(script.small), plain);
    ASSERT_EQ(prefiltered.results.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(prefiltered.results[i].verdict, judged.results[i].verdict);
      EXPECT_EQ(prefiltered.results[i].count, judged.results[i].count);
      EXPECT_EQ(prefiltered.results[i].sample, judged.results[i].sample);
      EXPECT_EQ(prefiltered.results[i].unjudged, judged.results[i].unjudged);
    }
  }
}

TEST(Linearizable, has_one_violation_for_one_bad_read) {
  Script old;
  Script early;
  for (Value i = 1; i <= 12; ++i) {
    old.write(0, 1000 + i, 10 * i, 10 * i + 5, {});
    early.write(0, 1000 + i, 10 * i, 10 * i + 5, {});
  }
  old.read(0, 1001, 200, 201);
  early.read(0, 1012, 1, 2);
  for (const Script& script : {old, early}) {
    const CheckResult result = *find_result(check_all(packed(script.small)), "linearizable");
    EXPECT_EQ(result.count, 1U);
    EXPECT_EQ(result.violations.size(), 1U);
  }
}

/// The least number of values without which the key is linearizable.
std::uint64_t least_left_out(const Ops& ops, const std::vector<Value>& values, Value initial) {
  std::size_t least = values.size();
  for (std::uint32_t left_in = 0; left_in < 1U << values.size(); ++left_in) {
    const auto left_out = values.size() - static_cast<std::size_t>(std::popcount(left_in));
    if (left_out >= least) {
      continue;
    }
    Ops rest = ops;
    std::erase_if(rest, [&](const BruteOp& op) {
      const auto place = static_cast<std::size_t>(std::ranges::find(values, op.op.value) - values.begin());
      return place < values.size() && (left_in >> place & 1U) == 0;
    });
    least = is_linearizable(rest, initial) ? left_out : least;
  }
  return least;
}

TEST(Linearizable, counts_the_fewest_values_that_have_to_be_left_out) {
  std::uint64_t several = 0;
  for (std::uint64_t seed = 0; seed < 6'000; ++seed) {
    SeededRandom random(seed, 17);
    Shape shape;
    shape.keys_max = 1;
    shape.with_versions = false;
    const SmallHistory small = random_history(random, shape);
    Ops ops;
    std::vector<Value> values = {small.initial};
    for (const Op& op : small.ops) {
      ops.push_back({.op = op});
      if (op.kind != OpKind::read) {
        values.push_back(op.value);
      }
    }
    // A read of what was not there to be read counts by itself.
    const bool is_possible = std::ranges::all_of(ops, [&](const BruteOp& op) {
      const BruteOp* writer = writer_of(ops, op.op.value);
      return !is_ok_read(op) || op.op.value == small.initial ||
             (writer != nullptr && writer->op.outcome != Outcome::fail &&
              writer->op.invocation_ns <= op.op.completion_ns);
    });
    if (is_possible) {
      const std::uint64_t least = is_linearizable(ops, small.initial) ? 0 : least_left_out(ops, values, small.initial);
      ASSERT_EQ(find_result(check_all(packed(small)), "linearizable")->count, least) << "seed " << seed << '\n'
                                                                                     << describe(small);
      several += least > 1 ? 1 : 0;
    }
  }
  EXPECT_GT(several, 10U);
}

}  // namespace
}  // namespace stalemate::test
