// unreachable: connections to a server are cut and new ones refused, as by a broken network. The server lives on, and
// what it holds is there when it can be reached again.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view unreachable_example = "cache 10s..15s";
constexpr std::array unreachable_servers = {Target::database, Target::cache};

Result<ConfiguredFault> parse_unreachable(std::string_view text) {
  return parse_server_fault(
      text, {.example = unreachable_example, .servers = unreachable_servers, .begin = ServerEventKind::cut});
}

const bool unreachable_registered =
    FaultRegistry::add({"unreachable", "connections to a server are cut and new ones refused; it keeps what it holds",
                        unreachable_example, "cache: unreachable 10s..15s", parse_unreachable});

}  // namespace
}  // namespace stalemate
