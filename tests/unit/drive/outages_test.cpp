#include "drive/watch/outages.hpp"

#include <gtest/gtest.h>

#include "drive/watch/refusals.hpp"

namespace stalemate {
namespace {

constexpr ErrorCode lost = ErrorCode::connection_lost;
constexpr ErrorCode none = ErrorCode::none;

TEST(Outages, last_from_the_first_failed_call_to_the_next_that_worked) {
  Outages outages;
  outages.note(Store::cache, 0, 5, none);
  outages.note(Store::cache, 10, 12, lost);
  outages.note(Store::cache, 20, 21, lost);
  outages.note(Store::cache, 30, 35, none);
  ASSERT_EQ(outages.all().size(), 1U);
  EXPECT_EQ(outages.all()[0].start_ns, 10);
  EXPECT_EQ(outages.all()[0].end_ns, 35);
}

TEST(Outages, do_not_end_with_a_call_that_was_begun_before_them) {
  Outages outages;
  outages.note(Store::cache, 10, 12, lost);
  outages.note(Store::cache, 9, 13, none);
  ASSERT_EQ(outages.all().size(), 1U);
  EXPECT_EQ(outages.all()[0].end_ns, never);
}

TEST(Outages, are_not_errors_that_a_living_store_answers_with) {
  Outages outages;
  outages.note(Store::database, 10, 12, ErrorCode::serialization_failure);
  outages.note(Store::cache, 10, 12, ErrorCode::unavailable);  // such as Redis out of memory
  EXPECT_TRUE(outages.all().empty());
}

TEST(Outages, go_on_while_a_server_says_that_it_is_starting_up) {
  Outages outages;
  outages.note(Store::database, 10, 12, lost);
  outages.note(Store::database, 20, 21, ErrorCode::unavailable);
  outages.note(Store::database, 30, 35, none);
  ASSERT_EQ(outages.all().size(), 1U);
  EXPECT_EQ(outages.all()[0].end_ns, 35);
}

TEST(Refusals, are_counted_by_store_and_error_with_the_first_of_the_servers_words) {
  Refusals one;
  one.note(Store::cache, {ErrorCode::unavailable, Outcome::fail, "the cache answered: OOM command not allowed"});
  one.note(Store::cache, {ErrorCode::unavailable, Outcome::fail, "the cache answered: READONLY You can't write"});
  one.note(Store::cache, {ErrorCode::timed_out, Outcome::info, "no answer"});
  Refusals other;
  other.note(Store::cache, {ErrorCode::unavailable, Outcome::fail, "the cache answered: OOM once more"});
  other.note(Store::database, {ErrorCode::constraint, Outcome::fail, "the database answered: too small"});
  one.merge(other);
  constexpr CallingPart clients = CallingPart::clients;
  const std::vector<StoreRefusal> wanted = {
      {Store::database, clients, ErrorCode::constraint, 1, "too small"},
      {Store::cache, clients, ErrorCode::unavailable, 3, "OOM command not allowed"}};
  EXPECT_EQ(one.all(), wanted);
}

TEST(Refusals, of_a_part_that_serves_no_client_are_all_that_went_wrong_but_its_end) {
  Refusals refusals;
  refusals.note(Store::cache, {ErrorCode::unavailable, Outcome::fail, "the cache answered: OOM"});
  refusals.note_any(Store::cache, {ErrorCode::connection_lost, Outcome::info, "lost"}, CallingPart::background);
  refusals.note_any(Store::cache, {ErrorCode::cancelled, Outcome::fail, "the run has ended"}, CallingPart::background);
  const std::vector<StoreRefusal> wanted = {
      {Store::cache, CallingPart::clients, ErrorCode::unavailable, 1, "OOM"},
      {Store::cache, CallingPart::background, ErrorCode::connection_lost, 1, "lost"}};
  EXPECT_EQ(refusals.all(), wanted);
}

TEST(Outages, of_several_clients_that_overlap_are_one) {
  const auto merged = Outages::merged(
      {{Store::cache, 30, 40}, {Store::database, 5, 8}, {Store::cache, 10, 20}, {Store::cache, 15, 31}});
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].store, Store::database);
  EXPECT_EQ(merged[1].start_ns, 10);
  EXPECT_EQ(merged[1].end_ns, 40);
}

TEST(Outages, that_follow_within_the_longest_back_off_are_one) {
  constexpr Nanoseconds second = 1'000'000'000;
  const auto merged =
      Outages::merged({{Store::cache, 0, 10}, {Store::cache, second, second + 5}, {Store::cache, 3 * second, never}});
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].end_ns, second + 5);
  EXPECT_EQ(merged[1].start_ns, 3 * second);
  EXPECT_EQ(merged[1].end_ns, never);
}

StoreOutage node_down(unsigned node, Nanoseconds start_ns, Nanoseconds end_ns) {
  return {Store::database, start_ns, end_ns, node, 3, ""};
}

TEST(Outages, of_some_nodes_are_none_of_the_whole) {
  const std::vector<StoreOutage> two = {node_down(2, 10, 20), node_down(3, 15, never)};
  EXPECT_EQ(with_whole_outages(two), two);
  EXPECT_TRUE(with_whole_outages({}).empty());
}

TEST(Outages, of_all_nodes_at_once_are_one_of_the_whole_for_as_long) {
  const StoreOutage whole = {.store = Store::database, .start_ns = 17, .end_ns = 20};
  EXPECT_EQ(with_whole_outages({node_down(2, 10, 20), node_down(3, 15, never), node_down(1, 17, 30)}),
            (std::vector<StoreOutage>{node_down(2, 10, 20), node_down(3, 15, never), node_down(1, 17, 30), whole}));
  const std::vector<StoreOutage> in_turn = {node_down(1, 0, 20), node_down(2, 0, 10), node_down(3, 10, 15)};
  EXPECT_EQ(with_whole_outages(in_turn), in_turn) << "one came back as the other went";
  const auto for_ever = with_whole_outages({node_down(1, 5, never), node_down(2, 6, never), node_down(3, 7, never)});
  EXPECT_EQ(for_ever.back(), (StoreOutage{.store = Store::database, .start_ns = 7}));
}

}  // namespace
}  // namespace stalemate
