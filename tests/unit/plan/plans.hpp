// Plans for tests.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

#include "plan/plan.hpp"

namespace stalemate {

inline std::vector<PlannedOp> ops_of(const Plan& plan) {
  std::vector<PlannedOp> ops;
  PlanCursor cursor = plan.cursor();
  while (const std::optional<PlannedOp> op = cursor.next()) {
    ops.push_back(*op);
  }
  return ops;
}

inline std::vector<PlannedOp> ops_of(const Scenario& scenario) {
  return ops_of(Plan::make(scenario).value());
}

inline std::vector<PlannedOp> of_kind(const std::vector<PlannedOp>& ops, OpKind kind) {
  std::vector<PlannedOp> some;
  for (const PlannedOp& op : ops) {
    if (op.kind == kind) {
      some.push_back(op);
    }
  }
  return some;
}

/// Any valid scenario of at most some two thousand ops.
inline Scenario any_small_scenario() {
  Scenario scenario;
  scenario.duration_ns = *rc::gen::inRange<Nanoseconds>(1'000'000, 1'000'000'000);
  scenario.read_rate = *rc::gen::inRange(1, 100'000) / 100.0;
  scenario.write_rate = *rc::gen::inRange(1, 100'000) / 100.0;
  scenario.arrivals = *rc::gen::element(Arrivals::constant, Arrivals::poisson);
  scenario.key_distribution = *rc::gen::element(KeyDistribution::uniform, KeyDistribution::zipfian,
                                                KeyDistribution::hotspot, KeyDistribution::latest);
  scenario.keys = *rc::gen::inRange<std::uint32_t>(6, 5000);
  scenario.zipf_exponent = *rc::gen::inRange(1, 400) / 100.0;
  scenario.hotspot_keys = *rc::gen::inRange(1, 101) / 100.0;
  scenario.hotspot_ops = *rc::gen::inRange(0, 101) / 100.0;
  scenario.clients = *rc::gen::inRange<std::uint16_t>(1, 40);
  scenario.seed = *rc::gen::arbitrary<std::uint64_t>();
  if (*rc::gen::arbitrary<bool>()) {
    scenario.faults = {{"skip", "fill=20%,update=20%,invalidate=20%"}};
  }
  return scenario;
}

}  // namespace stalemate
