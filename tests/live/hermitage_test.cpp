// Which anomalies each isolation level of each database really lets happen, and whether the level that the program
// reports of its own sessions is the one that they show.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/engine.hpp"
#include "drivers/run_task.hpp"
#include "engines/database_engine.hpp"
#include "generated_page.hpp"
#include "live/isolation_schedule.hpp"
#include "live/program.hpp"
#include "servers/engines/binaries.hpp"
#include "servers/engines/cockroach_cluster.hpp"
#include "servers/engines/mariadb_server.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/keeper_hook.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

constexpr std::size_t transactions_max = 3;
constexpr std::string_view snapshot_setting = ", innodb_snapshot_isolation";

/// How a database is reached without the program's drivers.
struct RawAccess {
  std::unique_ptr<IsolationSession> (*session)(const ServerAddress& address);
  LockQuestions questions;
};

class Hermitage : public testing::Test {
 protected:
  using Sessions = std::vector<std::unique_ptr<IsolationSession>>;

  void start(const ServerKind& kind, const RawAccess& access) {
    auto started = start_private_servers({.database = &kind, .base_folder = base_.path()});
    ASSERT_TRUE(started) << started.error().detail;
    servers_ = std::move(*started);
    raw_ = access;
    watch_ = std::make_unique<LockWatch>(access.session(address()), access.questions);
  }
  [[nodiscard]] ServerAddress address() const { return servers_->database()->facts().addresses.front(); }

  /// At each level of this database that is expected to let something happen, or nothing: what does.
  void expect_levels(std::string_view database, const std::function<OpeningStatements(std::string_view)>& opening) {
    for (const IsolationExpected& expected : isolation_expected()) {
      if (expected.database != database) {
        continue;
      }
      SCOPED_TRACE(expected.level);
      Sessions sessions;
      while (sessions.size() < transactions_max) {
        sessions.push_back(raw_->session(address()));
      }
      const IsolationSeen seen = run_isolation_cases(sessions, *watch_, opening(expected.level));
      EXPECT_EQ(seen.names, expected.possible) << seen.told;
    }
  }

