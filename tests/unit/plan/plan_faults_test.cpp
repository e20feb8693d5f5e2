#include <gtest/gtest.h>

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

// A third sort of call fault, so that four slots can be filled.
template <Role role>
class Marks final : public CallFault {
 public:
  RoleMask draw(Random& random, OpKind /*kind*/) const override { return random.next() % 2 == 0 ? role_bit(role) : 0; }
  [[nodiscard]] CallAction action(Role /*role*/) const override { return {.skip = false, .delay_before_ns = 5}; }
};
template <Role role>
Result<ConfiguredFault> configure_marks(std::string_view /*text*/) {
  ConfiguredFault fault;
  fault.call = std::make_unique<Marks<role>>();
  return fault;
}
const bool registered = FaultRegistry::add({"test-load", "", "", configure_marks<Role::load>}) &&
                        FaultRegistry::add({"test-lookup", "", "", configure_marks<Role::lookup>}) &&
                        FaultRegistry::add({"test-fill", "", "", configure_marks<Role::fill>});

TEST(PlanFaults, are_numbered_in_the_order_given) {
  const Plan plan =
      Plan::make(with_faults({{"stall", "cache@5s+500ms,db@1s+1s"}, {"skip", "update=1%"}, {"delay", "db=1ms"}}))
          .value();
  ASSERT_EQ(plan.faults().size(), 3U);
  EXPECT_EQ(plan.faults()[0].name, "stall");
  EXPECT_EQ(plan.faults()[0].slot, std::nullopt);
  EXPECT_EQ(plan.faults()[1].slot, 0U);
  EXPECT_EQ(plan.faults()[2].slot, 1U);
  EXPECT_EQ(plan.faults()[2].text, "db=1ms");
  ASSERT_EQ(plan.server_events().size(), 4U);
  EXPECT_EQ(plan.server_events()[0].target, Target::database);
  for (const ServerEvent& event : plan.server_events()) {
    EXPECT_EQ(event.fault, 1);
  }
}

TEST(PlanFaults, mark_ops_by_slot_and_skip_the_asked_share) {
  Scenario scenario = with_faults({{"delay", "lookup=2ms"}, {"skip", "invalidate=25%"}});
  scenario.read_rate = 1000;
  scenario.write_rate = 1000;
  int skipped = 0;
  for (const PlannedOp& op : of_kind(ops_of(scenario), OpKind::write)) {
    ASSERT_EQ(op.fault_marks & 0xffU, role_bit(Role::lookup));
    ASSERT_EQ(op.fault_marks >> 16U, 0U);
    skipped += (op.fault_marks >> 8U) == role_bit(Role::invalidate) ? 1 : 0;
  }
  EXPECT_NEAR(skipped, 5000, 300);
}

TEST(PlanFaults, have_the_effect_of_all_that_hit_a_call) {
  const Plan plan =
      Plan::make(with_faults({{"delay", "db=15ms"}, {"skip", "update=1%"}, {"test-load", ""}, {"test-fill", ""}}))
          .value();
  const std::uint32_t all_marks = role_bit(Role::update) | (static_cast<std::uint32_t>(role_bit(Role::update)) << 8U) |
                                  (static_cast<std::uint32_t>(role_bit(Role::load)) << 16U) |
                                  (static_cast<std::uint32_t>(role_bit(Role::fill)) << 24U);
  const CallEffect update = plan.effect(all_marks, Role::update);
  EXPECT_TRUE(update.action.skip);
  EXPECT_EQ(update.action.delay_before_ns, 15'000'000);
  EXPECT_EQ(update.fault, 2);
  EXPECT_EQ(plan.effect(all_marks, Role::load).fault, 3);
  EXPECT_EQ(plan.effect(all_marks, Role::fill).fault, 4);
  EXPECT_EQ(plan.effect(all_marks, Role::fill).action.delay_before_ns, 5);
  EXPECT_EQ(plan.effect(all_marks, Role::lookup).fault, no_fault);
  EXPECT_EQ(plan.effect(0, Role::update).fault, no_fault);
}

TEST(PlanFaults, that_roll_a_write_back_stand_before_those_that_delay_it_and_behind_those_that_skip_it) {
  const auto effect_of = [](std::vector<std::pair<std::string, std::string>> faults) {
    const Plan plan = Plan::make(with_faults(std::move(faults))).value();
    const std::uint32_t both = role_bit(Role::update) | (static_cast<std::uint32_t>(role_bit(Role::update)) << 8U);
    return plan.effect(both, Role::update);
  };
  const CallEffect delayed = effect_of({{"delay", "db=15ms"}, {"refuse", "update=1%"}});
  EXPECT_EQ(delayed.fault, 2);
  EXPECT_TRUE(delayed.action.roll_back);
  EXPECT_EQ(delayed.action.delay_before_ns, 15'000'000);
  EXPECT_EQ(effect_of({{"refuse", "update=1%"}, {"skip", "update=1%"}}).fault, 2);
  EXPECT_EQ(effect_of({{"skip", "update=1%"}, {"refuse", "update=1%"}}).fault, 1);
}

TEST(PlanFaults, draw_from_streams_of_their_own) {
  Scenario scenario = with_faults({{"test-load", ""}, {"test-fill", ""}});
  const std::vector<PlannedOp> both = ops_of(scenario);
  scenario.faults = {{"test-load", ""}};
  const std::vector<PlannedOp> one = ops_of(scenario);
  ASSERT_EQ(both.size(), one.size());
  int differ = 0;
  for (std::size_t place = 0; place < one.size(); ++place) {
    ASSERT_EQ(both[place].fault_marks & 0xffU, one[place].fault_marks);
    differ += ((both[place].fault_marks >> 8U) != 0) != ((both[place].fault_marks & 0xffU) != 0) ? 1 : 0;
  }
  EXPECT_GT(differ, 50);
}

TEST(PlanFaults, that_cannot_be_are_refused_with_the_reason) {
  EXPECT_EQ(message_of(with_faults({{"skp", "update=1%"}})),
            "faults.skp: there is no fault of that name (did you mean 'skip'?)");
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
  EXPECT_EQ(
      message_of(with_faults(
          {{"skip", "update=1%"}, {"delay", "db=1ms"}, {"test-load", ""}, {"test-fill", ""}, {"test-lookup", ""}})),
      "faults.test-lookup: a run can have at most 4 faults of single calls, and this is one more");
  Scenario scenario = with_faults({{"stall", "cache@5s+2s"}});
  scenario.has_cache = false;
  EXPECT_EQ(message_of(scenario), "faults.stall: it happens to the cache, and this scenario has none");
}

}  // namespace
}  // namespace stalemate
