// stall: a server stops answering for a while but keeps its connections, as in a long pause of its process.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "cache@5s+500ms";

Result<ConfiguredFault> parse_stall(std::string_view text) {
  Result<std::vector<ServerEvent>> events =
      parse_outages(text, ServerEventKind::pause, ServerEventKind::resume, example);
  if (!events) {
    return std::unexpected(events.error());
  }
  ConfiguredFault fault;
  fault.events = std::move(*events);
  return fault;
}

const bool registered = FaultRegistry::add({"stall", "a server stops answering for a while", example, "cache: stall 5s..5.5s", parse_stall});

}  // namespace
}  // namespace stalemate
