#include "plan/plan.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "core/absent_row.hpp"
#include "core/text/key_names.hpp"
#include "unit/plan/plans.hpp"

namespace stalemate {
namespace {

RC_GTEST_PROP(Plan, is_the_same_for_the_same_seed, ()) {
  const Scenario scenario = any_small_scenario();
  const Plan plan = Plan::make(scenario).value();
  const std::vector<PlannedOp> ops = ops_of(plan);
  RC_ASSERT(ops == ops_of(plan));
  RC_ASSERT(ops == ops_of(scenario));
}

RC_GTEST_PROP(Plan, numbers_its_ops_in_the_order_of_their_intended_starts, ()) {
  const Scenario scenario = any_small_scenario();
  const Plan plan = Plan::make(scenario).value();
  Nanoseconds last_ns = 0;
  OpIndex index = 0;
  Value value = initial_value;
  std::uint32_t reads = 0;
  PlanCursor cursor = plan.cursor();
  while (const std::optional<PlannedOp> op = cursor.next()) {
    RC_ASSERT(op->index == index++);
    RC_ASSERT(op->intended_ns >= last_ns && op->intended_ns <= scenario.duration_ns);
    RC_ASSERT(op->key.index < scenario.keys);
    RC_ASSERT(op->client < scenario.clients);
    last_ns = op->intended_ns;
    if (op->kind == OpKind::write) {
      RC_ASSERT(op->value == ++value);
    } else {
      RC_ASSERT(op->value == absent);
      ++reads;
    }
  }
  RC_ASSERT(plan.ops() == index);
  RC_ASSERT(plan.reads() == reads);
  RC_ASSERT(plan.writes() == static_cast<std::uint32_t>(value - initial_value));
  RC_ASSERT(!cursor.next().has_value());
}

RC_GTEST_PROP(Plan, begins_with_the_ops_of_any_shorter_one, ()) {
  Scenario scenario = any_small_scenario();
  const std::vector<PlannedOp> shorter = ops_of(scenario);
  scenario.duration_ns += *rc::gen::inRange<Nanoseconds>(0, 1'000'000'000);
  const std::vector<PlannedOp> longer = ops_of(scenario);
  RC_ASSERT(longer.size() >= shorter.size());
  RC_ASSERT(std::equal(shorter.begin(), shorter.end(), longer.begin()));
}

RC_GTEST_PROP(Plan, has_adds_among_its_writes_and_is_the_same_but_for_that, ()) {
  Scenario scenario = any_small_scenario();
  const std::vector<PlannedOp> before = ops_of(scenario);
  scenario.add_share = *rc::gen::inRange(0, 101) / 100.0;
  std::vector<PlannedOp> after = ops_of(scenario);
  RC_ASSERT(scenario.add_share < 1 || of_kind(after, OpKind::write).empty());
  for (PlannedOp& op : after) {
    op.kind = op.kind == OpKind::add ? OpKind::write : op.kind;
  }
  RC_ASSERT(before == after);
}

TEST(Plan, of_many_writes_makes_as_large_a_share_adds_as_is_wanted) {
  Scenario scenario;
  scenario.write_rate = 1000;
  scenario.add_share = 0.3;
  EXPECT_NEAR(static_cast<double>(of_kind(ops_of(scenario), OpKind::add).size()), 6000, 300);
}

RC_GTEST_PROP(Plan, deletes_no_row_that_its_last_write_has_deleted, ()) {
  Scenario scenario = any_small_scenario();
  scenario.add_share = *rc::gen::inRange(0, 51) / 100.0;
  scenario.delete_share = *rc::gen::inRange(1, 51) / 100.0;
  Value value = initial_value;
  std::set<std::uint32_t> deleted;
  for (const PlannedOp& op : ops_of(scenario)) {
    if (op.kind == OpKind::read) {
      continue;
    }
    ++value;
    RC_ASSERT(op.value == (is_delete(op.value) ? name_of_delete(value) : value));
    if (is_delete(op.value)) {
      RC_ASSERT(op.kind == OpKind::write);
      RC_ASSERT(deleted.insert(op.key.index).second);
    } else {
      deleted.erase(op.key.index);
    }
  }
}

// What must not change when something else does.
RC_GTEST_PROP(Plan, reads_stay_when_the_writes_change, ()) {
  Scenario scenario = any_small_scenario();
  // `latest` makes reads follow the writes on purpose.
  RC_PRE(scenario.key_distribution != KeyDistribution::latest);
  const std::vector<PlannedOp> before = of_kind(ops_of(scenario), OpKind::read);
  scenario.write_rate = *rc::gen::inRange(1, 1000);
  const std::vector<PlannedOp> after = of_kind(ops_of(scenario), OpKind::read);
  RC_ASSERT(std::ranges::equal(before, after, [](const PlannedOp& left, const PlannedOp& right) {
    return left.intended_ns == right.intended_ns && left.key == right.key;
  }));
}

RC_GTEST_PROP(Plan, times_kinds_and_clients_stay_when_keys_and_faults_change, ()) {
  Scenario scenario = any_small_scenario();
  const std::vector<PlannedOp> before = ops_of(scenario);
  scenario.keys += 100;
  scenario.key_distribution = KeyDistribution::zipfian;
  scenario.faults = {{"delay", "db=1ms"}, {"skip", "update=50%"}};
  const std::vector<PlannedOp> after = ops_of(scenario);
  RC_ASSERT(std::ranges::equal(before, after, [](const PlannedOp& left, const PlannedOp& right) {
    return left.intended_ns == right.intended_ns && left.kind == right.kind && left.client == right.client;
  }));
}

TEST(Plan, differs_for_another_seed) {
  Scenario scenario;
  scenario.read_rate = 1000;
  scenario.arrivals = Arrivals::poisson;
  const std::vector<PlannedOp> first = ops_of(scenario);
  scenario.seed = 2;
  EXPECT_NE(first, ops_of(scenario));
}

TEST(Plan, of_the_origins_rates_has_two_reads_a_write_and_the_read_first) {
  Scenario scenario;
  scenario.read_rate = 100;
  scenario.write_rate = 50;
  const Plan plan = Plan::make(scenario).value();
  EXPECT_EQ(plan.reads(), 2000U);
  EXPECT_EQ(plan.writes(), 1000U);
  const std::vector<PlannedOp> ops = ops_of(plan);
  EXPECT_EQ(ops[0].intended_ns, 10'000'000);
  EXPECT_EQ(ops[1].intended_ns, 20'000'000);
  EXPECT_EQ(ops[1].kind, OpKind::read);
  EXPECT_EQ(ops[2].intended_ns, 20'000'000);
  EXPECT_EQ(ops[2].kind, OpKind::write);
  EXPECT_EQ(ops.back().intended_ns, 20'000'000'000);
}

RC_GTEST_PROP(Plan, gives_every_client_one_op_a_round, ()) {
  const Scenario scenario = any_small_scenario();
  const std::vector<PlannedOp> ops = ops_of(scenario);
  for (std::size_t round = 0; round + scenario.clients <= ops.size(); round += scenario.clients) {
    std::set<ClientId> clients;
    for (std::size_t place = round; place < round + scenario.clients; ++place) {
      clients.insert(ops[place].client);
    }
    RC_ASSERT(clients.size() == scenario.clients);
  }
}

TEST(Plan, gives_every_client_reads_and_writes) {
  Scenario scenario;
  scenario.read_rate = 1000;
  scenario.write_rate = 1000;
  scenario.clients = 16;
  std::vector<int> reads(16);
  std::vector<int> writes(16);
  for (const PlannedOp& op : ops_of(scenario)) {
    ++(op.kind == OpKind::read ? reads : writes)[op.client];
  }
  for (std::size_t client = 0; client < 16; ++client) {
    EXPECT_NEAR(reads[client], 1250, 150);
    EXPECT_NEAR(writes[client], 1250, 150);
  }
}

TEST(Plan, with_a_ticker_has_one_reader_and_one_writer) {
  Scenario scenario;
  scenario.pacing = Pacing::ticker;
  const Plan plan = Plan::make(scenario).value();
  EXPECT_EQ(plan.clients(), 2);
  for (const PlannedOp& op : ops_of(plan)) {
    ASSERT_EQ(op.client, op.kind == OpKind::read ? 0 : 1);
  }
}

TEST(Plan, may_have_no_op_of_a_kind_whose_interval_is_longer_than_the_run) {
  Scenario scenario;
  scenario.write_rate = 1e9 / 86'400'000'000'000.0;
  const Plan plan = Plan::make(scenario).value();
  EXPECT_EQ(plan.writes(), 0U);
  EXPECT_EQ(ops_of(plan).size(), 200U);
}

TEST(Plan, refuses_an_invalid_scenario) {
  Scenario scenario;
  scenario.clients = 0;
  EXPECT_EQ(Plan::make(scenario).error().detail, "clients must be a whole number from 1 to 4,096, not 0");
}

TEST(PlanCursor, outlives_its_plan_and_moves) {
  PlanCursor cursor = Plan::make(Scenario()).value().cursor();
  const std::optional<PlannedOp> first = cursor.next();
  PlanCursor moved = std::move(cursor);
  EXPECT_EQ(first->index, 0U);
  EXPECT_EQ(moved.next()->index, 1U);
}

}  // namespace
}  // namespace stalemate
