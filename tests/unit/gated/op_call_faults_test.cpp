// What becomes of a call, and of the step that is recorded of it, where a run's faults hit it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "gated/backstage.hpp"
#include "gated/run/op_calls.hpp"

namespace stalemate {
namespace {

constexpr FaultId the_fault = 3;
constexpr Value row_at_first = 1000;

class OpCallFaultsTest : public testing::Test {
 protected:
  OpCallFaultsTest() {
    // Entries get their names from values that are seen under them.
    const GateCall fill = cache_call("SET", "product:100001", {"1000"});
    EXPECT_EQ(calls_.arrived(fill).trouble, CallTrouble());
    calls_.answered(fill, {.text = "OK"});
    calls_.watch([this] { return now_ns_++; }, [this](const Step& step) { steps_.push_back(step); },
                 [this](const CallAtGate& call) {
                   seen_.push_back(call);
                   return call.role == hit_role_ ? CallHit{trouble_, the_fault} : CallHit();
                 });
    calls_.begin(write_);
  }

  GateCall cache_call(const std::string& name, const std::string& key, std::vector<std::string> values = {}) {
    GateCall call = {.id = ++last_call_, .link = cache_link(0), .connection = 1};
    call.request = {.name = name, .keys = {key}, .values = std::move(values), .writes = name != "GET"};
    return call;
  }
  GateCall update() {
    GateCall call = {.id = ++last_call_, .link = database_link(0), .connection = 2};
    call.request = {.name = "UPDATE", .keys = {"products"}, .values = {"100001", "1001"}, .writes = true};
    return call;
  }
  /// The next calls of that role, or those that could not be told, are hit.
  void hit(std::optional<Role> role, const CallTrouble& trouble) {
    hit_role_ = role;
    trouble_ = trouble;
  }
  void expect_step(std::size_t place, Role role, Outcome outcome) const {
    ASSERT_LT(place, steps_.size());
    EXPECT_EQ(steps_[place].op, write_.index);
    EXPECT_EQ(steps_[place].role, role);
    EXPECT_EQ(steps_[place].outcome, outcome);
    EXPECT_EQ(steps_[place].fault, the_fault);
    EXPECT_LT(steps_[place].start_ns, steps_[place].end_ns);
  }

  const CallingOp write_ = {.index = 9, .kind = OpKind::write, .key = Key{0}, .value = 1001, .fault_draw = 77};
  OpCalls calls_{{"100001"}, row_at_first};
  std::optional<Role> hit_role_ = Role::lookup;
  CallTrouble trouble_ = {};
  Nanoseconds now_ns_ = 1;
  std::uint64_t last_call_ = 0;
  std::vector<CallAtGate> seen_ = {};
  std::vector<Step> steps_ = {};
};

TEST_F(OpCallFaultsTest, are_asked_of_each_call_with_its_role_and_the_chance_of_its_op) {
  EXPECT_EQ(calls_.arrived(update()).trouble, CallTrouble());
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].role, Role::update);
  EXPECT_EQ(seen_[0].store, Store::database);
  EXPECT_EQ(seen_[0].fault_draw, write_.fault_draw);
}

TEST_F(OpCallFaultsTest, are_asked_of_a_call_that_is_made_again_with_another_chance) {
  for (int time = 0; time < 3; ++time) {
    EXPECT_EQ(calls_.arrived(cache_call("DEL", "product:100001")).trouble, CallTrouble());
  }
  ASSERT_EQ(seen_.size(), 3U);
  EXPECT_EQ(seen_[0].fault_draw, write_.fault_draw);
  EXPECT_NE(seen_[1].fault_draw, seen_[0].fault_draw);
  EXPECT_NE(seen_[2].fault_draw, seen_[1].fault_draw);
}

TEST_F(OpCallFaultsTest, a_lost_request_is_a_step_of_unknown_outcome_once_its_connection_is_closed) {
  hit(Role::invalidate, lost_request);
  const GateCall call = cache_call("DEL", "product:100001");
  EXPECT_EQ(calls_.arrived(call).trouble, lost_request);
  calls_.closed(call.link, call.connection);
  expect_step(0, Role::invalidate, Outcome::info);
}

