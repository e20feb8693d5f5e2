// Which calls of a live run are hit by which fault: the plan's clauses, and how many calls have fitted those that
// count.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "plan/plan.hpp"

namespace stalemate {

/// One a run, shared by all workers. Thread rule: any thread.
class CallTroubles {
 public:
  explicit CallTroubles(const Plan& plan) : plan_(plan), counts_(plan.call_clauses().size()) {}

  /// Whether any call can be hit at all.
  [[nodiscard]] bool any() const { return !counts_.empty(); }
  /// What is to become of a call that is made now. Counts it.
  [[nodiscard]] CallEffect of_call(const CallMoment& moment);

 private:
  const Plan& plan_;
  std::vector<std::atomic<std::uint64_t>> counts_;  // by clause
};

}  // namespace stalemate
