// PostgreSQL.
#include "core/text/words.hpp"
#include "drivers/url.hpp"
#include "engines/postgres/postgres_database.hpp"
#include "servers/engines/postgres_server.hpp"

namespace stalemate {
namespace {

const DatabaseEngine postgres_engine = {
    .check_url = [](const std::string& url) { return check_postgres_url(url); },
    .open = [](DatabaseWanted wanted) -> std::unique_ptr<LiveDatabase> {
      return std::make_unique<PostgresDatabase>(std::move(wanted), Isolation::server_default);
    },
    .script_command =
        [](const std::string& url, const std::string& file) {
          return "psql " + shell_word(url_to_log_in(url)) + " -f " + shell_word(file);
        },
    .server = &postgres_kind};

[[maybe_unused]] const bool postgres_registered =
    EngineRegistry::add({.name = "postgres",
                         .title = "PostgreSQL",
                         .schemes = {"postgres", "postgresql"},
                         .url_form = "postgres://USER:PASSWORD@HOST:PORT/DATABASE",
                         .password_variable = "PGPASSWORD",
                         .abilities = abilities_of(Ability::row_versions, Ability::outbox, Ability::change_log,
                                                   Ability::replica, Ability::nodes, Ability::rollback, Ability::cut,
                                                   Ability::failover, Ability::datasets, Ability::deletes),
                         .database = &postgres_engine});

}  // namespace
}  // namespace stalemate
