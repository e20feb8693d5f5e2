// The curve over the clock error: what clocks that far apart could explain is no violation.

#include <gtest/gtest.h>

#include <algorithm>

#include "check/check.hpp"
#include "unit/check/small_history.hpp"

namespace stalemate::test {
namespace {

/// A write that ends at 100, and reads of the old value that begin 10, 100 and 1000 later.
History three_stale_reads() {
  SmallHistory small;
  const auto add = [&small](OpKind kind, Value value, Nanoseconds from, Nanoseconds to) {
    const auto index = static_cast<OpIndex>(small.ops.size());
    small.ops.push_back({.index = index,
                         .client = static_cast<ClientId>(index),
                         .kind = kind,
                         .outcome = Outcome::ok,
                         .value = value,
                         .intended_ns = from,
                         .invocation_ns = from,
                         .completion_ns = to});
  };
  add(OpKind::write, 1001, 0, 100);
  for (const Nanoseconds later : {10, 100, 1000}) {
    add(OpKind::read, 1000, 100 + later, 100 + later + 1);
  }
  small.steps.push_back({.op = 0,
                         .store = Store::database,
                         .command = Command::write,
                         .role = Role::update,
                         .outcome = Outcome::ok,
                         .value = 1001,
                         .version = 1,
                         .start_ns = 10,
                         .end_ns = 20});
  return packed(small);
}

double stale_reads_at(const ClockErrorPoint& point) {
  return std::ranges::find(point.counts, "stale-reads", &Figure::name)->value;
}

TEST(ClockErrorCurve, counts_what_two_clocks_so_far_apart_cannot_explain) {
  const std::vector<Nanoseconds> errors_ns = {0, 4, 5, 49, 50, 499, 500};
  const std::vector<double> expected = {3, 3, 2, 2, 1, 1, 0};
  const std::vector<ClockErrorPoint> curve = clock_error_curve(three_stale_reads(), {}, errors_ns);
  ASSERT_EQ(curve.size(), errors_ns.size());
  for (std::size_t i = 0; i < curve.size(); ++i) {
    EXPECT_EQ(curve[i].clock_error_ns, errors_ns[i]);
    EXPECT_EQ(stale_reads_at(curve[i]), expected[i]) << "at " << errors_ns[i] << " ns";
  }
}

TEST(ClockErrorCurve, has_every_deciding_check_and_no_measurement) {
  const History history = three_stale_reads();
  const Report report = check_all(history);
  const std::vector<Nanoseconds> none = {0};
  const ClockErrorPoint point = clock_error_curve(history, {}, none).front();
  std::size_t deciding = 0;
  for (const CheckResult& result : report.results) {
    deciding += result.decides ? 1 : 0;
    EXPECT_EQ(std::ranges::find(point.counts, result.name, &Figure::name) != point.counts.end(), result.decides)
        << result.name;
  }
  EXPECT_EQ(point.counts.size(), deciding);
}

TEST(ClockErrorCurve, is_looked_at_from_nothing_to_all_of_the_error) {
  EXPECT_EQ(clock_errors_up_to(1000), (std::vector<Nanoseconds>{0, 10, 50, 200, 500, 1000}));
  EXPECT_EQ(clock_errors_up_to(2), (std::vector<Nanoseconds>{0, 1, 2}));
  EXPECT_EQ(clock_errors_up_to(never).back(), never);
}

}  // namespace
}  // namespace stalemate::test
