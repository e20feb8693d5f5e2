// MariaDB, and MySQL, which speaks its protocol.
#include "drivers/url.hpp"
#include "engines/mariadb/mariadb_database.hpp"
#include "servers/engines/mariadb_server.hpp"

namespace stalemate {
namespace {

const DatabaseEngine mariadb_engine = {
    .check_url = [](const std::string& url) { return without_value(parse_mariadb_url(url)); },
    .open = [](DatabaseWanted wanted) -> std::unique_ptr<LiveDatabase> {
      return std::make_unique<MariaDbDatabase>(std::move(wanted));
    },
    .server = &mariadb_kind};

[[maybe_unused]] const bool mariadb_registered = EngineRegistry::add(
    {.name = "mariadb",
     .title = "MariaDB",
     .schemes = {"mysql", "mariadb"},
     .url_form = "mysql://USER:PASSWORD@HOST:PORT/DATABASE",
     .password_variable = "MYSQL_PWD",
     .abilities = abilities_of(Ability::row_versions, Ability::outbox, Ability::rollback, Ability::cut),
     .database = &mariadb_engine});

}  // namespace
}  // namespace stalemate
