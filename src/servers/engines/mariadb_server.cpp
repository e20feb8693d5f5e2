// Data folder, arguments, start and questions for a private MariaDB.
#include "servers/engines/mariadb_server.hpp"

#include <signal.h>

#include <array>
#include <optional>
#include <system_error>
#include <utility>

#include "servers/engines/postgres_text.hpp"
#include "servers/engines/probes.hpp"
#include "servers/keeper/account.hpp"
#include "servers/keeper/folders.hpp"
#include "servers/keeper/launch.hpp"

namespace stalemate {
namespace {

constexpr std::string_view mariadb_name = "stalemate";  // of the database and its user

std::filesystem::path mariadb_socket(const std::filesystem::path& folder) {
  return folder / "mariadb.sock";
}

std::filesystem::path mariadb_data(const std::filesystem::path& folder) {
  return folder / "data";
}

// A server that starts removes what looks like temporary tables of earlier ones; in a folder of all those would be of
// others that run.
std::filesystem::path mariadb_temporary(const std::filesystem::path& folder) {
  return folder / "tmp";
}

std::filesystem::path first_statements_file(const std::filesystem::path& folder) {
  return folder / "first.sql";
}

// The name of the isolation level depends on the server's version.
constexpr const char* mariadb_facts_text =
    "SELECT VERSION(), (SELECT LOWER(REPLACE(variable_value, '-', ' ')) FROM information_schema.global_variables"
    " WHERE variable_name IN ('TX_ISOLATION', 'TRANSACTION_ISOLATION') LIMIT 1)";

class MariaDbServer final : public KeptServer {
 public:
  MariaDbServer(const std::shared_ptr<KeeperLink>& link, MariaDbServerOptions options, std::optional<Account> account)
      : KeptServer(link, link->folder() / "mariadb", options.ready_limit_ns),
        options_(std::move(options)),
        account_(std::move(account)),
        password_(random_password()) {
    facts_.engine = "MariaDB";
    facts_.data_folder = mariadb_data(folder());
  }

  Result<void> initialise() override {
    for (const std::filesystem::path& each : {folder(), facts_.data_folder, mariadb_temporary(folder())}) {
      if (Result<void> made = make_private_folder(each, account_); !made) {
        return made;
      }
    }
    facts_.filesystem = filesystem_of(folder());
    if (Result<void> written =
            write_private_file(first_statements_file(folder()), mariadb_first_statements(password_), account_);
        !written) {
      return written;
    }
    return run_to_end(order_for(mariadb_install_arguments(options_.programs, folder()), "mariadb-install-db.log"),
                      options_.ready_limit_ns);
  }

 protected:
  Result<void> choose_ports() override {
    const Result<std::uint16_t> port = free_port();
    if (!port) {
      return std::unexpected(port.error());
    }
    const std::filesystem::path socket = mariadb_socket(folder());
    if (!socket_path_fits(socket)) {
      return failed(ErrorCode::unavailable, "the path " + socket.native() +
                                                " is too long for a socket (107 bytes); choose a base folder with a "
                                                "shorter path");
    }
    const std::string name(mariadb_name);
    ServerAddress address{.port = *port, .user = name, .password = password_, .database = name, .socket = socket};
    address.url = "mysql://" + name + ":" + password_ + "@127.0.0.1:" + std::to_string(*port) + "/" + name;
    address.socket_url =
        "mysql://" + name + ":" + password_ + "@/" + name + "?socket=" + percent_encoded(socket.native());
    address.client_command =
        "MYSQL_PWD=" + password_ + " mariadb -h 127.0.0.1 -P " + std::to_string(*port) + " -u " + name + " " + name;
    address.log_path = folder() / "mariadb.log";
    facts_.addresses = {std::move(address)};
    return {};
  }

  [[nodiscard]] std::vector<SpawnOrder> orders() const override {
    return {order_for(mariadb_arguments(options_, folder(), facts_.addresses.front().port), "mariadb.log")};
  }

  void clear_traces() override {
    for (const char* const trace : {"mariadb.sock", "mariadb.pid"}) {
      std::error_code ignored;
      std::filesystem::remove(folder() / trace, ignored);
    }
  }

