// Engines by name and by URL: what runs, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "core/engine.hpp"
#include "engines/cache_engine.hpp"
#include "engines/database_engine.hpp"
#include "live/own_servers.hpp"

namespace stalemate {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Engines : public OwnServersTest {
 protected:
  [[nodiscard]] Ended run_on(const std::string& database, const std::string& cache) const {
    return run_stalemate(folder_.path(),
                         {"run", "before", "-d", "300ms", "--no-live", "--json", "--db", database, "--cache", cache});
  }
};

TEST_F(Engines, are_listed_with_their_urls_and_what_they_can_do) {
  const Ended ended = run_stalemate(folder_.path(), {"list", "engines"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  for (const EngineInfo& engine : EngineRegistry::all()) {
    EXPECT_THAT("\n" + ended.out,
                AllOf(HasSubstr("\n" + std::string(engine.name) + " "), HasSubstr(std::string(engine.title))));
  }
}

// A Redis is not told apart from a Valkey by its protocol, but by what it says of itself.
TEST_F(Engines, are_found_by_the_scheme_of_a_url) {
  std::string url = cache().url;
  url.replace(0, url.find("://"), "valkey");
  const Ended ended = run_on(database().url, url);
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json results = nlohmann::json::parse(ended.out);
  EXPECT_EQ(results["asked"]["database"], "postgres");
  EXPECT_EQ(results["asked"]["cache_engine"], "valkey");
  EXPECT_EQ(results["engines"][1]["name"], "Redis");
}

TEST_F(Engines, are_named_for_private_servers) {
  const Ended ended = run_on("postgres", "redis");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json results = nlohmann::json::parse(ended.out);
  EXPECT_EQ(results["engines"][0]["name"], "PostgreSQL");
  EXPECT_EQ(results["engines"][1]["name"], "Redis");
  EXPECT_FALSE(results["processor"].is_null()) << "they are private";
}

TEST_F(Engines, without_a_program_here_are_refused_in_one_sentence_that_says_what_to_do) {
  for (const EngineInfo& engine : EngineRegistry::all()) {
    const ServerKind* const server = engine.database != nullptr ? engine.database->server : engine.cache->server;
    if (server == nullptr || server->find({})) {
      continue;
    }
    const bool is_database = engine.role() == Store::database;
    const Ended ended = run_on(is_database ? std::string(engine.name) : database().url,
                               is_database ? cache().url : std::string(engine.name));
    EXPECT_EQ(ended.code, 69) << ended.err;
    EXPECT_THAT(ended.err, AllOf(HasSubstr(std::string(engine.title) + " is not installed"), HasSubstr("install the")));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
  }
}

TEST_F(Engines, and_servers_are_not_named_at_once) {
  const Ended ended = run_stalemate(folder_.path(), {"run", "before", "--db", "postgres", "--db", database().url});
  EXPECT_EQ(ended.code, 64) << ended.err;
  EXPECT_THAT(ended.err, AllOf(HasSubstr("--db: 'postgres' asks for a private server"),
                               testing::Not(HasSubstr(database().password))));
}

}  // namespace
}  // namespace stalemate
