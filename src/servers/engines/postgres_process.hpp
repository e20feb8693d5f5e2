// What a private PostgreSQL and its standby share: a data folder, a port, a socket, and how they are started, queried
// and stopped.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/engines/binaries.hpp"
#include "servers/keeper/account.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"

namespace stalemate {

/// The account that PostgreSQL's programs run as. Errors: as account_for.
[[nodiscard]] Result<std::optional<Account>> postgres_account();

/// A server process on the data folder that a derived class makes. Thread rule: as Server.
class PostgresProcess : public KeptServer {
 protected:
  /// It lives in the folder `name` of the link's; its user's password is `password`.
  PostgresProcess(const std::shared_ptr<KeeperLink>& link, const std::string& name, PostgresPrograms programs,
                  std::string password, std::optional<Account> account, Nanoseconds ready_limit_ns);

  /// Makes the folder; the data folder is the derived class's to make.
  [[nodiscard]] Result<void> make_folder();
  /// Adds to the end of the data folder's postgresql.conf.
  [[nodiscard]] Result<void> add_settings(std::string_view text) const;
  [[nodiscard]] std::filesystem::path data() const { return folder() / "data"; }
  /// A program of the same installation, whose outputs go to `log` in the folder.
  [[nodiscard]] SpawnOrder order_for(std::vector<std::string> arguments, const std::string& log) const;
  [[nodiscard]] const PostgresPrograms& programs() const { return programs_; }
  [[nodiscard]] const std::string& password() const { return password_; }
  [[nodiscard]] const std::optional<Account>& account() const { return account_; }

 private:
  [[nodiscard]] Result<void> choose_ports() override;
  [[nodiscard]] std::vector<SpawnOrder> orders() const override;
  void clear_traces() override;
  [[nodiscard]] Result<void> answer(Nanoseconds limit_ns) override;
  [[nodiscard]] int stop_signal() const override;

  PostgresPrograms programs_;
  std::string password_;
  std::optional<Account> account_;
};

/// Starts a `Process`, which is a PostgresProcess, under the account for it. Errors: as postgres_account and started.
template <class Process, class Options>
[[nodiscard]] Result<std::unique_ptr<KeptServer>> start_with_account(const std::shared_ptr<KeeperLink>& link,
                                                                     const Options& options) {
  Result<std::optional<Account>> account = postgres_account();
  if (!account) {
    return std::unexpected(account.error());
  }
  return started(std::make_unique<Process>(link, options, std::move(*account)));
}

}  // namespace stalemate
