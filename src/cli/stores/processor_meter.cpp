#include "cli/stores/processor_meter.hpp"

#include <chrono>

#include "servers/keeper/processor_time.hpp"

namespace stalemate {

std::optional<ProcessorMeter::Reading> ProcessorMeter::read_one(Server* server) {
  if (server == nullptr) {
    return std::nullopt;
  }
  Reading reading{.pids = server->facts().pids};
  reading.used_ns = exact_processor_time_of_families(reading.pids);
  return reading;
}

ProcessorMeter::Readings ProcessorMeter::read() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {.at_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count(),
          .database = read_one(servers_->database()),
          .cache = read_one(servers_->cache()),
          .replica = read_one(servers_->replica())};
}

// A server that was started again has other processes; one that is gone has used less than before.
std::optional<ServerUse> ProcessorMeter::between(const std::optional<Reading>& first,
                                                 const std::optional<Reading>& last) {
  if (!first || !last || first->pids != last->pids || last->used_ns < first->used_ns) {
    return std::nullopt;
  }
  return ServerUse{last->used_ns - first->used_ns};
}

void ProcessorMeter::begin() {
  if (servers_ != nullptr) {
    first_ = read();
  }
}

void ProcessorMeter::end() {
  if (!first_ || use_) {
    return;
  }
  const Readings last = read();
  use_ = ProcessorUse{.watched_ns = last.at_ns - first_->at_ns,
                      .database = between(first_->database, last.database),
                      .cache = between(first_->cache, last.cache),
                      .replica = between(first_->replica, last.replica)};
}

}  // namespace stalemate
