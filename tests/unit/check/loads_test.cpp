// What loads of the database come to, where the twins have no say: a stampede as it comes, and the fills refused.

#include <gtest/gtest.h>

#include "check/check.hpp"
#include "unit/check/script.hpp"

namespace stalemate::test {
namespace {

CheckResult loads_of(const Script& script, Nanoseconds warm_up_ns = 0) {
  CheckOptions options;
  options.warm_up_ns = warm_up_ns;
  return *find_result(check_all(packed(script.small), options), "loads");
}

double figure(const CheckResult& result, std::string_view name) {
  return std::ranges::find(result.figures, name, &Figure::name)->value;
}

/// A read that misses and loads the row from `begun` to `ended`.
Step& loading_read(Script& script, std::uint32_t key, Nanoseconds begun, Nanoseconds ended) {
  script.read(key, 1000, begun, ended);
  return script.small.steps.emplace_back(Step{.op = script.small.ops.back().index,
                                              .store = Store::database,
                                              .command = Command::read,
                                              .role = Role::load,
                                              .outcome = Outcome::ok,
                                              .value = 1000,
                                              .start_ns = begun,
                                              .end_ns = ended});
}

constexpr Nanoseconds s = 1'000'000'000;

TEST(Loads, of_one_key_at_once_are_a_stampede_and_of_several_keys_are_not) {
  Script script;
  loading_read(script, 2, 1 * s, 4 * s);
  loading_read(script, 2, 2 * s, 3 * s);
  loading_read(script, 5, 2 * s, 3 * s);
  loading_read(script, 2, 3 * s + s / 2, 5 * s);
  loading_read(script, 2, 6 * s, 7 * s);
  const CheckResult found = loads_of(script);
  EXPECT_EQ(found.sample, 5U);
  EXPECT_EQ(found.count, 2U) << "the first is under way until the fourth second, past the end of the second one";
  EXPECT_EQ(figure(found, "most loads in one second"), 2);
}

TEST(Loads, in_the_warm_up_are_counted_apart_and_are_under_way_all_the_same) {
  Script script;
  loading_read(script, 2, 1 * s, 4 * s);
  loading_read(script, 2, 2 * s, 5 * s);
  const CheckResult found = loads_of(script, 2 * s);
  EXPECT_EQ(found.sample, 1U);
  EXPECT_EQ(found.count, 1U);
  EXPECT_EQ(figure(found, "loads in the warm-up"), 1);
}

TEST(Loads, that_a_fault_left_out_are_none) {
  Script script;
  Step& load = loading_read(script, 2, 1 * s, 1 * s);
  load.outcome = Outcome::fail;
  load.fault = 1;
  EXPECT_EQ(loads_of(script).sample, 0U);
}

TEST(Loads, tell_the_fills_that_the_cache_refused_but_not_those_that_failed) {
  Script script;
  loading_read(script, 2, 1 * s, 2 * s);
  Step fill{.op = 0, .store = Store::cache, .command = Command::set, .role = Role::fill, .outcome = Outcome::fail};
  fill.value = 1000;
  fill.start_ns = 2 * s;
  fill.end_ns = 2 * s + 1;
  script.small.steps.push_back(fill);
  fill.error = ErrorCode::timed_out;
  script.small.steps.push_back(fill);
  EXPECT_EQ(figure(loads_of(script), "fills refused"), 1);
}

}  // namespace
}  // namespace stalemate::test
