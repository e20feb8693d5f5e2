#include "cli/run/server_control.hpp"

#include <system_error>

#include "drivers/postgres/blocking_connection.hpp"

namespace stalemate {
namespace {

/// The socket that the server's clients connect to.
Result<std::filesystem::path> socket_of(Server* server) {
  const ServerAddress address = server == nullptr ? ServerAddress() : server->facts().addresses.front();
  if (address.socket.empty()) {
    return failed(ErrorCode::unsupported,
                  "this server's connections cannot be cut, as they do not go through a socket");
  }
  return address.user.empty() ? address.socket : address.socket / (".s.PGSQL." + std::to_string(address.port));
}

std::filesystem::path out_of_reach(std::filesystem::path socket) {
  return socket += ".cut";
}

Result<void> move_socket(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  return error ? failed(ErrorCode::unavailable, "the socket " + from.native() + " cannot be moved: " + error.message())
               : Result<void>();
}

Result<void> run_statement(const PostgresOptions& options, const char* statement) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const auto done = connection->run(statement);
  return without_value(done);
}

Result<void> throw_out_clients(const Server& database) {
  PostgresOptions options;
  options.url = database.facts().addresses.front().url;
  return run_statement(options,
                       "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                       "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
}

}  // namespace

StoreControl::StoreControl(ControlledServers servers) : servers_(std::move(servers)) {
  if (servers_.cache) {
    RedisOptions options = *servers_.cache;
    if (servers_.own != nullptr && servers_.own->cache() != nullptr) {
      options.url = servers_.own->cache()->facts().addresses.front().url;  // not by the socket, which may be cut off
    }
    cache_.emplace(std::move(options));
  }
}

Result<void> StoreControl::carry_out(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEventKind::cut: return cut(event.target);
    case ServerEventKind::mend: return mend(event.target);
    case ServerEventKind::hold_back: return tell_replica("SELECT pg_wal_replay_pause()");
    case ServerEventKind::catch_up: return tell_replica("SELECT pg_wal_replay_resume()");
    case ServerEventKind::remember: return cache_->remember();
    case ServerEventKind::put_back: return cache_->put_back();
    case ServerEventKind::evict:
    case ServerEventKind::evict_end:
    case ServerEventKind::expire:
    case ServerEventKind::expire_end: return {};  // what happens meanwhile are strikes
    case ServerEventKind::pause:
    case ServerEventKind::resume:
    case ServerEventKind::kill:
    case ServerEventKind::start: break;
  }
  return servers_.own == nullptr ? failed(ErrorCode::unsupported, "there is no private server")
                                 : servers_.own->apply(event.target, event.kind);
}

Result<bool> StoreControl::strike(const ServerEvent& event, Key key, std::uint64_t draw) {
  return cache_->drop_one(
      key, event.kind == ServerEventKind::evict ? CacheStrikes::Prey::any : CacheStrikes::Prey::what_expires, draw);
}

// Whoever would connect finds no socket; whoever is connected is thrown out. The server itself notices neither.
Result<void> StoreControl::cut(Target target) {
  const bool is_cache = target == Target::cache;
  Server* const server = is_cache ? servers_.own->cache() : servers_.own->database();
  const Result<std::filesystem::path> socket = socket_of(server);
  if (!socket) {
    return std::unexpected(socket.error());
  }
  if (const Result<void> moved = move_socket(*socket, out_of_reach(*socket)); !moved) {
    return moved;
  }
  const Result<void> cut_off = is_cache ? cache_->cut_others() : throw_out_clients(*server);
  if (!cut_off) {
    if (const Result<void> back = move_socket(out_of_reach(*socket), *socket); !back) {
      return back;
    }
  }
  return cut_off;
}

Result<void> StoreControl::mend(Target target) {
  const Result<std::filesystem::path> socket =
      socket_of(target == Target::cache ? servers_.own->cache() : servers_.own->database());
  return socket ? move_socket(out_of_reach(*socket), *socket) : without_value(socket);
}

Result<void> StoreControl::tell_replica(const char* statement) {
  return servers_.replica ? run_statement(*servers_.replica, statement)
                          : failed(ErrorCode::unsupported, "there is no private replica");
}

bool needs_private_server(ServerEventKind kind) {
  switch (kind) {
    case ServerEventKind::remember:
    case ServerEventKind::put_back:
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
                                                    : "stops the " + server;
}

}  // namespace stalemate
