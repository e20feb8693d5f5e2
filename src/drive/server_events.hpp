// Carries out the plan's server faults at their times, on a thread of its own, because killing and starting servers
// blocks.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "drive/own_thread.hpp"
#include "drive/session.hpp"

namespace stalemate {

/// A stretch of time in which a fault of the plan kept a server from answering, paused or killed.
struct ServerStop {
  FaultId fault = no_fault;
  Target target = Target::database;
  Nanoseconds start_ns = 0;    ///< when it was told to stop
  Nanoseconds end_ns = never;  ///< when it answered again; never: it was not brought back
  friend bool operator==(const ServerStop&, const ServerStop&) = default;
};

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
  void finish() { thread_.end(); }

  /// Sentences about events that failed. Requires: finished.
  [[nodiscard]] const std::vector<std::string>& troubles() const { return troubles_; }
  /// What the events did, sorted by start. Requires: finished.
  [[nodiscard]] const std::vector<ServerStop>& stops() const { return stops_; }

 private:
  void run();
  bool carry_out(const ServerEvent& event);
  [[nodiscard]] Nanoseconds now_ns() const;

  std::span<const ServerEvent> events_;
  ServerControl* control_;
  SteadyTime origin_;
  std::vector<std::string> troubles_ = {};
  std::vector<ServerStop> stops_ = {};
  OwnThread thread_ = {};
};

}  // namespace stalemate
