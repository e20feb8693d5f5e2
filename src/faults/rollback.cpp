// rollback: the cache or the database goes back to an earlier state: a standby that had stopped following it, when the
// window began, takes over when it ends. Of the database that loses the writes in between, acknowledged or not.
#include <algorithm>

#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view rollback_example = "cache 2s..5s";
constexpr std::array rollback_servers = {Target::database, Target::cache};

Result<ConfiguredFault> parse_rollback(std::string_view text) {
  Result<ConfiguredFault> fault = parse_server_fault(
      text, {.example = rollback_example, .servers = rollback_servers, .begin = ServerEventKind::remember});
  if (fault && std::ranges::count_if(fault->events, leaves_standby_behind) > 1) {
    return wrong_text("the database has one standby, which can take over once", "db 2s..5s");
  }
  return fault;
}

const bool rollback_registered =
    FaultRegistry::add({"rollback", "the cache or the database fails over to a standby that had stopped following it",
                        rollback_example, "cache: rollback 2s..5s", parse_rollback});

}  // namespace
}  // namespace stalemate
