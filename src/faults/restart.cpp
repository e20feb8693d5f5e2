// restart: a server is killed at once and started again after a while, on the same data and address. A cache comes back
// empty, or with what it held where the clause says `kept`: it then writes every change to a file for the whole run.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view restart_example = "db@5s+2s";
constexpr std::array restart_servers = {Target::database, Target::cache};

Result<ConfiguredFault> parse_restart(std::string_view text) {
  return parse_server_fault(
      text, {.example = restart_example, .servers = restart_servers, .begin = ServerEventKind::kill, .may_keep = true});
}

const bool restart_registered = FaultRegistry::add(
    {"restart", "a server is killed and started again", restart_example, "cache: restart 5s..7s", parse_restart});

}  // namespace
}  // namespace stalemate
