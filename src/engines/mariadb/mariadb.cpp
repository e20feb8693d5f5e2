// MariaDB, and MySQL, which speaks its protocol.
#include "core/text/words.hpp"
#include "drivers/url.hpp"
#include "engines/mariadb/mariadb_database.hpp"
#include "servers/engines/mariadb_server.hpp"

namespace stalemate {
namespace {

// "-p" asks for the password.
std::string mariadb_script_command(const std::string& url, const std::string& file) {
  const MariaDbAddress at = parse_mariadb_url(url).value_or(MariaDbAddress());
  const std::string place = at.socket_path.empty() ? "-h " + shell_word(at.host) + " -P " + std::to_string(at.port)
                                                   : "-S " + shell_word(at.socket_path);
  const std::string login =
      (at.user.empty() ? "" : " -u " + shell_word(at.user)) + (at.password.empty() ? std::string() : " -p");
  return "mariadb " + place + login + " -D " + shell_word(at.database) + " < " + shell_word(file);
}

const DatabaseEngine mariadb_engine = {
    .check_url = [](const std::string& url) { return without_value(parse_mariadb_url(url)); },
    .open = [](DatabaseWanted wanted) -> std::unique_ptr<LiveDatabase> {
      return std::make_unique<MariaDbDatabase>(std::move(wanted));
    },
    .script_command = mariadb_script_command,
    .server = &mariadb_kind};

[[maybe_unused]] const bool mariadb_registered =
    EngineRegistry::add({.name = "mariadb",
                         .title = "MariaDB",
                         .schemes = {"mysql", "mariadb"},
                         .url_form = "mysql://USER:PASSWORD@HOST:PORT/DATABASE",
                         .password_variable = "MYSQL_PWD",
                         .abilities = abilities_of(Ability::row_versions, Ability::outbox, Ability::rollback,
                                                   Ability::cut, Ability::datasets),
                         .database = &mariadb_engine});

}  // namespace
}  // namespace stalemate
