// expire: locks, leases, tombstones and markers run out while somebody still counts on them: a hundred times a second
// the cache chooses a row, and of what it keeps of that row one thing that is to expire later.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view expire_example = "cache 2s..5s";
constexpr std::array expire_servers = {Target::cache};

Result<ConfiguredFault> parse_expire(std::string_view text) {
  return parse_server_fault(
      text,
      {.example = expire_example, .servers = expire_servers, .begin = ServerEventKind::expire, .may_name_key = true});
}

const bool expire_registered = FaultRegistry::add(
    {"expire", "a lock, lease, tombstone or marker runs out", expire_example, "cache: expire 2s..5s", parse_expire});

}  // namespace
}  // namespace stalemate
