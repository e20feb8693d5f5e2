// What private servers' work costs: their processor time between two moments of a run.
#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "core/types.hpp"
#include "report/results/run_results.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

/// Thread rule: one thread.
class ProcessorMeter {
 public:
  /// `servers` outlive it; nullptr: there are none.
  explicit ProcessorMeter(PrivateServers* servers) : servers_(servers) {}

  void begin();
  /// Once; a later call changes nothing.
  void end();
  /// Between the two; none without servers, or before both.
  [[nodiscard]] const std::optional<ProcessorUse>& use() const { return use_; }

 private:
  /// A server's first processes, and what they and theirs have used.
  struct Reading {
    std::vector<pid_t> pids = {};
    Nanoseconds used_ns = 0;
  };
  struct Readings {
    Nanoseconds at_ns = 0;
    std::optional<Reading> database = {};
    std::optional<Reading> cache = {};
    std::optional<Reading> replica = {};
  };
  [[nodiscard]] Readings read() const;
  static std::optional<Reading> read_one(Server* server);
  static std::optional<ServerUse> between(const std::optional<Reading>& first, const std::optional<Reading>& last);

  PrivateServers* servers_;
  std::optional<Readings> first_ = {};
  std::optional<ProcessorUse> use_ = {};
};

}  // namespace stalemate
