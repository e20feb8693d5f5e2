// A table and entries of the user's own design on real servers, for every pair of a database and a cache that know
// such.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "core/text/words.hpp"
#include "drivers/memcached/session.hpp"
#include "drivers/run_task.hpp"
#include "live/program.hpp"
#include "servers/engines/mariadb_server.hpp"
#include "servers/engines/memcached_server.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {

/// What a database and a cache are asked in their own ways.
struct OwnRowsEngines {
  std::string name = {};
  const ServerKind* database = nullptr;
  const ServerKind* cache = nullptr;
  char name_quote = '"';
  std::string client_options = {};     ///< of the database's own client: plain text, of a file of SQL behind it
  std::string password_variable = {};  ///< that it takes the password from
  std::string all_rows = {};           ///< a query with %, which stands for another one
  std::string text_type = {};          ///< of a text in a key
  std::string backslash = {};          ///< SQL of the text a\b
  std::string more_columns = {};       ///< of the table, each with a comma before it
  std::string trigger = {};            ///< SQL of one on UPDATE called noting

  friend std::ostream& operator<<(std::ostream& out, const OwnRowsEngines& engines) { return out << engines.name; }
};

inline const OwnRowsEngines postgres_and_redis = {
    .name = "PostgresAndRedis",
    .database = &postgres_kind,
    .cache = &redis_kind,
    .name_quote = '"',
    .client_options = " -At -f ",
    .password_variable = "PGPASSWORD",
    .all_rows = "COPY (%) TO STDOUT",
    .text_type = "text",
    .backslash = "E'a\\\\b'",
    .more_columns = ", changed timestamp DEFAULT now()",
    .trigger =
        "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
        "CREATE TRIGGER noting BEFORE UPDATE ON inventory FOR EACH ROW EXECUTE FUNCTION noted()"};

inline const OwnRowsEngines mariadb_and_memcached = {
    .name = "MariaDbAndMemcached",
    .database = &mariadb_kind,
    .cache = &memcached_kind,
    .name_quote = '`',
    .client_options = " -N -B < ",
    .password_variable = "MYSQL_PWD",
    .all_rows = "%",
    .text_type = "varchar(40) CHARACTER SET latin1 COLLATE latin1_bin",
    .backslash = "CONCAT('a', CHAR(92 USING latin1), 'b')",
    .more_columns = ", changed timestamp NOT NULL DEFAULT '2020-01-02 03:04:05' ON UPDATE CURRENT_TIMESTAMP",
    .trigger = "CREATE TRIGGER noting BEFORE UPDATE ON inventory FOR EACH ROW SET NEW.note = 'x'"};

inline std::string replaced(std::string text, const std::string& part, const std::string& with) {
  const std::size_t place = text.find(part);
  EXPECT_NE(place, std::string::npos) << part;
  return text.replace(place, part.size(), with);
}

