// What is said of histories that hold nothing, or not all: never that all is well, and never what the missing part may
// disprove. And of acknowledged writes that the database never saw.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "check/causes/causes.hpp"
#include "check/check.hpp"
#include "unit/check/small_history.hpp"

namespace stalemate::test {
namespace {

using testing::HasSubstr;

Op op_at(OpIndex index, OpKind kind, Value value, Nanoseconds from) {
  Op op{.index = index, .client = static_cast<ClientId>(index % 4), .kind = kind, .outcome = Outcome::ok};
  op.value = value;
  op.intended_ns = op.invocation_ns = from;
  op.completion_ns = from + 5;
  return op;
}

Step update_of(const Op& op, Version version) {
  Step step{.op = op.index, .command = Command::write, .role = Role::update, .outcome = Outcome::ok};
  step.value = op.value;
  step.version = version;
  step.start_ns = op.invocation_ns + 1;
  step.end_ns = op.invocation_ns + 2;
  if (version == unknown_version) {
    step.outcome = Outcome::fail;
    step.fault = 1;
  }
  return step;
}

/// Write 1001, read it, read 1002, which no op of the history wrote.
SmallHistory with_a_read_of_a_missing_write() {
  SmallHistory small;
  small.ops = {op_at(0, OpKind::write, 1001, 10), op_at(1, OpKind::read, 1001, 20), op_at(2, OpKind::read, 1002, 30)};
  small.steps = {update_of(small.ops[0], 1)};
  return small;
}

TEST(CutHistory, may_have_lost_the_write_of_a_value_that_nobody_wrote) {
  SmallHistory small = with_a_read_of_a_missing_write();
  EXPECT_EQ(find_result(check_all(packed(small)), "phantom-reads")->count, 1U);
  small.complete = false;
  const Report report = check_all(packed(small));
  for (const CheckResult& result : report.results) {
    EXPECT_EQ(result.count, 0U) << result.name;
    EXPECT_FALSE(result.decides && result.verdict == Verdict::valid) << result.name << " passes a cut history";
  }
  EXPECT_EQ(find_result(report, "phantom-reads")->verdict, Verdict::unknown);
  EXPECT_THAT(find_result(report, "phantom-reads")->note, HasSubstr("cut"));
  EXPECT_EQ(report.verdict, Verdict::unknown);
}

TEST(CutHistory, still_proves_what_its_ops_prove) {
  SmallHistory small = with_a_read_of_a_missing_write();
  small.ops[2].value = 1000;
  small.complete = false;
  const Report report = check_all(packed(small));
  EXPECT_EQ(find_result(report, "stale-reads")->verdict, Verdict::invalid);
  EXPECT_EQ(report.verdict, Verdict::invalid);
}

TEST(CutHistory, proves_no_cause_by_a_step_that_is_not_there) {
  SmallHistory small = with_a_read_of_a_missing_write();
  small.ops[2].value = 1000;
  Step fill{.op = 3, .store = Store::cache, .command = Command::set, .role = Role::fill, .outcome = Outcome::ok};
  fill.value = 1000;
  fill.start_ns = fill.end_ns = 6;
  Step lookup{.op = 2, .store = Store::cache, .command = Command::get, .role = Role::lookup, .outcome = Outcome::ok};
  lookup.value = 1000;
  lookup.start_ns = lookup.end_ns = 31;
  small.ops.push_back(op_at(3, OpKind::read, 1000, 5));
  small.steps.insert(small.steps.end(), {fill, lookup});
  for (const bool complete : {true, false}) {
    small.complete = complete;
    const History history = packed(small);
    const Report report = check_all(history);
    const auto causes = count_causes(history, find_result(report, "stale-reads")->stale_reads);
    ASSERT_EQ(causes.size(), 1U);
    EXPECT_EQ(name_of(causes.front().cause), complete ? "TTL not yet expired" : "unexplained");
  }
}

TEST(EmptyHistory, is_no_pass) {
  EXPECT_EQ(check_all(packed({})).verdict, Verdict::unknown);
  EXPECT_EQ(check_all(EventHistory{}).verdict, Verdict::unknown);
  EXPECT_EQ(check_all(EventHistory{}, {}, Model::kv).verdict, Verdict::unknown);
}

TEST(LostUpdates, are_seen_where_not_a_single_write_was_applied) {
  SmallHistory small;
  small.ops = {op_at(0, OpKind::write, 1001, 10), op_at(1, OpKind::read, 1000, 20), op_at(2, OpKind::write, 1002, 30),
               op_at(3, OpKind::read, 1000, 40)};
  small.steps = {update_of(small.ops[0], unknown_version), update_of(small.ops[2], unknown_version)};
  const Report report = check_all(packed(small));
  const CheckResult& lost = *find_result(report, "lost-updates");
  EXPECT_EQ(lost.verdict, Verdict::invalid);
  EXPECT_EQ(lost.count, 2U);
  EXPECT_EQ(lost.sample, 2U);
  ASSERT_EQ(lost.stale_reads.size(), 2U);
  EXPECT_EQ(lost.stale_reads[0].read, 1U);
  EXPECT_EQ(lost.stale_reads[0].newer_write, 0U);
  EXPECT_EQ(lost.stale_reads[1].read, 3U);
  EXPECT_EQ(lost.stale_reads[1].newer_write, 2U);
  EXPECT_EQ(find_result(report, "stale-reads")->sample, 2U);
}

/// A cache that is written first: 1001 is overtaken by 1002, which alone is flushed; then a read of `shown`.
SmallHistory with_an_overtaken_write(Value shown) {
  SmallHistory small;
  small.ops = {op_at(0, OpKind::write, 1001, 10), op_at(1, OpKind::write, 1002, 20),
               op_at(2, OpKind::background, 1002, 30), op_at(3, OpKind::read, shown, 40)};
  for (const OpIndex write : {OpIndex{0}, OpIndex{1}}) {
    Step put = update_of(small.ops[write], 1);
    put.store = Store::cache;
    put.command = Command::set;
    put.role = Role::refresh;
    put.version = unknown_version;
    small.steps.push_back(put);
  }
  small.steps.push_back(update_of(small.ops[2], 7));
  return small;
}

TEST(LostUpdates, are_not_writes_that_a_newer_one_overtook_unnoticed) {
  const Report report = check_all(packed(with_an_overtaken_write(1002)));
  const CheckResult& lost = *find_result(report, "lost-updates");
  EXPECT_EQ(lost.count, 0U);
  EXPECT_EQ(lost.verdict, Verdict::valid);
  EXPECT_TRUE(std::ranges::any_of(lost.figures, [](const Figure& figure) {
    return figure.name == "writes overtaken before the database had them" && figure.value == 1;
  }));
}

TEST(Reads, of_overtaken_values_are_counted_where_they_cannot_be_judged) {
  SmallHistory small = with_an_overtaken_write(1001);
  small.ops.push_back(op_at(4, OpKind::read, 1002, 50));
  const Report report = check_all(packed(small));
  for (const char* name : {"read-your-writes", "monotonic-reads", "stale-reads", "visibility", "regular"}) {
    const CheckResult& result = *find_result(report, name);
    EXPECT_EQ(result.unjudged, 1U) << name;
    EXPECT_EQ(result.sample, 1U) << name;
    EXPECT_THAT(result.note, HasSubstr("1 read could not be judged, since the database never had the value")) << name;
    EXPECT_EQ(result.verdict, Verdict::valid) << name;
  }
  const CheckResult& writes = *find_result(report, "monotonic-writes");
  EXPECT_EQ(writes.unjudged, 1U);
  EXPECT_THAT(writes.note, HasSubstr("1 write could not be judged"));
}

TEST(LostUpdates, are_overtaken_writes_that_a_read_missed) {
  const Report report = check_all(packed(with_an_overtaken_write(1000)));
  EXPECT_EQ(find_result(report, "lost-updates")->count, 1U);
}

TEST(LostUpdates, are_overtaken_writes_whose_own_update_was_refused) {
  SmallHistory small = with_an_overtaken_write(1002);
  small.steps.push_back(update_of(small.ops[0], unknown_version));
  EXPECT_EQ(find_result(check_all(packed(small)), "lost-updates")->count, 1U);
}

TEST(VersionOrder, says_what_the_read_should_have_returned) {
  SmallHistory small = with_a_read_of_a_missing_write();
  small.ops[2].value = 1000;
  const Report report = check_all(packed(small));
  const CheckResult& order = *find_result(report, "version-order");
  ASSERT_EQ(order.violations.size(), 1U);
  EXPECT_THAT(order.violations[0].sentence, HasSubstr("client 2's read of 1000 (op 2, "));
  EXPECT_THAT(order.violations[0].sentence, HasSubstr("had ended, but the row started with 1000: the read should have "
                                                      "returned 1001 or a newer value."));
}

}  // namespace
}  // namespace stalemate::test
