// Keys in which values do not name writes go to the general search; other checks say that they do not know.

#include <gtest/gtest.h>

#include "check/check.hpp"
#include "unit/check/small_history.hpp"

namespace stalemate::test {
namespace {

Op op(OpIndex index, std::uint32_t key, OpKind kind, Value value, Nanoseconds from, Nanoseconds to) {
  return {.index = index,
          .key = Key{key},
          .kind = kind,
          .outcome = Outcome::ok,
          .value = value,
          .intended_ns = from,
          .invocation_ns = from,
          .completion_ns = to};
}

SmallHistory written_twice(Value last_read) {
  SmallHistory small;
  small.keys = 2;
  small.ops = {op(0, 0, OpKind::write, 1001, 0, 1), op(1, 0, OpKind::write, 1002, 2, 3),
               op(2, 0, OpKind::write, 1001, 4, 5), op(3, 0, OpKind::read, last_read, 6, 7),
               op(4, 1, OpKind::write, 1001, 0, 1), op(5, 1, OpKind::read, 1001, 6, 7)};
  return small;
}

TEST(RepeatedValues, are_judged_by_the_search) {
  const Report valid = check_all(packed(written_twice(1001)));
  EXPECT_EQ(find_result(valid, "linearizable")->verdict, Verdict::valid);
  EXPECT_EQ(find_result(valid, "regular")->verdict, Verdict::unknown);
  const Report invalid = check_all(packed(written_twice(1002)));
  const CheckResult& result = *find_result(invalid, "linearizable");
  EXPECT_EQ(result.verdict, Verdict::invalid);
  ASSERT_EQ(result.violations.size(), 1U);
  EXPECT_EQ(result.violations.front().ops.front().index, 3U);
}

TEST(RepeatedValues, in_different_keys_are_not_repeated) {
  SmallHistory small = written_twice(1001);
  small.ops.erase(small.ops.begin());
  const Report report = check_all(packed(small));
  EXPECT_EQ(find_result(report, "linearizable")->verdict, Verdict::valid);
  EXPECT_EQ(find_result(report, "regular")->verdict, Verdict::valid);
}

TEST(RepeatedValues, beyond_the_budget_are_unknown) {
  CheckOptions options;
  options.search_states_max = 1;
  const History history = packed(written_twice(1001));
  EXPECT_EQ(find_result(check_all(history, options), "linearizable")->verdict, Verdict::unknown);
}

}  // namespace
}  // namespace stalemate::test
