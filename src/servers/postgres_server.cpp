// initdb, settings, start and questions for a private PostgreSQL.
#include "servers/postgres_server.hpp"

#include <signal.h>

#include <array>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

#include "servers/account.hpp"
#include "servers/launch.hpp"
#include "servers/postgres_text.hpp"
#include "servers/probes.hpp"

namespace stalemate {
namespace {

constexpr std::string_view user_name = "stalemate";
constexpr std::string_view database_name = "postgres";

class PostgresServer final : public KeptServer {
 public:
  PostgresServer(const std::shared_ptr<KeeperLink>& link, PostgresServerOptions options, std::optional<Account> account)
      : KeptServer(link, link->folder() / "postgres", options.ready_limit_ns),
        options_(std::move(options)),
        account_(std::move(account)),
        password_(random_password()) {
    facts_.engine = "PostgreSQL";
    facts_.data_folder = data();
    facts_.log_path = log();
  }

  /// Makes the cluster; the server does not run yet.
  Result<void> initialise() {
    if (Result<void> made = make_private_folder(folder(), account_); !made) {
      return made;
    }
    facts_.filesystem = filesystem_of(folder());
    const std::filesystem::path password_file = folder() / "password";
    if (Result<void> written = write_private_file(password_file, password_ + "\n", account_); !written) {
      return written;
    }
    SpawnOrder order = order_for(initdb_arguments(options_.programs.initdb, data(), password_file));
    order.log = folder() / "initdb.log";
    if (Result<void> done = run_to_end(order, options_.ready_limit_ns); !done) {
      return done;
    }
    std::error_code ignored;
    std::filesystem::remove(password_file, ignored);
    std::string version;
    std::getline(std::ifstream(data() / "PG_VERSION"), version);
    std::ofstream settings(data() / "postgresql.conf", std::ios::app);
    settings << "\n# The choices of stalemate\n"
             << postgres_settings(parse_postgres_major(version), options_.clients, options_.isolation) << std::flush;
    if (!settings) {
      return failed(ErrorCode::unavailable, "cannot write " + (data() / "postgresql.conf").native());
    }
    return {};
  }

 protected:
  Result<void> choose_ports() override {
    const Result<std::uint16_t> port = free_port();
    if (!port) {
      return std::unexpected(port.error());
    }
    const std::filesystem::path socket = postgres_socket(folder(), *port);
    if (!socket_path_fits(socket)) {
      return failed(ErrorCode::unavailable, "the path " + socket.native() +
                                                " is too long for a socket (107 bytes); choose a base folder with a "
                                                "shorter path");
    }
    ServerAddress address{.port = *port,
                          .user = std::string(user_name),
                          .password = password_,
                          .database = std::string(database_name),
                          .socket = folder()};
    address.url = postgres_url(user_name, password_, *port, database_name);
    address.socket_url = postgres_socket_url(user_name, password_, folder(), *port, database_name);
    address.client_command = "psql '" + address.url + "'";
    facts_.addresses = {std::move(address)};
    return {};
  }

  [[nodiscard]] std::vector<SpawnOrder> orders() const override {
    return {order_for(postgres_arguments(options_.programs.postgres, data(), folder(), facts_.addresses.front().port))};
  }

  void clear_traces() override {
    // A new server would refuse to start if the numbers in these files had been given to other processes by now.
    const std::filesystem::path socket = postgres_socket(folder(), facts_.addresses.front().port);
    for (const std::filesystem::path& trace :
         {data() / "postmaster.pid", socket, std::filesystem::path(socket.native() + ".lock")}) {
      std::error_code ignored;
      std::filesystem::remove(trace, ignored);
    }
  }

  Result<void> answer(Nanoseconds limit_ns) override {
    const Result<std::vector<std::string>> row = ask_postgres(
        facts_.addresses.front(),
        "SELECT current_setting('server_version'), current_setting('default_transaction_isolation')", limit_ns);
    if (!row) {
      return std::unexpected(row.error());
    }
    facts_.version = row->at(0);
    facts_.default_isolation = row->at(1);
    return {};
  }

  /// "Fast" shutdown: clients are turned away, everything is written.
  [[nodiscard]] int stop_signal() const override { return SIGINT; }

 private:
  [[nodiscard]] std::filesystem::path data() const { return folder() / "data"; }
  [[nodiscard]] std::filesystem::path log() const { return folder() / "postgres.log"; }

  [[nodiscard]] SpawnOrder order_for(std::vector<std::string> arguments) const {
    return {.arguments = std::move(arguments), .folder = folder(), .log = log(), .account = account_};
  }

  PostgresServerOptions options_;
  std::optional<Account> account_;
  std::string password_;
};

}  // namespace

Result<std::unique_ptr<KeptServer>> start_postgres(const std::shared_ptr<KeeperLink>& link,
                                                   const PostgresServerOptions& options) {
  constexpr std::array<std::string_view, 1> accounts = {"postgres"};
  Result<std::optional<Account>> account = account_for(accounts);
  if (!account) {
    return std::unexpected(account.error());
  }
  auto server = std::make_unique<PostgresServer>(link, options, std::move(*account));
  if (const Result<void> made = server->initialise(); !made) {
    return std::unexpected(made.error());
  }
  if (const Result<void> started = server->start_first(); !started) {
    return std::unexpected(started.error());
  }
  return server;
}

}  // namespace stalemate
