// A hand on the servers of a run: carries out what the faults of servers ask for.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "drive/session.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/redis/cache_strikes.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

/// What can be reached. Only private servers are stopped, cut off or held back.
struct ControlledServers {
  PrivateServers* own = nullptr;                ///< nullptr: none is private
  std::optional<RedisOptions> cache = {};       ///< private or not; none: the run has no cache
  std::optional<PostgresOptions> replica = {};  ///< a private one
};

class StoreControl final : public ServerControl {
 public:
  explicit StoreControl(ControlledServers servers);
  Result<void> carry_out(const ServerEvent& event) override;
  Result<bool> strike(const ServerEvent& event, Key key, std::uint64_t draw) override;

 private:
  [[nodiscard]] Result<void> cut(Target target);
  [[nodiscard]] Result<void> mend(Target target);
  [[nodiscard]] Result<void> tell_replica(const char* statement);

  ControlledServers servers_;
  std::optional<CacheStrikes> cache_ = {};
};

/// Whether only a private server can be treated so.
[[nodiscard]] bool needs_private_server(ServerEventKind kind);
/// What it does, such as "stops the cache".
[[nodiscard]] std::string deed_of(const ServerEvent& event);

}  // namespace stalemate