  Result<void> answer(Nanoseconds limit_ns) override {
    const Result<std::vector<std::string>> row = ask_mariadb(facts_.addresses.front(), mariadb_facts_text, limit_ns);
    if (!row) {
      return std::unexpected(row.error());
    }
    facts_.version = row->at(0);
    facts_.default_isolation = row->at(1);
    return {};
  }

  [[nodiscard]] int stop_signal() const override { return SIGTERM; }

 private:
  [[nodiscard]] SpawnOrder order_for(std::vector<std::string> arguments, const std::string& log) const {
    return {.arguments = std::move(arguments), .folder = folder(), .log = folder() / log, .account = account_};
  }

  MariaDbServerOptions options_;
  std::optional<Account> account_;
  std::string password_;
};

}  // namespace

std::vector<std::string> mariadb_install_arguments(const MariaDbPrograms& programs,
                                                   const std::filesystem::path& folder) {
  return {programs.install.native(), "--no-defaults", "--datadir=" + mariadb_data(folder).native(),
          "--tmpdir=" + mariadb_temporary(folder).native(), "--skip-test-db", "--skip-name-resolve",
          "--auth-root-authentication-method=socket",
          // The server takes it on with its own size of log.
          "--innodb-log-file-size=8M"};
}

std::vector<std::string> mariadb_arguments(const MariaDbServerOptions& options, const std::filesystem::path& folder,
                                           std::uint16_t port) {
  // Besides the clients: samplers, the claim, sessions by hand.
  constexpr int spare_connections = 40;
  return {options.programs.server.native(), "--no-defaults", "--datadir=" + mariadb_data(folder).native(),
          "--tmpdir=" + mariadb_temporary(folder).native(), "--socket=" + mariadb_socket(folder).native(),
          "--pid-file=" + (folder / "mariadb.pid").native(), "--port=" + std::to_string(port),
          "--bind-address=127.0.0.1", "--init-file=" + first_statements_file(folder).native(),
          "--max-connections=" + std::to_string(options.clients + spare_connections), "--innodb-buffer-pool-size=128M",
          "--innodb-log-file-size=64M", "--innodb-flush-log-at-trx-commit=1", "--skip-log-bin", "--skip-name-resolve",
          "--performance-schema=OFF", "--character-set-server=utf8mb4", "--default-time-zone=+00:00",
          // A pool that is read back at a start, and written at an end, is for servers that live long.
          "--innodb-buffer-pool-dump-at-shutdown=OFF", "--innodb-buffer-pool-load-at-startup=OFF"};
}

std::string mariadb_first_statements(std::string_view password) {
  const std::string name(mariadb_name);
  std::string text = "CREATE DATABASE IF NOT EXISTS " + name + ";\n";
  for (const char* const host : {"127.0.0.1", "localhost"}) {
    const std::string user = "'" + name + "'@'" + host + "'";
    text += "CREATE USER IF NOT EXISTS " + user + " IDENTIFIED BY '" + std::string(password) + "';\n" +
            "GRANT ALL PRIVILEGES ON *.* TO " + user + " WITH GRANT OPTION;\n";
  }
  return text;
}

Result<std::unique_ptr<KeptServer>> start_mariadb(const std::shared_ptr<KeeperLink>& link,
                                                  const MariaDbServerOptions& options) {
  constexpr std::array<std::string_view, 1> accounts = {"mysql"};
  Result<std::optional<Account>> account = account_for(accounts);
  if (!account) {
    return std::unexpected(account.error());
  }
  return started(std::make_unique<MariaDbServer>(link, options, std::move(*account)));
}

const ServerKind mariadb_kind = {.title = "MariaDB", .find = [](const ServerOptions& options) -> Result<FoundServer> {
                                   const Result<MariaDbPrograms> programs = find_mariadb();
                                   if (!programs) {
                                     return std::unexpected(programs.error());
                                   }
                                   const MariaDbServerOptions wanted = {.programs = *programs,
                                                                        .clients = options.clients,
                                                                        .ready_limit_ns = options.ready_limit_ns};
                                   return FoundServer{.start = [wanted](const std::shared_ptr<KeeperLink>& link) {
                                     return start_mariadb(link, wanted);
                                   }};
                                 }};

}  // namespace stalemate
