#include "cli/run/application_control.hpp"

namespace stalemate {

Result<void> ApplicationControl::carry_out(const ServerEvent& event) {
  const bool is_cache = event.target == Target::cache;
  switch (event.kind) {
    case ServerEventKind::cut: return stage_.set_reach(is_cache, LinkReach::cut);
    case ServerEventKind::pause: return stage_.set_reach(is_cache, LinkReach::dark);
    case ServerEventKind::mend:
    case ServerEventKind::resume: return stage_.set_reach(is_cache, LinkReach::open);
    case ServerEventKind::kill:
    case ServerEventKind::start: return stage_.restart_store(event);
    case ServerEventKind::evict:
    case ServerEventKind::evict_end: return {};  // what happens meanwhile are strikes
    default: return failed(ErrorCode::unsupported, "this is not done to a store of an application");
  }
}

Result<bool> ApplicationControl::strike(const ServerEvent& /*event*/, Key key, std::uint64_t draw) {
  return stage_.drop_entry(key, draw);
}

}  // namespace stalemate