TEST_F(OpCallFaultsTest, a_lost_reply_is_not_known_to_have_come) {
  hit(Role::update, lost_reply);
  const GateCall call = update();
  EXPECT_EQ(calls_.arrived(call).trouble, lost_reply);
  calls_.answered(call, {.text = "UPDATE 1"});
  EXPECT_THAT(steps_, testing::IsEmpty());
  calls_.closed(call.link, call.connection);
  expect_step(0, Role::update, Outcome::info);
}

TEST_F(OpCallFaultsTest, a_delayed_call_begins_once_it_is_sent) {
  hit(Role::invalidate, {.delay_ns = 1000});
  const GateCall call = cache_call("DEL", "product:100001");
  EXPECT_EQ(calls_.arrived(call).trouble.delay_ns, 1000);
  now_ns_ += 2000;
  calls_.answered(call, {.text = "1"});
  expect_step(0, Role::invalidate, Outcome::ok);
  EXPECT_GE(steps_[0].start_ns, 1000);
}

TEST_F(OpCallFaultsTest, a_refused_update_has_failed_though_no_store_has_said_so) {
  hit(Role::update, refused_write);
  EXPECT_EQ(calls_.arrived(update()).trouble, refused_write);
  expect_step(0, Role::update, Outcome::fail);
  EXPECT_EQ(steps_[0].error, ErrorCode::refused_by_server);
}

TEST_F(OpCallFaultsTest, a_skipped_call_takes_no_time_and_only_one_with_a_known_answer_can_be) {
  hit(Role::invalidate, skipped_call);
  EXPECT_EQ(calls_.arrived(cache_call("DEL", "product:100001")).trouble, skipped_call);
  ASSERT_EQ(steps_.size(), 1U);
  EXPECT_TRUE(steps_[0].skipped);
  EXPECT_EQ(steps_[0].outcome, Outcome::fail);
  EXPECT_EQ(steps_[0].start_ns, steps_[0].end_ns);
  EXPECT_TRUE(seen_.back().can_be_skipped);
  EXPECT_EQ(calls_.arrived(update()).trouble, CallTrouble());
  EXPECT_FALSE(seen_.back().can_be_skipped);
}

TEST_F(OpCallFaultsTest, a_copy_that_takes_effect_late_is_a_step_more_and_the_row_may_hold_its_value_at_the_end) {
  hit(Role::update, {.late_copies = 1, .late_ns = 5000});
  const GateCall call = update();
  EXPECT_EQ(calls_.arrived(call).trouble.late_copies, 1);
  calls_.answered(call, {.text = "UPDATE 1"});
  calls_.end(write_, Outcome::ok);
  EXPECT_GT(calls_.copies_due_in_ns(), 0);
  const CallingOp next = {.index = 10, .kind = OpKind::write, .key = Key{0}, .value = 1002};
  calls_.begin(next);
  calls_.end(next, Outcome::ok);
  EXPECT_THAT(calls_.last_written(Key{0}), testing::UnorderedElementsAre(1001, 1002));
  now_ns_ += 6000;
  calls_.copy_answered(call, {.text = "UPDATE 1"});
  expect_step(0, Role::update, Outcome::ok);
  expect_step(1, Role::update, Outcome::ok);
  EXPECT_GE(steps_[1].start_ns, 5000);
  EXPECT_EQ(calls_.copies_due_in_ns(), 0);
}

TEST_F(OpCallFaultsTest, a_call_of_a_lock_has_no_role_and_no_step) {
  hit(std::nullopt, lost_request);
  const GateCall call = cache_call("DEL", "lock:100001");
  EXPECT_EQ(calls_.arrived(call).trouble, lost_request) << "as a call to the cache it can be lost all the same";
  calls_.closed(call.link, call.connection);
  EXPECT_THAT(steps_, testing::IsEmpty());
}

TEST_F(OpCallFaultsTest, what_sets_a_connection_up_is_never_hit) {
  hit(std::nullopt, lost_request);
  EXPECT_EQ(calls_.arrived(cache_call("HELLO", "")).trouble, CallTrouble());
  EXPECT_THAT(seen_, testing::IsEmpty());
}

TEST_F(OpCallFaultsTest, a_store_that_is_known_to_be_gone_is_no_trouble) {
  calls_.expect_outage(true);
  calls_.troubled(cache_link(0), "the store cannot be reached");
  calls_.expect_outage(false);
  EXPECT_EQ(calls_.trouble(), "");
}

}  // namespace
}  // namespace stalemate
