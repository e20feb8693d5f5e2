// The faults of a run of a user's own service: which can be had there, and what they do to its calls at the gates.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

#include "application/application.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "drive/watch/counters.hpp"
#include "gated/run/op_calls.hpp"
#include "plan/plan.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// Whether gates, and the hands that we have on the service's stores, can do what the scenario's faults ask for.
/// Errors: wrong_type: a sentence that says of the first that cannot be had why not.
[[nodiscard]] Result<void> check_application_faults(const Scenario& scenario, const Application& application);

/// What the plan's clauses do to calls, and how many they hit.
/// Thread rule: any thread.
class ApplicationFaults {
 public:
  explicit ApplicationFaults(const Plan& plan);

  /// Whether any call can be hit at all.
  [[nodiscard]] bool any() const { return !counts_.empty(); }
  /// Counts the call. One that could not be told is hit by what speaks of all calls to its store, as if it were alone.
  [[nodiscard]] CallHit hit(const CallAtGate& call);
  /// Calls that were to be skipped and went all the same.
  [[nodiscard]] std::uint64_t not_skipped() const;
  /// By FaultId.
  [[nodiscard]] std::array<FaultHits, faults_max + 1> hits() const;

 private:
  const Plan& plan_;
  mutable std::mutex mutex_;
  SeededRandom chance_;                // of calls that could not be told
  std::vector<std::uint64_t> counts_;  // of calls that fitted, by clause
  std::uint64_t not_skipped_ = 0;
  std::array<FaultHits, faults_max + 1> hits_ = {};
};

}  // namespace stalemate