  /// What a run on this server tells of the isolation of its sessions.
  [[nodiscard]] std::string told_by_a_run(const std::string& engine) const {
    const std::string scenario = "pattern = \"none\"\ncache = false\ndatabase = \"" + engine +
                                 "\"\nread_every = \"5ms\"\nwrite_every = \"20ms\"\nduration = \"300ms\"\n";
    const Ended ended = run_stalemate(folder_.path(), {"run", folder_.write("levels.toml", scenario).native(), "--db",
                                                       address().url, "--no-live", "--json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    const nlohmann::json results = nlohmann::json::parse(ended.out, nullptr, false);
    return results.is_discarded() ? "" : results["engines"][0]["isolation"].get<std::string>();
  }

  /// A new session of the program's own, and who it says that the server is.
  SessionFacts add_session(LiveDatabase& database, Sessions& sessions) {
    std::unique_ptr<DatabaseSession> made = database.make_session(context_, sessions.size());
    const Result<SessionFacts> facts = run_task(context_, made->connect());
    EXPECT_TRUE(facts) << facts.error().detail;
    sessions.push_back(driver_session(context_, std::move(made)));
    return facts ? *facts : SessionFacts();
  }

  /// The program's sessions let happen what is expected at the level that it reports, which is returned.
  std::string expect_that_the_report_is_true(const std::string& engine) {
    const std::string told = told_by_a_run(engine);
    SCOPED_TRACE("engine " + engine + ", told as " + told);
    const EngineInfo* const info = find_engine(engine, Store::database);
    DatabaseWanted wanted = {.store = {.urls = {address().url}, .keys = 6}, .clients = transactions_max};
    wanted.store.op_limit_ns = 60'000'000'000;
    const std::unique_ptr<LiveDatabase> database = info->database->open(std::move(wanted));
    const Result<StoreFacts> met = database->meet();
    EXPECT_TRUE(met && database->claim() && database->prepare());
    Sessions sessions;
    while (met && sessions.size() < transactions_max) {
      EXPECT_EQ(add_session(*database, sessions).isolation, told);
    }
    const IsolationExpected* const expected = met ? isolation_expected_at(met->self.engine, told) : nullptr;
    if (expected == nullptr) {
      ADD_FAILURE() << "of this level nothing is known";
    } else {
      const IsolationSeen seen = run_isolation_cases(sessions, *watch_, {"START TRANSACTION"});
      EXPECT_EQ(seen.names, expected->possible) << seen.told;
    }
    sessions.clear();
    database->close();
    return told;
  }

  OwnFolder base_{OwnFolder::passable};
  OwnFolder folder_{};
  std::unique_ptr<PrivateServers> servers_ = {};
  std::optional<RawAccess> raw_ = {};
  std::unique_ptr<LockWatch> watch_ = {};
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
};

std::set<std::string> levels_expected_of(std::string_view database) {
  std::set<std::string> levels;
  for (const IsolationExpected& each : isolation_expected()) {
    if (each.database == database) {
      levels.emplace(each.level);
    }
  }
  return levels;
}

class HermitagePostgres : public Hermitage {
 protected:
  void SetUp() override { start(postgres_kind, {libpq_session, postgres_lock_questions()}); }
};

class HermitageMariaDb : public Hermitage {
 protected:
  void SetUp() override { start(mariadb_kind, {libmariadb_session, mariadb_lock_questions()}); }
};

TEST_F(HermitagePostgres, lets_happen_at_each_level_what_the_page_says) {
  expect_levels("PostgreSQL", [](std::string_view level) {
    return OpeningStatements{"START TRANSACTION ISOLATION LEVEL " + std::string(level)};
  });
}

TEST_F(HermitagePostgres, shows_in_the_programs_sessions_the_level_that_it_reports) {
  std::set<std::string> told = {expect_that_the_report_is_true("postgres")};
  EXPECT_EQ(told, std::set<std::string>{"read committed"}) << "the server's own default";
  for (const std::string level : {"repeatable read", "serializable"}) {
    const std::string set_default =
        "ALTER DATABASE " + address().database + " SET default_transaction_isolation = '" + level + "'";
    EXPECT_EQ(watch_->ask(set_default).refusal, "");
    told.insert(expect_that_the_report_is_true("postgres"));
  }
  EXPECT_EQ(told, levels_expected_of("PostgreSQL"));
}

// It asks for its level by itself, whatever the server's default is.
TEST_F(HermitagePostgres, that_stands_in_for_cockroach_is_serializable_as_reported) {
  EXPECT_EQ(expect_that_the_report_is_true("cockroach"), "serializable");
}

TEST_F(HermitageMariaDb, lets_happen_at_each_level_what_the_page_says) {
  expect_levels("MariaDB", [](std::string_view level) {
    const bool snapshot = level.ends_with(snapshot_setting);
    return OpeningStatements{
        snapshot ? "SET SESSION innodb_snapshot_isolation = ON" : "SET SESSION innodb_snapshot_isolation = OFF",
        "SET TRANSACTION ISOLATION LEVEL " + std::string(level.substr(0, level.find(','))), "START TRANSACTION"};
  });
}

TEST_F(HermitageMariaDb, shows_in_the_programs_sessions_the_level_that_it_reports) {
  std::set<std::string> told;
  for (const char* const level : {"READ UNCOMMITTED", "READ COMMITTED", "SERIALIZABLE", "REPEATABLE READ"}) {
    for (const char* const snapshot : {"ON", "OFF"}) {
      EXPECT_EQ(watch_->ask("SET GLOBAL TRANSACTION ISOLATION LEVEL " + std::string(level)).refusal, "");
      EXPECT_EQ(watch_->ask("SET GLOBAL innodb_snapshot_isolation = " + std::string(snapshot)).refusal, "");
      told.insert(expect_that_the_report_is_true("mariadb"));
    }
  }
  EXPECT_EQ(told, levels_expected_of("MariaDB"));
}

class HermitageCockroach : public Hermitage {
 protected:
  void SetUp() override {
    if (const auto binary = find_cockroach({}); !binary) {
      skip(binary.error().detail);
      return;
    }
    start(cockroach_kind, {libpq_session, cockroach_lock_questions()});
    const StatementAnswer locks = watch_->ask("SELECT count(*) FROM crdb_internal.cluster_locks");
    if (!locks.refusal.empty()) {
      skip("this version does not tell who waits for a lock: " + locks.refusal);
    }
  }
  static void skip(const std::string& why) {
    std::cerr << "\n*** SKIPPED: no isolation of a real CockroachDB was tested: " << why << " ***\n\n";
    GTEST_SKIP() << why;
  }
};

TEST_F(HermitageCockroach, lets_happen_at_each_level_what_the_page_says) {
  expect_levels("CockroachDB", [](std::string_view level) {
    return OpeningStatements{"START TRANSACTION ISOLATION LEVEL " + std::string(level)};
  });
}

TEST_F(HermitageCockroach, shows_in_the_programs_sessions_the_level_that_it_reports) {
  EXPECT_EQ(expect_that_the_report_is_true("cockroach"), "serializable");
}

// Else the level could not be told from what its sessions show.
TEST(HermitageTable, lets_other_things_happen_at_each_level_of_a_database_that_bears_a_name_of_its_own) {
  for (const IsolationExpected& one : isolation_expected()) {
    EXPECT_EQ(std::ranges::count_if(isolation_expected(),
                                    [&](const IsolationExpected& other) {
                                      return other.database == one.database && other.possible == one.possible;
                                    }),
              1)
        << one.database << " " << one.level;
  }
}

TEST(HermitageTable, is_the_one_of_the_page) {
  expect_generated("docs/isolation.md", "<!-- levels: generated, see tests/live/hermitage_test.cpp -->\n",
                   "<!-- end of levels -->\n", isolation_table());
}

}  // namespace
}  // namespace stalemate
