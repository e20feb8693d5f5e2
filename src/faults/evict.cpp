// evict: to make room the cache drops things that it keeps: a hundred times a second it chooses a row, and of what it
// keeps of that row one thing.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view evict_example = "cache 2s..5s";
constexpr std::array evict_servers = {Target::cache};

Result<ConfiguredFault> parse_evict(std::string_view text) {
  return parse_server_fault(
      text,
      {.example = evict_example, .servers = evict_servers, .begin = ServerEventKind::evict, .may_name_key = true});
}

const bool evict_registered = FaultRegistry::add(
    {"evict", "the cache drops an entry, guard, mark or counter", evict_example, "cache: evict 2s..5s", parse_evict});

}  // namespace
}  // namespace stalemate
