// Settings, start and questions for a private Redis.
#include "servers/engines/redis_server.hpp"

#include <signal.h>

#include <array>
#include <optional>
#include <sstream>
#include <system_error>

#include "servers/engines/binaries.hpp"
#include "servers/engines/postgres_text.hpp"
#include "servers/engines/probes.hpp"
#include "servers/keeper/account.hpp"
#include "servers/keeper/launch.hpp"

namespace stalemate {
namespace {

class RedisServer final : public KeptServer {
 public:
  RedisServer(const std::shared_ptr<KeeperLink>& link, RedisServerOptions options, std::optional<Account> account)
      : KeptServer(link, link->folder() / options.names.file, options.ready_limit_ns),
        options_(std::move(options)),
        account_(std::move(account)),
        password_(random_password()) {
    facts_.engine = options_.names.engine;
    facts_.data_folder = folder() / "data";
  }

  Result<void> initialise() override {
    Result<void> made = make_private_folder(folder(), account_);
    if (made) {
      made = make_private_folder(facts_.data_folder, account_);
    }
    facts_.filesystem = filesystem_of(folder());
    return made;
  }

 protected:
  Result<void> choose_ports() override {
    const Result<std::uint16_t> port = free_port();
    if (!port) {
      return std::unexpected(port.error());
    }
    if (!socket_path_fits(socket())) {
      return failed(ErrorCode::unavailable, "the path " + socket().native() +
                                                " is too long for a socket (107 bytes); choose a base folder with a "
                                                "shorter path");
    }
    ServerAddress address{.port = *port, .password = password_, .database = "0", .socket = socket()};
    address.url = "redis://:" + password_ + "@127.0.0.1:" + std::to_string(*port) + "/0";
    address.socket_url = "unix://:" + password_ + "@" + socket().native() + "?db=0";
    address.log_path = log();
    address.client_command = "REDISCLI_AUTH=" + password_ + " " + name() + "-cli -p " + std::to_string(*port);
    facts_.addresses = {std::move(address)};
    std::error_code ignored;
    std::filesystem::remove(settings(), ignored);
    return write_private_file(
        settings(), redis_settings(*port, password_, socket(), facts_.data_folder, options_.persists), account_);
  }

  [[nodiscard]] std::vector<SpawnOrder> orders() const override {
    return {SpawnOrder{.arguments = {options_.program.native(), settings().native()},
                       .folder = folder(),
                       .log = log(),
                       .account = account_}};
  }

  void clear_traces() override {
    std::error_code ignored;
    std::filesystem::remove(socket(), ignored);
  }

  Result<void> answer(Nanoseconds limit_ns) override {
    Result<std::string> version = ask_redis(facts_.addresses.front(), limit_ns);
    if (!version) {
      return std::unexpected(version.error());
    }
    facts_.version = std::move(*version);
    return {};
  }

  [[nodiscard]] int stop_signal() const override { return SIGTERM; }

 private:
  [[nodiscard]] std::string name() const { return std::string(options_.names.file); }
  [[nodiscard]] std::filesystem::path settings() const { return folder() / (name() + ".conf"); }
  [[nodiscard]] std::filesystem::path log() const { return folder() / (name() + ".log"); }
  [[nodiscard]] std::filesystem::path socket() const { return folder() / (name() + ".sock"); }

  RedisServerOptions options_;
  std::optional<Account> account_;
  std::string password_;
};

using FindProgram = Result<std::filesystem::path> (*)();

Result<FoundServer> found_redis(FindProgram find, const RedisNames& names, const ServerOptions& options) {
  const Result<std::filesystem::path> program = find();
  if (!program) {
    return std::unexpected(program.error());
  }
  return FoundServer{.start = [=, program = *program](const std::shared_ptr<KeeperLink>& link) {
    return start_redis(
        link,
        {.program = program, .names = names, .persists = options.persists, .ready_limit_ns = options.ready_limit_ns});
  }};
}

}  // namespace

const ServerKind redis_kind = {.title = "Redis", .find = [](const ServerOptions& options) {
                                 return found_redis(find_redis, RedisNames(), options);
                               }};
const ServerKind valkey_kind = {.title = "Valkey", .find = [](const ServerOptions& options) {
                                  return found_redis(find_valkey, {.engine = "Valkey", .file = "valkey"}, options);
                                }};

std::string redis_settings(std::uint16_t port, std::string_view password, const std::filesystem::path& socket,
                           const std::filesystem::path& data, bool persists) {
  std::ostringstream text;
  text << "bind 127.0.0.1\n"
       << "protected-mode yes\n"
       << "port " << port << '\n'
       << "requirepass \"" << password << "\"\n"
       << "unixsocket \"" << socket.native() << "\"\n"
       << "unixsocketperm 700\n"
       << "dir \"" << data.native() << "\"\n"
       << "daemonize no\n"
       << "logfile \"\"\n"
       << "maxclients 4300\n"
       << "save \"\"\n"
       << "appendonly " << (persists ? "yes" : "no") << '\n';
  if (persists) {
    text << "appendfsync everysec\n";
  }
  return text.str();
}

Result<std::unique_ptr<KeptServer>> start_redis(const std::shared_ptr<KeeperLink>& link,
                                                const RedisServerOptions& options) {
  const std::array<std::string_view, 1> accounts = {options.names.file};
  Result<std::optional<Account>> account = account_for(accounts);
  if (!account) {
    return std::unexpected(account.error());
  }
  return started(std::make_unique<RedisServer>(link, options, std::move(*account)));
}

}  // namespace stalemate
