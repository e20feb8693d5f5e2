// The plan: every op's intended start, client, key, value and faults, fixed by a scenario and its seed before anything
// runs.
//
// A plan is a pure function of the scenario, so it is not held in memory: a cursor makes its ops one after the other,
// the same ones every time. Ten million ops cost no more memory than ten.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/fault.hpp"
#include "core/op.hpp"
#include "core/types.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// At most this many call faults a plan: each has eight bits of PlannedOp::fault_marks.
inline constexpr unsigned call_faults_max = 4;

/// One op to be.
struct PlannedOp {
  Nanoseconds intended_ns = 0;      ///< from the run's start; never falls from one op to the next
  OpIndex index = no_op;
  Key key = {};
  Value value = absent;             ///< written; `absent` for reads. Counts up from initial_value + 1 over all writes
  std::uint32_t fault_marks = 0;    ///< bits 8s to 8s+7: the RoleMask of the call fault in slot s
  ClientId client = 0;
  OpKind kind = OpKind::read;
};

}  // namespace stalemate
