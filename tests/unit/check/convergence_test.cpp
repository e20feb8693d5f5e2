#include <gtest/gtest.h>

#include <algorithm>

#include "check/check.hpp"
#include "record/history.hpp"

namespace stalemate {
namespace {

// One write and one read of it, with a cache or without.
History small_history(bool with_cache, std::vector<RestRecord> rest) {
  HistoryHeader header;
  header.initial_value = 1000;
  header.engines.push_back({"database", "PostgreSQL", "15", "read committed"});
  if (with_cache) {
    header.engines.push_back({"cache", "Redis", "7", ""});
  }
  Op write;
  write.index = 0;
  write.kind = OpKind::write;
  write.outcome = Outcome::ok;
  write.value = 1001;
  write.invocation_ns = 10;
  write.completion_ns = 20;
  Op read = write;
  read.index = 1;
  read.kind = OpKind::read;
  read.invocation_ns = 30;
  read.completion_ns = 40;
  const std::array ops = {write, read};
  History history = make_history(header, ops);
  history.rest = std::move(rest);
  return history;
}

const CheckResult& convergence_of(const Report& report) {
  return *find_result(report, "convergence");
}

TEST(Convergence, decides_nothing_where_no_cache_took_part) {
  const Report report = check_all(small_history(false, {}));
  EXPECT_FALSE(convergence_of(report).decides);
  EXPECT_EQ(report.verdict, Verdict::valid);
}

TEST(Convergence, is_unknown_where_a_cache_was_not_looked_at) {
  const Report report = check_all(small_history(true, {}));
  EXPECT_EQ(convergence_of(report).verdict, Verdict::unknown);
  EXPECT_EQ(report.verdict, Verdict::unknown);
}

TEST(Convergence, is_violated_by_an_entry_that_differs_from_its_row) {
  EXPECT_EQ(convergence_of(check_all(small_history(true, {{0, 1001, 1001}}))).verdict, Verdict::valid);
  EXPECT_EQ(convergence_of(check_all(small_history(true, {{0, 1001, absent}}))).verdict, Verdict::valid);
  const Report report = check_all(small_history(true, {{0, 1001, 1000}}));
  EXPECT_EQ(convergence_of(report).verdict, Verdict::invalid);
  EXPECT_EQ(convergence_of(report).count, 1U);
}

}  // namespace
}  // namespace stalemate
