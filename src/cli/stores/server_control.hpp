// A hand on the servers of a run: carries out what the faults of servers ask for.
#pragma once

#include <string>

#include "drive/session.hpp"
#include "engines/cache_engine.hpp"
#include "engines/database_engine.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

/// What can be reached. Only private servers are stopped, cut off or held back.
struct ControlledServers {
  PrivateServers* own = nullptr;     ///< nullptr: none is private
  LiveDatabase* database = nullptr;  ///< private or not, as the cache
  LiveCache* cache = nullptr;        ///< nullptr: the run has none
};

/// What is done to a process goes to the keeper of private servers, all else to the store's engine.
class StoreControl final : public ServerControl {
 public:
  explicit StoreControl(ControlledServers servers) : servers_(servers) {}
  Result<void> carry_out(const ServerEvent& event) override;
  Result<bool> strike(const ServerEvent& event, Key key, std::uint64_t draw) override;

 private:
  ControlledServers servers_;
};

/// Whether it is only done to a private server.
[[nodiscard]] bool needs_private_server(const ServerEvent& event);
/// What it does, such as "stops the cache".
[[nodiscard]] std::string deed_of(const ServerEvent& event);

}  // namespace stalemate
