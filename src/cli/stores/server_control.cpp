#include "cli/stores/server_control.hpp"

namespace stalemate {

Result<void> StoreControl::carry_out(const ServerEvent& event) {
  const auto to_the_servers = [&]() -> Result<void> {
    return servers_.own == nullptr ? failed(ErrorCode::unsupported, "there is no private server")
                                   : servers_.own->apply(event.target, event.kind);
  };
  switch (event.kind) {
    case ServerEventKind::evict:
    case ServerEventKind::evict_end:
    case ServerEventKind::expire:
    case ServerEventKind::expire_end: return {};  // what happens meanwhile are strikes
    case ServerEventKind::pause:
    case ServerEventKind::resume:
    case ServerEventKind::kill:
    case ServerEventKind::start: return to_the_servers();
    case ServerEventKind::remember:
    case ServerEventKind::put_back:
      if (event.target == Target::database) {
        return to_the_servers();
      }
      break;
    default: break;
  }
  LiveStore* const store = event.target == Target::cache ? static_cast<LiveStore*>(servers_.cache) : servers_.database;
  return store == nullptr ? failed(ErrorCode::unsupported, "the run has no cache") : store->carry_out(event);
}

Result<bool> StoreControl::strike(const ServerEvent& event, Key key, std::uint64_t draw) {
  return servers_.cache->strike(event, key, draw);
}

bool needs_private_server(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEventKind::remember:
    case ServerEventKind::put_back: return event.target == Target::database;
    case ServerEventKind::evict:
    case ServerEventKind::evict_end:
    case ServerEventKind::expire:
    case ServerEventKind::expire_end: return false;
    default: return true;
  }
}

std::string deed_of(const ServerEvent& event) {
  const std::string server = event.target == Target::database ? "database"
                             : event.target == Target::cache  ? "cache"
                                                              : "replica";
  return event.kind == ServerEventKind::cut         ? "cuts the " + server + " off"
         : event.kind == ServerEventKind::hold_back ? "holds the " + server + " back"
         : event.kind == ServerEventKind::remember  ? "fails the " + server + " over to a standby"
                                                    : "stops the " + server;
}

}  // namespace stalemate
