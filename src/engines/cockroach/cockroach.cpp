// CockroachDB, which speaks PostgreSQL's protocol. Where its program is missing, a PostgreSQL at SERIALIZABLE, the one
// level that it has always had, takes its place.
#include "drivers/url.hpp"
#include "engines/postgres/postgres_database.hpp"
#include "servers/engines/cockroach_cluster.hpp"

namespace stalemate {
namespace {

const DatabaseEngine cockroach_engine = {.check_url = [](const std::string& url) { return check_postgres_url(url); },
                                         .open = [](DatabaseWanted wanted) -> std::unique_ptr<LiveDatabase> {
                                           return std::make_unique<PostgresDatabase>(std::move(wanted),
                                                                                     Isolation::serializable);
                                         },
                                         .server = &cockroach_or_postgres_kind,
                                         .stand_in_title = "PostgreSQL"};

// The abilities are those of either server; a private CockroachDB starts no replica, which is told where one is wanted.
[[maybe_unused]] const bool cockroach_registered =
    EngineRegistry::add({.name = "cockroach",
                         .title = "CockroachDB",
                         .schemes = {"postgres", "postgresql"},
                         .url_form = "postgres://USER:PASSWORD@HOST:PORT/DATABASE",
                         .password_variable = "PGPASSWORD",
                         .abilities = abilities_of(Ability::row_versions, Ability::outbox, Ability::change_log,
                                                   Ability::replica, Ability::nodes, Ability::rollback, Ability::cut),
                         .database = &cockroach_engine});

}  // namespace
}  // namespace stalemate
