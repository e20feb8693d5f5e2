// Watches what the servers and this machine are busy with, to tell what held a run back.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "drive/own_thread.hpp"
#include "drive/session.hpp"

namespace stalemate {

/// What a run's servers, machine and clients were busy with. "Behind" is when as many ops or more wait for a client as
/// there are clients.
struct LoadFigures {
  Nanoseconds behind_ns = 0;      ///< how long the run was behind
  std::uint64_t done_behind = 0;  ///< ops that ended meanwhile
  std::uint64_t looks = 0;        ///< at the database's sessions, while behind
  SessionLook sessions = {};      ///< added up over the looks
  Nanoseconds watched_ns = 0;     ///< what `used` is of; 0: not known
  ProcessorTimes used = {};
  unsigned processors = 1;
};

/// Thread rule: one thread; it has another one of its own.
class LoadWatch {
 public:
  /// Begins to watch; without a gauge, or where there can be no other thread, only what note() is told. `interval_ns`
  /// lies between two looks.
  LoadWatch(std::unique_ptr<LoadGauge> gauge, Nanoseconds interval_ns);
  LoadWatch(const LoadWatch&) = delete;
  LoadWatch& operator=(const LoadWatch&) = delete;
  ~LoadWatch() = default;

  /// How the run stands at this instant: ops ended so far, and whether it is behind. Requires: instants do not fall.
  void note(Nanoseconds now_ns, std::uint64_t done, bool is_behind);
  /// Ends it. Blocks for as long as a look takes.
  [[nodiscard]] LoadFigures finish();

 private:
  void watch(Nanoseconds interval_ns);

  std::unique_ptr<LoadGauge> gauge_;
  LoadFigures figures_ = {};  // its looks and sessions belong to the thread until it has ended
  std::optional<ProcessorTimes> at_start_ = {};
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  Nanoseconds noted_ns_ = 0;
  std::uint64_t noted_done_ = 0;
  std::atomic<bool> is_behind_ = false;
  OwnThread thread_ = {};
};

}  // namespace stalemate
