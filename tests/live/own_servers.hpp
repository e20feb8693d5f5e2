// A test's own PostgreSQL and Redis, started by the test and given to the program with --db and --cache.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "live/program.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {

/// The servers live as long as the test; `folder_` is where the program runs and makes its run folders.
class OwnServersTest : public testing::Test {
 protected:
  void SetUp() override {
    auto servers =
        start_private_servers({.database = &postgres_kind, .cache = &redis_kind, .base_folder = base_.path()});
    ASSERT_TRUE(servers) << servers.error().detail;
    servers_ = std::move(*servers);
  }

  [[nodiscard]] ServerAddress database() const { return servers_->database()->facts().addresses.front(); }
  [[nodiscard]] ServerAddress cache() const { return servers_->cache()->facts().addresses.front(); }

  /// `run SCENARIO --db URL --cache URL ARGUMENTS`; --cache only where the scenario is not `after`.
  [[nodiscard]] std::vector<std::string> command(const std::string& scenario,
                                                 const std::vector<std::string>& arguments) const {
    std::vector<std::string> words = {"run", scenario, "--db", database().url};
    if (scenario != "after") {
      words.insert(words.end(), {"--cache", cache().url});
    }
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
  }
  [[nodiscard]] Ended run(const std::string& scenario, const std::vector<std::string>& arguments) const {
    return run_stalemate(folder_.path(), command(scenario, arguments));
  }
  /// What psql prints of a statement, without decoration.
  [[nodiscard]] std::string sql(const std::string& statement) const {
    return output_of(database().client_command + " -At -c \"" + statement + "\"");
  }

  OwnFolder base_{OwnFolder::passable};
  OwnFolder folder_{};
  std::unique_ptr<PrivateServers> servers_ = {};
};

}  // namespace stalemate
