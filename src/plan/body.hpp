// What a plan and its cursors share.
#pragma once

#include <memory>
#include <vector>

#include "core/faults/fault.hpp"
#include "plan/arrivals.hpp"
#include "plan/plan.hpp"

namespace stalemate {

struct Plan::Body {
  Scenario scenario = {};
  std::uint16_t clients = 1;
  std::uint32_t reads = 0;
  std::uint32_t writes = 0;
  std::uint32_t reads_in_warm_up = 0;
  std::uint32_t writes_in_warm_up = 0;
  std::vector<PlannedFault> faults = {};
  std::vector<PlannedClause> clauses = {};
  std::vector<ServerEvent> events = {};

  /// Fills faults, clauses and events from the scenario. Errors: as Plan::make.
  Result<void> add_faults();
  /// Up to that instant.
  [[nodiscard]] ArrivalStream read_arrivals(Nanoseconds end_ns) const;
  [[nodiscard]] ArrivalStream write_arrivals(Nanoseconds end_ns) const;
};

}  // namespace stalemate
