// What goes wrong has the same name, and means the same, in a run and in the explorer.
#include <gtest/gtest.h>

#include "core/faults/fault.hpp"
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

/// How a database with a synchronous standby shows its commits, which no run can force.
constexpr std::string_view explored_only = "late-row";

/// The explorer says of which store a rollback is, as it names faults by one word; a run says `db: rollback`.
constexpr std::string_view of_the_database = "db-rollback";

const FaultInfo* live_fault(std::string_view explored) {
  return FaultRegistry::find(explored == of_the_database ? "rollback" : explored);
}

TEST(Vocabulary, of_the_explorer_is_known_to_runs) {
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    EXPECT_EQ(live_fault(fault.name) == nullptr, fault.name == explored_only) << fault.name;
  }
}

TEST(Vocabulary, means_the_same_trouble_of_a_call_in_both_worlds) {
  int compared = 0;
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    const FaultInfo* live = FaultRegistry::find(fault.name);
    if (!fault.call || live == nullptr) {
      continue;
    }
    CallTrouble trouble = live->parse(live->example)->clauses.at(0).trouble;
    trouble.late_ns = trouble.timeout_ns = 0;  // the explorer has no time
    EXPECT_EQ(trouble, fault.call->trouble) << fault.name;
    ++compared;
  }
  EXPECT_EQ(compared, 5);
}

TEST(Vocabulary, knows_crashes_in_both_worlds) {
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    if (fault.crash) {
      const FaultInfo* live = FaultRegistry::find(fault.name);
      ASSERT_NE(live, nullptr);
      EXPECT_TRUE(live->parse(live->example)->clauses.at(0).crash);
    }
  }
}

}  // namespace
}  // namespace stalemate
