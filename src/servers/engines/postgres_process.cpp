#include "servers/engines/postgres_process.hpp"

#include <signal.h>

#include <array>
#include <fstream>
#include <system_error>
#include <utility>

#include "servers/engines/postgres_text.hpp"
#include "servers/engines/probes.hpp"
#include "servers/keeper/folders.hpp"
#include "servers/keeper/launch.hpp"

namespace stalemate {
namespace {

constexpr std::string_view user_name = "stalemate";
constexpr std::string_view database_name = "postgres";
constexpr const char* server_log = "postgres.log";

}  // namespace

Result<std::optional<Account>> postgres_account() {
  constexpr std::array<std::string_view, 1> accounts = {"postgres"};
  return account_for(accounts);
}

PostgresProcess::PostgresProcess(const std::shared_ptr<KeeperLink>& link, const std::string& name,
                                 PostgresPrograms programs, std::string password, std::optional<Account> account,
                                 Nanoseconds ready_limit_ns)
    : KeptServer(link, link->folder() / name, ready_limit_ns),
      programs_(std::move(programs)),
      password_(std::move(password)),
      account_(std::move(account)) {
  facts_.engine = "PostgreSQL";
  facts_.data_folder = data();
}

Result<void> PostgresProcess::make_folder() {
  if (Result<void> made = make_private_folder(folder(), account_); !made) {
    return made;
  }
  facts_.filesystem = filesystem_of(folder());
  return {};
}

Result<void> PostgresProcess::add_settings(std::string_view text) const {
  const std::filesystem::path path = data() / "postgresql.conf";
  std::ofstream file(path, std::ios::app);
  file << text << std::flush;
  return file ? Result<void>() : failed(ErrorCode::unavailable, "cannot write " + path.native());
}

SpawnOrder PostgresProcess::order_for(std::vector<std::string> arguments, const std::string& log) const {
  return {.arguments = std::move(arguments), .folder = folder(), .log = folder() / log, .account = account_};
}

Result<void> PostgresProcess::choose_ports() {
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
  address.client_command =
      "PGPASSWORD=" + password_ + " psql '" + postgres_url(user_name, "", *port, database_name) + "'";
  address.log_path = folder() / server_log;
  facts_.addresses = {std::move(address)};
  return {};
}

std::vector<SpawnOrder> PostgresProcess::orders() const {
  return {
      order_for(postgres_arguments(programs_.postgres, data(), folder(), facts_.addresses.front().port), server_log)};
}

void PostgresProcess::clear_traces() {
  // A new server would refuse to start if the numbers in these files had been given to other processes by now.
  const std::filesystem::path socket = postgres_socket(folder(), facts_.addresses.front().port);
  for (const std::filesystem::path& trace :
       {data() / "postmaster.pid", socket, std::filesystem::path(socket.native() + ".lock")}) {
    std::error_code ignored;
    std::filesystem::remove(trace, ignored);
  }
}

Result<void> PostgresProcess::answer(Nanoseconds limit_ns) {
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

// "Fast" shutdown: clients are turned away, everything is written.
int PostgresProcess::stop_signal() const {
  return SIGINT;
}

}  // namespace stalemate
