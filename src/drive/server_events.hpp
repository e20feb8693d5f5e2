// Carries out the plan's server faults at their times, on a thread of its own, because killing and starting servers
// blocks.
#pragma once

#include <condition_variable>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "drive/live_clock.hpp"
#include "drive/session.hpp"

namespace stalemate {

/// Thread rule: construct and finish on one thread.
class ServerEvents {
 public:
  /// `events` and `control` outlive it.
  ServerEvents(std::span<const ServerEvent> events, ServerControl* control, SteadyTime origin);
  ServerEvents(const ServerEvents&) = delete;
  ServerEvents& operator=(const ServerEvents&) = delete;
  ~ServerEvents() { finish(); }

  /// Starts the thread, if there are any events. Errors: defect: there can be no thread. Requires: called once.
  [[nodiscard]] Result<void> start();

  /// Stops waiting: events that undo something (resume, start) whose counterpart was carried out are carried out now,
  /// the others not at all. Returns when the thread has ended.
  void finish();

  /// Sentences about events that failed. Requires: finished.
  [[nodiscard]] const std::vector<std::string>& troubles() const { return troubles_; }
  /// The fault numbers of the events carried out that began a disturbance (pause, kill). Requires: finished.
  [[nodiscard]] const std::vector<FaultId>& struck() const { return struck_; }

 private:
  void run();
  bool wait_until(SteadyTime time);
  void carry_out(const ServerEvent& event);

  std::span<const ServerEvent> events_;
  ServerControl* control_;
  SteadyTime origin_;
  std::vector<std::string> troubles_ = {};
  std::vector<FaultId> struck_ = {};
  std::mutex mutex_ = {};
  std::condition_variable changed_ = {};
  bool finishing_ = false;
  std::thread thread_ = {};
};

}  // namespace stalemate
