// What held a server for a time: steps of no op, which stand at the end of a history's steps.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/faults/fault.hpp"
#include "record/history.hpp"

namespace stalemate {

/// From when to when the fault of that name held that store. Usually empty, which takes no time to find out.
[[nodiscard]] inline std::vector<TimeWindow> windows_of(const History& history, std::string_view fault, Store store) {
  std::vector<TimeWindow> windows;
  const std::vector<std::string>& names = history.header.fault_names;
  const std::span<const StepRecord> steps = history.steps();
  for (auto step = steps.rbegin(); step != steps.rend() && step->op() == no_op; ++step) {
    if (step->store() == store && step->fault() < names.size() && names[step->fault()] == fault) {
      windows.push_back({step->start_ns(), step->end_ns()});
    }
  }
  return windows;
}

/// From when a standby of the database got nothing more of its writes to when it had taken its place.
[[nodiscard]] inline std::vector<TimeWindow> database_rollbacks(const History& history) {
  return windows_of(history, "rollback", Store::database);
}

/// Whether what was begun at `begin_ns` may have been lost in such a stretch, and what ended at `end_ns` have seen so.
[[nodiscard]] inline bool is_between(const TimeWindow& rollback, Nanoseconds begin_ns, Nanoseconds end_ns) {
  return begin_ns < rollback.end_ns && end_ns > rollback.begin_ns;
}

}  // namespace stalemate
