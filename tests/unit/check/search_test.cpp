// The general search: what it says of an impossible history, and what it does when it runs out of budget. Its twin is
// in search_twins_test.cpp.

#include <gtest/gtest.h>

#include "check/search.hpp"

namespace stalemate::test {
namespace {

/// n writes at once, then a read of something else: every order must be tried.
std::vector<SearchOp> hard_ops(std::uint32_t writes) {
  std::vector<SearchOp> ops;
  for (std::uint32_t i = 0; i < writes; ++i) {
    ops.push_back({.invocation_ns = 0, .completion_ns = 10, .kind = EventKind::write, .value = i + 1, .origin = i});
  }
  ops.push_back({.invocation_ns = 20, .completion_ns = 21, .kind = EventKind::read, .value = 0, .origin = writes});
  return ops;
}

TEST(Search, is_unknown_when_it_runs_out_of_states) {
  ObjectStates states;
  EXPECT_EQ(search_order(hard_ops(16), states, 0, {.states_max = 1000}).verdict, Verdict::unknown);
  EXPECT_EQ(search_order(hard_ops(10), states, 0, {}).verdict, Verdict::invalid);
}

TEST(Search, is_unknown_when_it_runs_out_of_memory) {
  ObjectStates states;
  EXPECT_EQ(search_order(hard_ops(20), states, 0, {.bytes_max = 1U << 20U}).verdict, Verdict::unknown);
}

TEST(Search, is_unknown_when_it_is_told_to_stop) {
  ObjectStates states;
  const std::function<bool()> should_stop = [] { return true; };
  const SearchOutcome outcome = search_order(hard_ops(20), states, 0, {.should_stop = &should_stop});
  EXPECT_EQ(outcome.verdict, Verdict::unknown);
  EXPECT_LE(outcome.states, 4096U);
}

TEST(Search, says_which_op_cannot_follow) {
  ObjectStates states;
  const std::vector<SearchOp> ops = {
      {.invocation_ns = 0, .completion_ns = 1, .kind = EventKind::write, .value = 7, .origin = 0},
      {.invocation_ns = 2, .completion_ns = 3, .kind = EventKind::read, .value = 7, .origin = 1},
      {.invocation_ns = 4, .completion_ns = 5, .kind = EventKind::read, .value = 8, .origin = 2}};
  const SearchOutcome outcome = search_order(ops, states, 0, {});
  EXPECT_EQ(outcome.verdict, Verdict::invalid);
  EXPECT_EQ(outcome.stuck, 2U);
  EXPECT_EQ(outcome.longest, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(outcome.stuck_state, 7U);
}

}  // namespace
}  // namespace stalemate::test
