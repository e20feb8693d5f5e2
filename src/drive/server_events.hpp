// Carries out the plan's server faults at their times, on a separate thread, because killing and starting servers
// blocks.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/random.hpp"
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

/// A server fault of any kind as it was in force.
struct FaultWindow {
  FaultId fault = no_fault;
  Target target = Target::database;
  Nanoseconds start_ns = 0;
  Nanoseconds end_ns = 0;
};

/// One thing that a fault of a server did without stopping it.
struct FaultStrike {
  FaultId fault = no_fault;
  Nanoseconds at_ns = 0;
};

/// How a history has it: a step of no op, which begins and ends with the fault.
[[nodiscard]] Step step_of(const FaultWindow& window);

/// Thread rule: construct and finish on one thread.
class ServerEvents {
 public:
  /// `events` and `control` outlive it. What is evicted or expires is drawn from `seed` among the keys below `keys`.
  ServerEvents(std::span<const ServerEvent> events, ServerControl* control, SteadyTime origin, std::uint32_t keys = 1,
               std::uint64_t seed = 0);
  ServerEvents(const ServerEvents&) = delete;
  ServerEvents& operator=(const ServerEvents&) = delete;
  ~ServerEvents() { finish(); }

  /// Starts the thread, if there are any events. Errors: defect: there can be no thread. Requires: called once.
  [[nodiscard]] Result<void> start();

  /// Stops waiting: events that end something whose beginning was carried out are carried out now,
  /// the others not at all. Returns when the thread has ended.
  void finish() { thread_.end(); }

  /// Sentences about events that failed. Requires: finished.
  [[nodiscard]] const std::vector<std::string>& troubles() const { return troubles_; }
  /// In which a server did not answer, sorted by start. Requires: finished.
  [[nodiscard]] const std::vector<ServerStop>& stops() const { return stops_; }
  /// Of all that ended, by their ends. Requires: finished.
  [[nodiscard]] const std::vector<FaultWindow>& windows() const { return windows_; }
  /// What was done without stopping a server: each single eviction or expiry, and what else was begun.
  /// Requires: finished.
  [[nodiscard]] const std::vector<FaultStrike>& struck() const { return struck_; }

 private:
  /// What was begun on a target and is not yet ended. One that failed may have done its work in part.
  struct Begun {
    const ServerEvent* event = nullptr;
    bool succeeded = false;
    Nanoseconds start_ns = 0;
    std::optional<std::size_t> stop = {};  // its place in stops_
  };

  void run();
  void begin(const ServerEvent& event, Begun& begun);
  void end(const ServerEvent& event, const Begun& begun);
  bool wait_and_strike_until(Nanoseconds instant_ns);
  void strike(const ServerEvent& event);
  bool carry_out(const ServerEvent& event);
  [[nodiscard]] Nanoseconds now_ns() const;

  std::span<const ServerEvent> events_;
  ServerControl* control_;
  SteadyTime origin_;
  std::uint32_t keys_;
  SeededRandom random_;
  std::array<Begun, target_count> begun_ = {};
  std::vector<FaultWindow> windows_ = {};
  std::vector<FaultStrike> struck_ = {};
  std::vector<std::string> troubles_ = {};
  std::vector<ServerStop> stops_ = {};
  OwnThread thread_ = {};
};

}  // namespace stalemate
