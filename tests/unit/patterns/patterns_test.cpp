// The patterns over stores that are plain maps, with failures where a test wants them.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/pattern/pattern.hpp"
#include "core/random.hpp"

namespace stalemate {
namespace {

// Both stores in one; `calls` lists what was asked. A call whose name is in `failures` fails with that outcome; an
// `info` database write happens all the same.
class Stores final : public Database, public Cache, public Clock, public Feed {
 public:
  Task<Result<std::optional<Row>>> read(Key key) override {
    calls.emplace_back("load");
    if (const auto failure = failures.find("load"); failure != failures.end()) {
      co_return std::unexpected(failure->second);
    }
    const auto row = rows.find(key);
    co_return row == rows.end() ? std::optional<Row>() : std::optional<Row>(Row{row->second, unknown_version});
  }
  Task<Result<Written>> write(Key key, Value value) override {
    calls.emplace_back("update");
    const auto failure = failures.find("update");
    if (failure == failures.end() || failure->second.outcome == Outcome::info) {
      rows[key] = value;
    }
    if (failure != failures.end()) {
      co_return std::unexpected(failure->second);
    }
    co_return Written();
  }
  Task<Result<std::optional<Value>>> get(Key key) override {
    calls.emplace_back("get");
    if (const auto failure = failures.find("get"); failure != failures.end()) {
      co_return std::unexpected(failure->second);
    }
    const auto entry = entries.find(key);
    co_return entry == entries.end() ? std::optional<Value>() : std::optional<Value>(entry->second);
  }
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override {
    calls.emplace_back("set");
    if (const auto failure = failures.find("set"); failure != failures.end()) {
      co_return std::unexpected(failure->second);
    }
    entries[key] = value;
    last_time_to_live_ns = time_to_live_ns;
    co_return Result<void>();
  }
  Task<Result<bool>> erase(Key key) override {
    calls.emplace_back("erase");
    if (const auto failure = failures.find("erase"); failure != failures.end()) {
      co_return std::unexpected(failure->second);
    }
    co_return entries.erase(key) > 0;
  }
  [[nodiscard]] Nanoseconds now_ns() const override { return 0; }
  Task<void> sleep(Nanoseconds /*duration_ns*/) override { co_return; }
  Task<Result<Change>> next() override { co_return failed(ErrorCode::cancelled, "nothing changes"); }
  Task<Result<void>> acknowledge(Change) override { co_return Result<void>(); }

  std::map<Key, Value> rows = {};
  std::map<Key, Value> entries = {};
  std::map<std::string, Error> failures = {};
  std::vector<std::string> calls = {};
  Nanoseconds last_time_to_live_ns = -1;
};

class PatternTest : public testing::Test {
 protected:
  Result<Value> read(std::string_view pattern, Key key) {
    Task<Result<Value>> task = PatternRegistry::find(pattern)->instance().read(ports(), key);
    task.start();
    return task.take();
  }
  Result<void> write(std::string_view pattern, Key key, Value value) {
    Task<Result<void>> task = PatternRegistry::find(pattern)->instance().write(ports(), key, value);
    task.start();
    return task.take();
  }
  Ports ports() { return {stores_, stores_, stores_, random_, stores_, stores_, time_to_live_ns_}; }

  static constexpr Key shoe = {3};
  Stores stores_ = {};
  SeededRandom random_ = SeededRandom(1);
  Nanoseconds time_to_live_ns_ = 0;
};

using Calls = std::vector<std::string>;
const Error lost = {ErrorCode::connection_lost, Outcome::info, "the connection was lost"};
const Error refused = {ErrorCode::connection_refused, Outcome::fail, "nobody listens"};

class None : public PatternTest {};
class CacheAside : public PatternTest {};

TEST_F(None, asks_the_database_alone) {
  stores_.rows[shoe] = 1000;
  stores_.entries[shoe] = 1;
  EXPECT_EQ(read("none", shoe).value(), 1000);
  EXPECT_TRUE(write("none", shoe, 1001).has_value());
  EXPECT_EQ(read("none", shoe).value(), 1001);
  EXPECT_EQ(stores_.calls, (Calls{"load", "update", "load"}));
}

TEST_F(None, tells_a_missing_row_from_a_failure) {
  EXPECT_EQ(read("none", shoe).value(), absent);
  stores_.failures["load"] = refused;
  EXPECT_EQ(read("none", shoe).error().code, ErrorCode::connection_refused);
  stores_.failures["update"] = lost;
  EXPECT_EQ(write("none", shoe, 1).error().outcome, Outcome::info);
}

TEST_F(CacheAside, fills_on_a_miss_and_then_hits) {
  stores_.rows[shoe] = 1000;
  time_to_live_ns_ = 5'000'000;
  EXPECT_EQ(read("cache-aside", shoe).value(), 1000);
  EXPECT_EQ(stores_.calls, (Calls{"get", "load", "set"}));
  EXPECT_EQ(stores_.last_time_to_live_ns, 5'000'000);
  stores_.calls.clear();
  EXPECT_EQ(read("cache-aside", shoe).value(), 1000);
  EXPECT_EQ(stores_.calls, (Calls{"get"}));
}

TEST_F(CacheAside, updates_then_deletes) {
  stores_.rows[shoe] = 1000;
  stores_.entries[shoe] = 1000;
  EXPECT_TRUE(write("cache-aside", shoe, 1001).has_value());
  EXPECT_EQ(stores_.calls, (Calls{"update", "erase"}));
  EXPECT_FALSE(stores_.entries.contains(shoe));
  EXPECT_EQ(read("cache-aside", shoe).value(), 1001);
}

TEST_F(CacheAside, caches_no_absent_row) {
  EXPECT_EQ(read("cache-aside", shoe).value(), absent);
  EXPECT_EQ(stores_.calls, (Calls{"get", "load"}));
}

TEST_F(CacheAside, reads_the_row_and_does_not_fill_after_a_failed_lookup) {
  stores_.rows[shoe] = 1000;
  stores_.failures["get"] = lost;
  EXPECT_EQ(read("cache-aside", shoe).value(), 1000);
  EXPECT_EQ(stores_.calls, (Calls{"get", "load"}));
}

TEST_F(CacheAside, answers_although_the_fill_failed) {
  stores_.rows[shoe] = 1000;
  stores_.failures["set"] = lost;
  EXPECT_EQ(read("cache-aside", shoe).value(), 1000);
}

TEST_F(CacheAside, acknowledges_a_write_whose_delete_failed_and_the_old_entry_stays) {
  stores_.entries[shoe] = 1000;
  stores_.failures["erase"] = refused;
  EXPECT_TRUE(write("cache-aside", shoe, 1001).has_value());
  EXPECT_EQ(read("cache-aside", shoe).value(), 1000);
}

TEST_F(CacheAside, deletes_after_an_uncertain_write_but_not_after_a_failed_one) {
  stores_.failures["update"] = lost;
  EXPECT_EQ(write("cache-aside", shoe, 1001).error().outcome, Outcome::info);
  EXPECT_EQ(stores_.calls, (Calls{"update", "erase"}));
  stores_.calls.clear();
  stores_.failures["update"] = refused;
  EXPECT_EQ(write("cache-aside", shoe, 1002).error().outcome, Outcome::fail);
  EXPECT_EQ(stores_.calls, (Calls{"update"}));
}

TEST_F(CacheAside, passes_a_failed_load_on) {
  stores_.failures["load"] = lost;
  EXPECT_EQ(read("cache-aside", shoe).error().code, ErrorCode::connection_lost);
}

}  // namespace
}  // namespace stalemate
