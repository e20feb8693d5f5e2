// restart: a server is killed at once and started again after a while, on the same data and address. A cache that keeps
// nothing on disk comes back empty.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "db@5s+2s";

Result<ConfiguredFault> parse_restart(std::string_view text) {
  Result<std::vector<ServerEvent>> events = parse_outages(text, ServerEventKind::kill, ServerEventKind::start, example);
  if (!events) {
    return std::unexpected(events.error());
  }
  ConfiguredFault fault;
  fault.events = std::move(*events);
  return fault;
}

const bool registered = FaultRegistry::add({"restart", "a server is killed and started again", example, "db: restart 5s..7s", parse_restart});

}  // namespace
}  // namespace stalemate
