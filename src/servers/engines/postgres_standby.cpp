// pg_basebackup and start of a standby.
#include "servers/engines/postgres_standby.hpp"

#include <string>
#include <utility>

#include "servers/engines/postgres_process.hpp"
#include "servers/engines/postgres_text.hpp"

namespace stalemate {
namespace {

class PostgresStandby final : public PostgresProcess {
 public:
  PostgresStandby(const std::shared_ptr<KeeperLink>& link, PostgresStandbyOptions options,
                  std::optional<Account> account)
      : PostgresProcess(link, "standby", options.programs, options.primary.password, std::move(account),
                        options.ready_limit_ns),
        options_(std::move(options)) {}

  /// Makes the copy; it does not run yet.
  Result<void> initialise() override {
    if (Result<void> made = make_folder(); !made) {
      return made;
    }
    // Stays, because the standby logs in with it whenever it connects.
    const std::filesystem::path password_file = folder() / "password";
    if (Result<void> written = write_private_file(password_file, "*:*:*:*:" + password() + "\n", account()); !written) {
      return written;
    }
    const SpawnOrder order =
        order_for(basebackup_arguments(options_.programs.basebackup, data(), options_.primary.socket,
                                       options_.primary.port, options_.primary.user, password_file),
                  "pg_basebackup.log");
    if (Result<void> copied = run_to_end(order, options_.ready_limit_ns); !copied || options_.isolation.empty()) {
      return copied;
    }
    return add_settings("default_transaction_isolation = '" + options_.isolation + "'\n");
  }

 private:
  PostgresStandbyOptions options_;
};

}  // namespace

Result<std::unique_ptr<KeptServer>> start_postgres_standby(const std::shared_ptr<KeeperLink>& link,
                                                           const PostgresStandbyOptions& options) {
  return start_with_account<PostgresStandby>(link, options);
}

}  // namespace stalemate
