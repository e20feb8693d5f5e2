// Writes of unknown outcome that no read returned, but whose update was applied: their place in the order of versions
// is known, and counts.

#include <gtest/gtest.h>

#include "check/check.hpp"
#include "unit/check/script.hpp"

namespace stalemate::test {
namespace {

/// 1002 is the older version, and began when the write of 1001 had ended.
Script older_after_newer(Outcome outcome) {
  Script script;
  script.write(0, 1001, 0, 10, 200);
  script.write(0, 1002, 20, outcome == Outcome::info ? never : 30, 100);
  script.small.ops.back().outcome = outcome;
  return script;
}

TEST(UnreadWrite, that_was_applied_has_its_place_in_the_order_of_versions) {
  for (const Outcome outcome : {Outcome::ok, Outcome::info}) {
    for (const bool may_prefilter : {false, true}) {
      for (const bool only : {false, true}) {
        CheckOptions options{.may_prefilter = may_prefilter};
        if (only) {
          options.only = {"version-order", "k-atomicity", "linearizable"};
        }
        const Report report = check_all(packed(older_after_newer(outcome).small), options);
        EXPECT_EQ(find_result(report, "version-order")->verdict, Verdict::invalid);
        EXPECT_EQ(find_result(report, "version-order")->count, 1U);
        EXPECT_EQ(find_result(report, "k-atomicity")->count, 1U);
        EXPECT_EQ(find_result(report, "linearizable")->verdict, Verdict::valid);
      }
    }
  }
}

TEST(UnreadWrite, of_which_no_version_is_told_need_not_have_happened) {
  Script script = older_after_newer(Outcome::info);
  script.small.steps.back().version = unknown_version;
  const Report report = check_all(packed(script.small));
  EXPECT_EQ(find_result(report, "version-order")->verdict, Verdict::valid);
  EXPECT_EQ(find_result(report, "k-atomicity")->count, 0U);
}

TEST(UnreadWrite, is_one_of_the_values_that_a_read_is_behind) {
  Script script;
  script.write(0, 1001, 0, 10, 1);
  script.write(0, 1002, 20, never, 2);
  script.small.ops.back().outcome = Outcome::info;
  script.write(0, 1003, 40, 50, 3);
  script.read(0, 1001, 60, 70);
  const Report report = check_all(packed(script.small));
  EXPECT_EQ(find_result(report, "k-atomicity")->worst->value, 3);
  EXPECT_EQ(find_result(report, "stale-reads")->stale_reads.front().versions, 1U) << "it never counts as completed";
}

}  // namespace
}  // namespace stalemate::test