/// A table of ten rows in the database: (0, sku1'it) to (2, sku9'it), and (0, a\b) before them.
class OwnRowsFixture : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  static inline const std::string scenario_text =
      "pattern = \"cache-aside\"\nread_rate = 400\nwrite_rate = 60\nclients = 4\n";
  static inline const std::string data_text =
      "\n[data]\ntable = \"inventory\"\nkey = [\"shop\", \"sku\"]\nvalue = \"on_hand\"\nversion = \"version\"\n"
      "entry = \"inv:{shop}:{sku}\"\nform = \"json:/on_hand\"\n";

  explicit OwnRowsFixture(const OwnRowsEngines& engines) : engines_(engines) {}

  void SetUp() override {
    auto servers =
        start_private_servers({.database = engines_.database, .cache = engines_.cache, .base_folder = base_.path()});
    ASSERT_TRUE(servers) << servers.error().detail;
    servers_ = std::move(*servers);
    execute("CREATE TABLE inventory (shop integer, sku " + engines_.text_type +
            ", on_hand integer NOT NULL, version bigint NOT NULL, note text" + engines_.more_columns +
            ", PRIMARY KEY (shop, sku))");
    for (int row = 1; row <= 9; ++row) {
      insert(std::to_string(row / 4), "'" + replaced(sku_of(row), "'", "''") + "'", std::to_string(row * 10 - 5),
             std::to_string(row), "'untouched'");
    }
    insert("0", engines_.backslash, "2147483647", "9", "NULL");
    found_ = rows();
    ASSERT_EQ(std::ranges::count(found_, '\n'), 10) << found_;
  }

  [[nodiscard]] ServerAddress database() const { return servers_->database()->facts().addresses.front(); }
  [[nodiscard]] ServerAddress cache() const { return servers_->cache()->facts().addresses.front(); }

  [[nodiscard]] static std::string sku_of(int row) {
    return (row == 3 ? "sk\u00fc" : "sku") + std::to_string(row) + "'it";
  }
  void insert(const std::string& shop, const std::string& sku, const std::string& on_hand, const std::string& version,
              const std::string& note) const {
    execute("INSERT INTO inventory (shop, sku, on_hand, version, note) VALUES (" + shop + ", " + sku + ", " + on_hand +
            ", " + version + ", " + note + ")");
  }
  /// What the database's client prints of SQL.
  [[nodiscard]] std::string sql(const std::string& text) const {
    folder_.write("asked.sql", text + ";\n");
    return output_of(database().client_command + engines_.client_options + (folder_.path() / "asked.sql").string());
  }
  void execute(const std::string& text) const { EXPECT_THAT(sql(text), testing::Not(testing::HasSubstr("ERROR"))); }
  [[nodiscard]] std::string all_of(const std::string& query) const {
    return sql(replaced(engines_.all_rows, "%", query));
  }
  /// Byte for byte, also the rows that the run does not use.
  [[nodiscard]] std::string rows() const { return all_of("SELECT * FROM inventory ORDER BY shop, sku"); }
  [[nodiscard]] std::string quoted(const std::string& name) const {
    return engines_.name_quote + name + engines_.name_quote;
  }

  /// What the cache answers to a command of its own.
  [[nodiscard]] std::string redis(const std::string& words) const {
    return output_of(cache().client_command + " --no-auth-warning " + words);
  }
  [[nodiscard]] MemcachedReply memcached(const std::string& command) const {
    boost::asio::io_context context(1);
    MemcachedOptions options;
    options.url = cache().url;
    MemcachedSession session(context, options);
    const Result<MemcachedReply> reply = run_task(context, session.tell(command));
    EXPECT_TRUE(reply) << reply.error().detail;
    return reply.value_or(MemcachedReply());
  }
  [[nodiscard]] bool is_redis() const { return engines_.cache == &redis_kind; }
  void put_entry(const std::string& name, const std::string& text) const {
    if (is_redis()) {
      EXPECT_EQ(redis("SET " + shell_word(name) + " " + shell_word(text)), "OK\n");
    } else {
      const std::string set = "ms " + name + " " + std::to_string(text.size()) + " T0\r\n" + text + "\r\n";
      EXPECT_EQ(memcached(set).kind, MemcachedReply::Kind::done);
    }
  }
  void remove_entry(const std::string& name) const {
    if (is_redis()) {
      EXPECT_EQ(redis("DEL " + shell_word(name)), "1\n");
    } else {
      EXPECT_EQ(memcached("md " + name + "\r\n").kind, MemcachedReply::Kind::done);
    }
  }
  [[nodiscard]] std::string entry(const std::string& name) const {
    const std::string text = is_redis() ? redis("GET " + shell_word(name)) : memcached("mg " + name + " v\r\n").text;
    return text == "\n" ? "" : text;
  }
  [[nodiscard]] std::string all_entries() const {
    std::string all = entry("inv:0:a\\b");
    for (int row = 1; row <= 9; ++row) {
      all += entry("inv:" + std::to_string(row / 4) + ":" + sku_of(row));
    }
    return all;
  }

  [[nodiscard]] Words words(const Words& more = {}) const {
    Words all = {"run", "./shop.toml", "--db", database().url, "--cache", cache().url};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] Ended run_with(const std::string& text, const Words& more = {"-d", "1s", "--use-existing-rows"}) const {
    folder_.write("shop.toml", text);
    Words all = words(more);
    all.emplace_back("--no-live");
    return run_stalemate(folder_.path(), all);
  }
  /// A run that lasts until it is ended.
  [[nodiscard]] std::unique_ptr<Program> begin_run() const {
    folder_.write("shop.toml", scenario_text + data_text);
    auto program = std::make_unique<Program>(folder_.path(), words({"-d", "5m", "--use-existing-rows"}));
    EXPECT_TRUE(program->says_lines(2)) << program->err();
    return program;
  }
  [[nodiscard]] std::filesystem::path rows_file() const { return folder_.path() / "runs/inventory.rows.sql"; }
  /// Carries out the command that stands behind `before` in what the program said, with the password that it asks for.
  void put_back_as_told(const std::string& said, const std::string& before, const std::string& behind) const {
    const std::size_t begin = said.find(before) + before.size();
    std::string command = said.substr(begin, said.find(behind, begin) - begin);
    if (const std::size_t asks = command.find(" -p "); asks != std::string::npos) {
      command.erase(asks, 3);
    }
    const std::string output = output_of("cd " + folder_.path().string() + " && " + engines_.password_variable + "=" +
                                         database().password + " " + command);
    EXPECT_THAT(output, testing::Not(testing::HasSubstr("rror"))) << command;
  }
  /// One sentence, before anything was changed.
  void expect_refused(const Ended& ended, const std::string& why) const {
    EXPECT_EQ(ended.code, 64) << ended.err;
    EXPECT_THAT(ended.err, testing::AllOf(testing::StartsWith("stalemate: "), testing::HasSubstr(why)));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_FALSE(std::filesystem::exists(rows_file()));
    EXPECT_TRUE(run_folders(folder_.path()).empty());
  }

  const OwnRowsEngines& engines_;
  OwnFolder base_{OwnFolder::passable};
  OwnFolder folder_{};
  std::unique_ptr<PrivateServers> servers_ = {};
  std::string found_ = {};
};

}  // namespace stalemate
