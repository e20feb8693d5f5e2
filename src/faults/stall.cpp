// stall: a server stops answering for a while but keeps its connections, as in a long pause of its process.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view stall_example = "cache@5s+500ms";
constexpr std::array stall_servers = {Target::database, Target::cache};

Result<ConfiguredFault> parse_stall(std::string_view text) {
  return parse_server_fault(text,
                            {.example = stall_example, .servers = stall_servers, .begin = ServerEventKind::pause});
}

const bool stall_registered = FaultRegistry::add(
    {"stall", "a server stops answering for a while", stall_example, "cache: stall 5s..5.5s", parse_stall});

}  // namespace
}  // namespace stalemate
