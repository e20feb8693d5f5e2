// What a run counts while it goes.
#pragma once

#include <array>
#include <cstdint>

#include "core/histogram.hpp"
#include "core/op.hpp"
#include "core/run_counts.hpp"
#include "plan/plan.hpp"

namespace stalemate {

inline constexpr std::size_t error_code_count = static_cast<std::size_t>(ErrorCode::defect) + 1;
/// Call faults and server faults of a run together.
inline constexpr std::size_t faults_max = 32;

/// Latencies of `ok` ops of one kind.
struct KindLatency {
  LatencyHistogram response;  ///< from the intended start
  LatencyHistogram service;   ///< from the invocation

  void merge(const KindLatency& other);
};

/// Figures of the `ok` ops that began at one level of concurrency: with this many of their worker's clients busy.
struct ConcurrencyLevel {
  std::uint64_t ops = 0;
  std::uint64_t busy = 0;  ///< clients busy when an op began, including its own, summed over the ops
  Nanoseconds service_ns = 0;

  ConcurrencyLevel& operator+=(const ConcurrencyLevel& other);
  /// Ops a second of one worker at that level, by Little's law; 0 without ops.
  [[nodiscard]] double rate() const {
    return service_ns > 0 ? static_cast<double>(busy) * 1e9 / static_cast<double>(service_ns) : 0;
  }
};

/// What a fault hit: calls, or things that a server holds.
struct FaultHits {
  std::uint64_t count = 0;
  Nanoseconds first_ns = 0;  ///< of the run; 0 while there are none
  Nanoseconds last_ns = 0;

  void note(Nanoseconds at_ns);
  FaultHits& operator+=(const FaultHits& other);
};

/// What one worker counts of one phase; summed over the workers at the end.
struct DriveCounts {
  OpCounts reads;
  OpCounts writes;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t retries = 0;
  std::array<std::uint64_t, error_code_count> errors = {};  ///< of store calls that failed for real, by code
  std::array<FaultHits, faults_max + 1> faults = {};        ///< by FaultId
  std::uint64_t steps = 0;
  std::uint64_t background = 0;  ///< ops of the part that serves no client
  ConcurrencyLevel half = {};    ///< no more than half of the clients busy
  ConcurrencyLevel full = {};    ///< more than three quarters of them

  [[nodiscard]] OpCounts& of(OpKind kind) { return kind == OpKind::read ? reads : writes; }
  DriveCounts& operator+=(const DriveCounts& other);
};

/// One for the ops with an intended start in the warm-up, and one for all others.
template <class Figures>
struct ByPhase {
  Figures warm_up = {};
  Figures measured = {};

  [[nodiscard]] Figures& of(bool is_warm_up) { return is_warm_up ? warm_up : measured; }
};
[[nodiscard]] DriveCounts sum_of(DriveCounts one, const DriveCounts& other);

struct DriveLatency {
  KindLatency reads;
  KindLatency writes;

  [[nodiscard]] KindLatency& of(OpKind kind) { return kind == OpKind::read ? reads : writes; }
  void merge(const DriveLatency& other);
};

}  // namespace stalemate
