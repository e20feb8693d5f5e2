// A kind of private server: how its programs are found, and how one is started.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"
#include "servers/server.hpp"

namespace stalemate {

/// How one server is to be. A kind ignores what it does not know.
struct ServerOptions {
  std::uint16_t clients = 512;         ///< connections it must have room for
  bool persists = false;               ///< of a cache: start_again finds what it held
  bool with_replica = false;           ///< a replica of it will be started
  std::filesystem::path program = {};  ///< the binary; empty: look for it
  Nanoseconds ready_limit_ns = 60'000'000'000;
};

using StartedServer = Result<std::unique_ptr<KeptServer>>;

/// A server whose programs were found.
struct FoundServer {
  /// Starts it in a folder of its own in link->folder(), and waits until it answers a query.
  /// Errors: those of KeptServer::start_first.
  std::function<StartedServer(const std::shared_ptr<KeeperLink>& link)> start;
  /// Starts a replica that follows `primary`, which runs. Empty: this kind has none.
  std::function<StartedServer(const std::shared_ptr<KeeperLink>& link, const ServerFacts& primary)> start_replica = {};
};

/// How a server's replica takes its place, with none of what was committed since it was left behind. Both block.
struct Failover {
  /// From now on the replica, of these facts, gets nothing more of what the primary commits; it goes on answering
  /// reads.
  Result<void> (*leave_behind)(const ServerFacts& replica);
  /// Kills the primary, has the replica take writes, and leads who connects to the primary's socket to it. Both keep
  /// their own ports and folders.
  Result<void> (*take_over)(Server& primary, const ServerFacts& replica);
};

/// Lives forever.
struct ServerKind {
  std::string_view title;  ///< in sentences, such as "PostgreSQL"
  /// Finds everything before anything is started.
  /// Errors: unavailable, one sentence that names what is missing, and the Debian package or what else to do.
  Result<FoundServer> (*find)(const ServerOptions& options);
  std::optional<Failover> failover = {};  ///< none: its replica cannot take its place
};

}  // namespace stalemate
