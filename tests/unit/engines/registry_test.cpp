// What holds for every engine there is, and how one is found by name and by URL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/engine.hpp"
#include "engines/cache_engine.hpp"
#include "engines/database_engine.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr AbilityMask of_both = abilities_of(Ability::cut, Ability::datasets);
constexpr AbilityMask of_databases =
    of_both | abilities_of(Ability::row_versions, Ability::outbox, Ability::change_log, Ability::replica,
                           Ability::nodes, Ability::rollback, Ability::failover, Ability::deletes);

bool takes(const EngineInfo& engine, const std::string& url) {
  return (engine.database != nullptr ? engine.database->check_url : engine.cache->check_url)(url).has_value();
}

const ServerKind* server_of(const EngineInfo& engine) {
  return engine.database != nullptr ? engine.database->server : engine.cache->server;
}

TEST(EngineRegistry, has_databases_and_caches_with_abilities_of_their_role) {
  EXPECT_FALSE(engine_names(Store::database).empty());
  EXPECT_FALSE(engine_names(Store::cache).empty());
  for (const EngineInfo& engine : EngineRegistry::all()) {
    SCOPED_TRACE(engine.name);
    EXPECT_NE(engine.database == nullptr, engine.cache == nullptr);
    EXPECT_FALSE(engine.title.empty());
    const bool is_database = engine.role() == Store::database;
    EXPECT_EQ(engine.abilities & (is_database ? ~of_databases : of_databases & ~of_both), 0);
  }
}

TEST(EngineRegistry, takes_the_urls_of_its_schemes_and_no_other) {
  for (const EngineInfo& engine : EngineRegistry::all()) {
    SCOPED_TRACE(engine.name);
    ASSERT_FALSE(engine.schemes.empty());
    EXPECT_THAT(std::string(engine.url_form), testing::StartsWith(std::string(engine.schemes.front()) + "://"));
    for (const std::string_view scheme : engine.schemes) {
      EXPECT_TRUE(takes(engine, std::string(scheme) + ":///run/store.sock") ||
                  takes(engine, std::string(scheme) + "://127.0.0.1"))
          << scheme;
      EXPECT_NE(engine_for_scheme(scheme, engine.role(), ""), nullptr);
    }
    EXPECT_FALSE(takes(engine, "nonsense://127.0.0.1"));
    EXPECT_FALSE(takes(engine, ""));
  }
}

TEST(EngineRegistry, finds_the_program_of_a_private_server_or_says_what_to_install) {
  for (const EngineInfo& engine : EngineRegistry::all()) {
    SCOPED_TRACE(engine.name);
    const ServerKind* const server = server_of(engine);
    if (server == nullptr) {
      continue;
    }
    const Result<FoundServer> found = server->find({});
    if (found) {
      EXPECT_TRUE(found->start);
    } else {
      EXPECT_EQ(found.error().code, ErrorCode::unavailable);
      EXPECT_THAT(found.error().detail, HasSubstr("install"));
    }
  }
}

TEST(EngineRegistry, has_a_failover_where_an_engine_can_fail_over) {
  for (const EngineInfo& engine : EngineRegistry::all()) {
    SCOPED_TRACE(engine.name);
    const ServerKind* const server = server_of(engine);
    EXPECT_EQ((engine.abilities & abilities_of(Ability::failover)) != 0, server != nullptr && server->failover);
  }
}

TEST(EngineRegistry, finds_an_engine_by_scheme_and_of_several_the_one_in_use) {
  const auto name_for = [](std::string_view scheme, Store role, std::string_view preferred) {
    const EngineInfo* const engine = engine_for_scheme(scheme, role, preferred);
    return engine == nullptr ? std::string_view("none") : engine->name;
  };
  EXPECT_EQ(name_for("postgres", Store::database, "postgres"), "postgres");
  EXPECT_EQ(name_for("postgres", Store::database, "cockroach"), "cockroach")
      << "the scenario's, where it has the scheme";
  EXPECT_EQ(name_for("postgres", Store::database, "redis"), "postgres");
  EXPECT_EQ(name_for("valkey", Store::cache, "redis"), "valkey");
  EXPECT_EQ(name_for("redis", Store::cache, "valkey"), "valkey");
  EXPECT_EQ(name_for("unix", Store::cache, ""), "redis");
  EXPECT_EQ(name_for("redis", Store::database, "postgres"), "none") << "a cache is no database";
  EXPECT_EQ(find_engine("redis", Store::database), nullptr);
}

TEST(Valkey, tells_of_urls_as_they_were_given) {
  const CacheEngine& valkey = *EngineRegistry::find("valkey")->cache;
  const Result<void> refused = valkey.check_url("valkey://:secret@host:port");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("valkey://"));
  EXPECT_THAT(refused.error().detail, Not(HasSubstr("redis://")));
  EXPECT_THAT(refused.error().detail, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace stalemate
