// What a run counts while it goes.
#pragma once

#include <array>
#include <cstdint>

#include "core/histogram.hpp"
#include "core/op.hpp"
#include "plan/plan.hpp"

namespace stalemate {

inline constexpr std::size_t error_code_count = static_cast<std::size_t>(ErrorCode::defect) + 1;
/// Call faults and server faults of a run together.
inline constexpr std::size_t faults_max = 32;

/// One kind of op. Invariant at the end of a run: planned = sent + dropped + not_reached; sent = ok + fail + info.
struct KindCounts {
  std::uint64_t planned = 0;
  std::uint64_t sent = 0;
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;
  std::uint64_t late = 0;         ///< of sent: begun later than the bound after their intended start
  std::uint64_t dropped = 0;      ///< never sent, though their time had come
  std::uint64_t not_reached = 0;  ///< never sent, because the run was ended before their time came

  KindCounts& operator+=(const KindCounts& other);
};

/// Latencies of `ok` ops of one kind.
struct KindLatency {
  LatencyHistogram response;  ///< from the intended start
  LatencyHistogram service;   ///< from the invocation

  void merge(const KindLatency& other);
};

/// What one worker counts of one phase; summed over the workers at the end.
struct DriveCounts {
  KindCounts reads;
  KindCounts writes;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t retries = 0;
  std::array<std::uint64_t, error_code_count> errors = {};  ///< of store calls that failed for real, by code
  std::array<std::uint64_t, faults_max + 1> faults = {};    ///< steps touched, by FaultId
  std::uint64_t steps = 0;
  std::uint64_t background = 0;  ///< ops of the part that serves no client

  [[nodiscard]] KindCounts& of(OpKind kind) { return kind == OpKind::read ? reads : writes; }
  DriveCounts& operator+=(const DriveCounts& other);
};

/// Of the ops whose intended start lies in the warm-up, and of all others.
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
