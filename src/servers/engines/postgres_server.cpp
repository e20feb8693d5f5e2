// initdb and settings for a private PostgreSQL.
#include "servers/engines/postgres_server.hpp"

#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "servers/engines/postgres_failover.hpp"
#include "servers/engines/postgres_process.hpp"
#include "servers/engines/postgres_standby.hpp"
#include "servers/engines/postgres_text.hpp"

namespace stalemate {
namespace {

class PostgresServer final : public PostgresProcess {
 public:
  PostgresServer(const std::shared_ptr<KeeperLink>& link, PostgresServerOptions options, std::optional<Account> account)
      : PostgresProcess(link, "postgres", options.programs, random_password(), std::move(account),
                        options.ready_limit_ns),
        options_(std::move(options)) {}

  /// Makes the cluster; the server does not run yet.
  Result<void> initialise() override {
    if (Result<void> made = make_folder(); !made) {
      return made;
    }
    const std::filesystem::path password_file = folder() / "password";
    if (Result<void> written = write_private_file(password_file, password() + "\n", account()); !written) {
      return written;
    }
    const SpawnOrder order = order_for(initdb_arguments(options_.programs.initdb, data(), password_file), "initdb.log");
    if (Result<void> done = run_to_end(order, options_.ready_limit_ns); !done) {
      return done;
    }
    std::error_code ignored;
    std::filesystem::remove(password_file, ignored);
    std::string version;
    std::getline(std::ifstream(data() / "PG_VERSION"), version);
    return add_settings("\n# The choices of stalemate\n" +
                        postgres_settings(parse_postgres_major(version), options_.clients, options_.isolation));
  }

 private:
  PostgresServerOptions options_;
};

Result<FoundServer> found_postgres(const ServerOptions& options, const std::string& isolation,
                                   const std::string& replica_isolation) {
  const Result<PostgresPrograms> programs = find_postgres();
  if (!programs) {
    return std::unexpected(programs.error());
  }
  if (options.with_replica && programs->basebackup.empty()) {
    return failed(ErrorCode::unavailable, "a standby needs 'pg_basebackup' beside " + programs->postgres.native() +
                                              "; install the Debian package postgresql-client-15");
  }
  return FoundServer{
      .start =
          [=, programs = *programs](const std::shared_ptr<KeeperLink>& link) {
            return start_postgres(link, {.programs = programs,
                                         .clients = options.clients,
                                         .isolation = isolation,
                                         .ready_limit_ns = options.ready_limit_ns});
          },
      .start_replica =
          [=, programs = *programs](const std::shared_ptr<KeeperLink>& link, const ServerFacts& primary) {
            return start_postgres_standby(link, {.programs = programs,
                                                 .primary = primary.addresses.front(),
                                                 .isolation = replica_isolation,
                                                 .ready_limit_ns = options.ready_limit_ns});
          }};
}

constexpr Failover postgres_failover = {.leave_behind = stop_following, .take_over = fail_over};

}  // namespace

const ServerKind postgres_kind = {.title = "PostgreSQL",
                                  .find = [](const ServerOptions& options) { return found_postgres(options, "", ""); },
                                  .failover = postgres_failover};
const ServerKind serializable_postgres_kind = {
    .title = "PostgreSQL",
    .find = [](const ServerOptions& options) { return found_postgres(options, "serializable", "repeatable read"); },
    .failover = postgres_failover};

Result<std::unique_ptr<KeptServer>> start_postgres(const std::shared_ptr<KeeperLink>& link,
                                                   const PostgresServerOptions& options) {
  return start_with_account<PostgresServer>(link, options);
}

}  // namespace stalemate
