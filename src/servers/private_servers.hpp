// The servers of one run: started together, gone when the program is, however it ends.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/error.hpp"
#include "core/faults/fault.hpp"
#include "core/types.hpp"
#include "servers/server.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {

struct PrivateServersOptions {
  const ServerKind* database = nullptr;         ///< nullptr: none
  const ServerKind* cache = nullptr;            ///< nullptr: none
  bool replica = false;                         ///< one that follows the database, where that kind has any
  bool cache_persists = false;                  ///< start_again finds the cache's entries
  std::uint16_t clients = 512;                  ///< connections the database must have room for
  std::filesystem::path database_program = {};  ///< its binary; empty: look for it
  std::filesystem::path base_folder = {};       ///< empty: /tmp/stalemate-UID
  /// Told of each server that answers, by its name such as "Redis", by any thread. May be empty.
  std::function<void(const std::string& engine)> on_ready = {};
  Nanoseconds ready_limit_ns = 60'000'000'000;  ///< for each server, from its start until it answers a query
};

/// The main program's first statement: `if (auto code = run_keeper_if_asked(argc, argv)) return *code;`
/// The servers are children of a keeper, a process that is this program again under a hidden argument; it outlives us
/// by the moment it takes to kill the servers and remove their folder.
/// Requires: called once, on the main thread, before anything else starts threads or opens files.
[[nodiscard]] std::optional<int> run_keeper_if_asked(int argc, char** argv);

/// Servers that live as long as this object and never longer than the program, even when it is killed with -9.
/// They sit in sessions of their own, so Ctrl-C at the terminal does not reach them.
/// Thread rule: any thread.
class PrivateServers {
 public:
  virtual ~PrivateServers() = default;  ///< as stop()

  /// Null where the options asked for none. After a failover the replica is the database, and there is none.
  [[nodiscard]] virtual Server* database() = 0;
  [[nodiscard]] virtual Server* cache() = 0;
  [[nodiscard]] virtual Server* replica() = 0;

  /// Carries out a server event. Blocks as the calls of Server do; `start` until the server answers again. `remember`
  /// of the database leaves its replica behind, `put_back` promotes it, once, and has the database's socket lead to it.
  /// Errors: those of Server; unsupported when there is no such server, or it is not done to one.
  [[nodiscard]] virtual Result<void> apply(Target target, ServerEventKind event) = 0;

  /// Stops all in good order, at once in parallel, and removes everything. Doing it twice is no error.
  virtual Result<void> stop() = 0;
};

/// Starts what is asked for, in parallel, and returns when every server has answered a query. Also removes what
/// earlier programs left behind when they and their keepers were killed. On failure nothing is left.
/// Errors: unavailable when a binary is missing (names the Debian package) or a server ends (with its last log lines);
/// timed_out when it is not ready in time; refused_by_server never.
/// Requires: run_keeper_if_asked was called by main.
[[nodiscard]] Result<std::unique_ptr<PrivateServers>> start_private_servers(const PrivateServersOptions& options);

}  // namespace stalemate
