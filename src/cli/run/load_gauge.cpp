#include "cli/run/load_gauge.hpp"

#include "servers/keeper/processor_time.hpp"

namespace stalemate {

Result<SessionLook> LiveLoadGauge::look() {
  if (!activity_) {
    activity_.emplace(ActivityWatch::open(database_));
  }
  if (!*activity_) {
    return std::unexpected(activity_->error());
  }
  const Result<SessionActivity> seen = (*activity_)->look();
  if (!seen) {
    activity_.emplace(std::unexpected(seen.error()));
    return std::unexpected(seen.error());
  }
  return SessionLook{seen->running, seen->waiting_for_locks, seen->waiting_otherwise};
}

std::optional<ProcessorTimes> LiveLoadGauge::processor_times() {
  const std::optional<Nanoseconds> machine_ns = machine_processor_time();
  if (!machine_ns) {
    return std::nullopt;
  }
  ProcessorTimes times{.machine_ns = *machine_ns, .own_ns = own_processor_time()};
  std::vector<pid_t> roots;
  for (Server* server : {servers_ ? servers_->database() : nullptr, servers_ ? servers_->cache() : nullptr,
                         servers_ ? servers_->replica() : nullptr}) {
    if (server != nullptr) {
      const std::vector<pid_t> pids = server->facts().pids;
      roots.insert(roots.end(), pids.begin(), pids.end());
    }
  }
  if (!roots.empty()) {
    times.servers_ns = processor_time_of_families(roots);
  }
  return times;
}

unsigned LiveLoadGauge::processors() const {
  return stalemate::processors();
}

}  // namespace stalemate
