// Watches what the servers and this machine are busy with, to find what limited a run.
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
  std::uint64_t done_behind = 0;  ///< ops that ended in that time
  std::uint64_t looks = 0;        ///< how often the database's sessions were observed, while behind
  SessionLook sessions = {};      ///< added up over these observations
  Nanoseconds watched_ns = 0;     ///< the time that `used` covers; 0: not known
  ProcessorTimes used = {};
  unsigned processors = 1;
};

/// Thread rule: one thread; it starts another one itself.
class LoadWatch {
 public:
  /// Begins to watch; without a gauge, or where no thread can be started, it knows only what note() is told. It
  /// observes every `interval_ns`.
  LoadWatch(std::unique_ptr<LoadGauge> gauge, Nanoseconds interval_ns);
  LoadWatch(const LoadWatch&) = delete;
  LoadWatch& operator=(const LoadWatch&) = delete;
  ~LoadWatch() = default;

  /// The run's state at this instant: ops ended so far, and whether it is behind. Requires: instants do not fall.
  void note(Nanoseconds now_ns, std::uint64_t done, bool is_behind);
  /// Ends it. Blocks for as long as one observation takes.
  [[nodiscard]] LoadFigures finish();

 private:
  void watch(Nanoseconds interval_ns);

  std::unique_ptr<LoadGauge> gauge_;
  LoadFigures figures_ = {};  // `looks` and `sessions` belong to the thread until it has ended
  std::optional<ProcessorTimes> at_start_ = {};
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  Nanoseconds noted_ns_ = 0;
  std::uint64_t noted_done_ = 0;
  std::atomic<bool> is_behind_ = false;
  OwnThread thread_ = {};
};

}  // namespace stalemate
