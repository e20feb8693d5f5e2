// replica-lag: the replica applies nothing of what it is sent, for a while; then it catches up.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view replica_lag_example = "replica 2s..5s";
constexpr std::array replica_lag_servers = {Target::replica};

Result<ConfiguredFault> parse_replica_lag(std::string_view text) {
  return parse_server_fault(
      text, {.example = replica_lag_example, .servers = replica_lag_servers, .begin = ServerEventKind::hold_back});
}

const bool replica_lag_registered =
    FaultRegistry::add({"replica-lag", "the replica gets commits late", replica_lag_example,
                        "replica: replica-lag 2s..5s", parse_replica_lag});

}  // namespace
}  // namespace stalemate
