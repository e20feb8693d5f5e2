#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.hpp"
#include "core/text/key_names.hpp"
#include "unit/plan/plans.hpp"

namespace stalemate {
namespace {

Scenario with_faults(std::vector<std::pair<std::string, std::string>> faults) {
  Scenario scenario;
  scenario.faults = std::move(faults);
  return scenario;
}

std::string message_of(const Scenario& scenario) {
  const Result<Plan> plan = Plan::make(scenario);
  return plan ? "(accepted)" : plan.error().detail;
}

constexpr Nanoseconds second = 1'000'000'000;

CallEffect effect_on(const Plan& plan, Role role, const CallMoment& moment = {}) {
  CallMoment of_role = moment;
  of_role.call = role_bit(role);
  return plan.effect(of_role);
}

TEST(PlanFaults, are_numbered_in_the_order_given) {
  const Plan plan =
      Plan::make(with_faults({{"stall", "cache@5s+500ms,db@1s+1s"}, {"skip", "update=1%"}, {"delay", "db=1ms"}}))
          .value();
  ASSERT_EQ(plan.faults().size(), 3U);
  EXPECT_EQ(plan.faults()[0].name, "stall");
  EXPECT_FALSE(plan.faults()[0].is_of_calls);
  EXPECT_TRUE(plan.faults()[1].is_of_calls);
  EXPECT_EQ(plan.call_clauses()[1].fault, 3);
  EXPECT_EQ(plan.faults()[2].text, "db=1ms");
  ASSERT_EQ(plan.server_events().size(), 4U);
  EXPECT_EQ(plan.server_events()[0].target, Target::database);
  for (const ServerEvent& event : plan.server_events()) {
    EXPECT_EQ(event.fault, 1);
  }
}

TEST(PlanFaults, hit_the_asked_share_of_calls_and_leave_the_rest_alone) {
  Scenario scenario = with_faults({{"delay", "lookup=2ms"}, {"skip", "invalidate=25%"}});
  scenario.read_rate = 1000;
  scenario.write_rate = 1000;
  const Plan plan = Plan::make(scenario).value();
  int skipped = 0;
  for (const PlannedOp& op : of_kind(ops_of(scenario), OpKind::write)) {
    const CallMoment moment = {.fault_draw = op.fault_draw, .key = op.key, .at_ns = op.intended_ns};
    ASSERT_EQ(effect_on(plan, Role::lookup, moment).trouble.delay_ns, 2'000'000);
    ASSERT_EQ(effect_on(plan, Role::update, moment).fault, no_fault);
    skipped += is_skip(effect_on(plan, Role::invalidate, moment).trouble) ? 1 : 0;
  }
  EXPECT_NEAR(skipped, 5000, 300);
}

TEST(PlanFaults, hit_only_the_row_and_the_time_that_their_clauses_name) {
  const std::string id(product_id(Key{2}).view());
  const Plan plan = Plan::make(with_faults({{"lost-request", "fill key=" + id + " 2s..5s"}})).value();
  const auto is_hit = [&plan](std::uint32_t key, Nanoseconds at_ns) {
    return effect_on(plan, Role::fill, {.key = Key{key}, .at_ns = at_ns}).fault != no_fault;
  };
  EXPECT_TRUE(is_hit(2, 2 * second));
  EXPECT_TRUE(is_hit(2, 5 * second - 1));
  EXPECT_FALSE(is_hit(2, 5 * second));
  EXPECT_FALSE(is_hit(2, 2 * second - 1));
  EXPECT_FALSE(is_hit(1, 3 * second));
}

TEST(PlanFaults, that_count_calls_are_left_to_whoever_makes_them) {
  const Plan plan = Plan::make(with_faults({{"lost-request", "fill n=3"}})).value();
  EXPECT_EQ(effect_on(plan, Role::fill).fault, no_fault);
  ASSERT_EQ(plan.call_clauses().size(), 1U);
  EXPECT_TRUE(fits(plan.call_clauses()[0], {.call = role_bit(Role::fill)}));
}

TEST(PlanFaults, of_one_call_add_up_their_delays_and_the_gravest_takes_place) {
  const auto effect_of = [](std::vector<std::pair<std::string, std::string>> faults) {
    return effect_on(Plan::make(with_faults(std::move(faults))).value(), Role::update);
  };
  const CallEffect delayed = effect_of({{"delay", "db=15ms"}, {"refused", "update=100%"}});
  EXPECT_EQ(delayed.fault, 2);
  EXPECT_TRUE(delayed.trouble.refused);
  EXPECT_EQ(delayed.trouble.delay_ns, 15'000'000);
  const std::vector<std::pair<std::string, std::string>> by_weight = {
      {"delay", "db 1ms"},           {"duplicated", "update 1ms"},    {"refused", "update=100%"},
      {"lost-reply", "update=100%"}, {"lost-request", "update=100%"}, {"skip", "update=100%"},
      {"crash", "update=100%"}};
  for (std::size_t graver = 1; graver < by_weight.size(); ++graver) {
    const CallEffect one = effect_of({by_weight[graver - 1], by_weight[graver]});
    EXPECT_EQ(one.fault, 2) << by_weight[graver].first;
    EXPECT_EQ(effect_of({by_weight[graver], by_weight[graver - 1]}).fault, 1) << by_weight[graver].first;
    EXPECT_EQ(one.crash, by_weight[graver].first == "crash");
  }
}

TEST(PlanFaults, leave_a_replica_alone_that_is_to_take_the_databases_place) {
  const auto message = [](const std::string& lag) {
    Scenario scenario = with_faults({{"rollback", "db 3s..5s"}, {"replica-lag", "replica " + lag}});
    scenario.pattern = "read-your-writes";
    return message_of(scenario);
  };
  EXPECT_EQ(message("1s..2s"), "(accepted)");
  EXPECT_THAT(message("2s..4s"), testing::HasSubstr("faults.replica-lag: at 4s it meets the replica, which the fault "
                                                    "rollback takes from 3s on for the database's place"));
  EXPECT_THAT(message("6s..7s"), testing::HasSubstr("at 6s it meets the replica"));
}

TEST(PlanFaults, are_drawn_independently_of_one_another) {
  Scenario scenario = with_faults({{"skip", "update=50%"}, {"lost-request", "update=50%"}});
  const Plan both = Plan::make(scenario).value();
  scenario.faults = {{"skip", "update=50%"}};
  const Plan one = Plan::make(scenario).value();
  int hit_by_both = 0;
  int hit_by_first = 0;
  SeededRandom random(1);
  for (int draw = 0; draw < 10'000; ++draw) {
    const CallMoment moment = {.fault_draw = random.next(), .call = role_bit(Role::update)};
    const bool first = fits(both.call_clauses()[0], moment);
    ASSERT_EQ(first, fits(one.call_clauses()[0], moment)) << "another fault moves nothing";
    hit_by_first += first ? 1 : 0;
    hit_by_both += first && fits(both.call_clauses()[1], moment) ? 1 : 0;
  }
  EXPECT_NEAR(hit_by_first, 5000, 300);
  EXPECT_NEAR(hit_by_both, 2500, 300);
}

TEST(PlanFaults, name_a_row_by_its_place_as_well_and_one_of_the_users_only_so) {
  Scenario scenario = with_faults({{"skip", "fill key=2"}});
  ASSERT_EQ(message_of(scenario), "(accepted)");
  EXPECT_EQ(Plan::make(scenario).value().call_clauses()[0].key, Key(1));
  scenario.data = Dataset{.table = "inventory", .key = {"id"}, .value = "n", .version = {}, .entry = "{id}"};
  EXPECT_EQ(Plan::make(scenario).value().call_clauses()[0].key, Key(1));
  const std::string id(product_id(Key{0}).view());
  for (const std::string& name : {std::string("0"), std::string("7"), id}) {
    scenario.faults = {{"evict", "cache key=" + name + " 1s..2s"}};
    EXPECT_EQ(message_of(scenario), "faults.evict: there is no row " + name +
                                        "; a row of 'inventory' is named by its place in the order of keys, 1 to 6");
  }
}

TEST(PlanFaults, that_cannot_be_are_refused_with_the_reason) {
  EXPECT_THAT(message_of(with_faults({{"skp", "update=1%"}})),
              testing::StartsWith("faults.skp: there is no fault of that name (did you mean 'skip'?); they are "));
  EXPECT_EQ(message_of(with_faults({{"skip", "update=200%"}})),
            "faults.skip: update: '200%' is not a chance; write more than 0% and at most 100%, such as 1% or 0.01");
  EXPECT_EQ(message_of(with_faults({{"stall", "db@25s+1s"}})),
            "faults.stall: it begins at 25s, after the run's end at 20s");
  EXPECT_EQ(message_of(with_faults({{"skip", "update=1%"}, {"skip", "update=2%"}})),
            "faults.skip is there twice; write it once, with commas");
  EXPECT_EQ(message_of(with_faults({{"stall", "db@5s+2s"}, {"restart", "db@6s+4s"}})),
            "faults.restart: at 6s it meets the database while fault stall holds it");
  EXPECT_EQ(message_of(with_faults({{"stall", "db@5s+2s"}, {"restart", "db@7s+4s"}})), "(accepted)");
  EXPECT_EQ(message_of(with_faults({{"stall", "db@5s+2s"}, {"restart", "cache@6s+4s"}})), "(accepted)");
  EXPECT_EQ(message_of(with_faults({{"skip", "fill 1% 25s..30s"}})),
            "faults.skip: it begins at 25s, after the run's end at 20s");
  EXPECT_EQ(message_of(with_faults({{"skip", "fill key=x 1%"}})),
            "faults.skip: there is no row x; write a product id, such as " + std::string(product_id(Key{0}).view()) +
                ", or its place in the order of keys, 1 to 6");
  Scenario scenario = with_faults({{"stall", "cache@5s+2s"}});
  scenario.has_cache = false;
  EXPECT_EQ(message_of(scenario), "faults.stall: it happens to the cache, and this scenario has none");
}

}  // namespace
}  // namespace stalemate
