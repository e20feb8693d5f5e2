// rollback: the cache goes back to an earlier state: a standby that had stopped following it, when the window began,
// takes over when it ends.
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "cache 2s..5s";
constexpr std::array servers = {Target::cache};

Result<ConfiguredFault> parse_rollback(std::string_view text) {
  return parse_server_fault(text, {.example = example, .servers = servers, .begin = ServerEventKind::remember});
}

const bool registered =
    FaultRegistry::add({"rollback", "the cache fails over to a standby that had stopped following it", example,
                        "cache: rollback 2s..5s", parse_rollback});

}  // namespace
}  // namespace stalemate
