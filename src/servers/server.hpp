// A private server: what is known of it and what can be done to it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"

namespace stalemate {

/// Where one server, or one node of a cluster, listens. Loopback only.
/// `url`, `socket_url`, `client_command` and `password` hold the password: never put them into an error or a history.
struct ServerAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string user = {};              ///< empty for Redis
  std::string password = {};          ///< empty for an insecure CockroachDB node
  std::string database = {};          ///< "postgres", "defaultdb"; "0" for Redis
  std::filesystem::path socket = {};  ///< Postgres: the socket's folder; Redis: the socket itself; CockroachDB: empty
  std::string url = {};         ///< postgres://user:password@127.0.0.1:port/db, redis://:password@127.0.0.1:port/0
  std::string socket_url = {};  ///< postgres://user:password@/db?host=FOLDER&port=N, unix://:password@/PATH?db=0
  /// A psql or redis-cli line for a shell; the password is in its environment, where no list of processes shows it.
  std::string client_command = {};
  std::string console_url = {};  ///< of its web console; empty where it has none
  std::filesystem::path log_path = {};
};

/// What is known of a running server.
struct ServerFacts {
  std::string engine = {};                    ///< "PostgreSQL", "Redis", "CockroachDB"
  std::string version = {};                   ///< as the server reports it, such as "15.20 (Debian 15.20-0+deb12u1)"
  std::string default_isolation = {};         ///< as the server reports it, such as "read committed"; empty for Redis
  std::vector<ServerAddress> addresses = {};  ///< one a node, never empty
  std::vector<pid_t> pids = {};               ///< one a node: the server's first process
  std::filesystem::path data_folder = {};     ///< of a cluster: the folder of all nodes
  std::string filesystem = {};  ///< the filesystem of the data: "ext4", "tmpfs", ... or "0x..." where unnamed
};

/// One private server, or one cluster.
/// Thread rule: any thread; the calls block (pause and resume for milliseconds, start_again until ready) and exclude
/// one another.
class Server {
 public:
  virtual ~Server() = default;

  [[nodiscard]] virtual ServerFacts facts() const = 0;

  /// Stops every process of the server with SIGSTOP: connections stay, nothing answers.
  /// Errors: unavailable when it is dead or its keeper is.
  [[nodiscard]] virtual Result<void> pause() = 0;

  /// Undoes pause.
  [[nodiscard]] virtual Result<void> resume() = 0;

  /// Kills every process of the server with SIGKILL, paused or not, and returns when they are gone. The data stays.
  [[nodiscard]] virtual Result<void> kill_now() = 0;

  /// Starts a dead server again on the same data and ports and waits until it answers a query.
  /// Errors: timed_out or unavailable, with the server's last log lines; unavailable when it is running.
  [[nodiscard]] virtual Result<void> start_again() = 0;

  /// Shuts the server down in order within a few seconds, else kills it, and removes its folder. May be called twice.
  [[nodiscard]] virtual Result<void> stop() = 0;
};

}  // namespace stalemate
