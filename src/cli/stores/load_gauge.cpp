#include "cli/stores/load_gauge.hpp"

#include <vector>

#include "servers/keeper/processor_time.hpp"

namespace stalemate {

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
