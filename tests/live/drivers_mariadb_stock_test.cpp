// The table stock of a MariaDB, and the claim on it.
#include <gmock/gmock.h>

#include "core/text/key_names.hpp"
#include "drivers/mariadb/stock/stock_lock.hpp"
#include "live/mariadb_fixture.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class MariaDbStockTest : public MariaDbLiveTest {
 protected:
  void SetUp() override {
    MariaDbLiveTest::SetUp();
    ASSERT_NE(servers_, nullptr);
    other_ = std::make_unique<OtherMariaDbClient>(options());
  }
  std::string ask(const std::string& statement) { return other_->ask(statement); }
  Result<void> prepare(std::uint32_t keys, ForeignTable foreign = ForeignTable::keep) {
    return prepare_mariadb_stock(options(), keys, foreign);
  }
  /// Options of a user with these rights on the database.
  MariaDbOptions user_with(const std::string& rights) {
    ask("CREATE USER 'lesser'@'127.0.0.1' IDENTIFIED BY 'pass'");
    ask("GRANT " + rights + " ON stalemate.* TO 'lesser'@'127.0.0.1'");
    MariaDbOptions lesser = options();
    lesser.url = "mysql://lesser:pass@127.0.0.1:" + std::to_string(address().port) + "/stalemate";
    return lesser;
  }

  std::unique_ptr<OtherMariaDbClient> other_;
};

TEST_F(MariaDbStockTest, has_the_origins_rows_with_generated_ones_behind_them) {
  ASSERT_TRUE(prepare(100));
  EXPECT_EQ(ask("SELECT COUNT(*) FROM stock WHERE quantity = 1000 AND version = 1"), "100");
  EXPECT_EQ(ask("SELECT COUNT(*) FROM stock WHERE product_id = '" + std::string(product_id(Key(99)).view()) + "'"),
            "1");
  EXPECT_THAT(ask("SELECT table_comment FROM information_schema.tables WHERE table_name = 'stock'"),
              StartsWith("made by stalemate"));
}

TEST_F(MariaDbStockTest, that_is_ours_is_reset_to_the_rows_asked_for) {
  ASSERT_TRUE(prepare(100));
  ask("UPDATE stock SET quantity = 5, version = 9");
  const auto again = prepare(7);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(ask("SELECT COUNT(*) FROM stock WHERE quantity = 1000 AND version = 1"), "7");
  EXPECT_EQ(ask("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"), "1");
}

TEST_F(MariaDbStockTest, that_is_not_ours_is_left_alone_unless_it_may_be_replaced) {
  ask("CREATE TABLE stock (id INT, name TEXT)");
  ask("INSERT INTO stock VALUES (1, 'kept')");
  const auto refused = prepare(6);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().outcome, Outcome::fail);
  EXPECT_THAT(refused.error().detail, HasSubstr("its columns: id int, name text"));
  EXPECT_THAT(refused.error().detail, HasSubstr("--replace"));
  EXPECT_EQ(ask("SELECT name FROM stock"), "kept");
  ASSERT_TRUE(prepare(6, ForeignTable::replace));
  EXPECT_EQ(ask("SELECT COUNT(*) FROM stock"), "6");
}

TEST_F(MariaDbStockTest, that_has_other_columns_is_named_with_them) {
  ASSERT_TRUE(prepare(6));
  ask("ALTER TABLE stock ADD COLUMN colour VARCHAR(8)");
  const auto refused = prepare(6);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("colour varchar(8)"));
  EXPECT_EQ(ask("SELECT COUNT(colour) FROM stock"), "0");
}

TEST_F(MariaDbStockTest, a_view_of_that_name_is_never_touched) {
  ask("CREATE VIEW stock AS SELECT 1 AS one");
  const auto refused = prepare(6, ForeignTable::replace);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("not a table"));
  EXPECT_EQ(ask("SELECT one FROM stock"), "1");
}

TEST_F(MariaDbStockTest, that_cannot_be_made_anew_stays_as_it_was) {
  ASSERT_TRUE(prepare(6));
  ask("UPDATE stock SET quantity = 5");
  OtherMariaDbClient holder(options());
  holder.ask("CREATE TABLE stock_being_made (id INT)");
  const auto refused = prepare(7);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail,
              HasSubstr("there is a 'stock_being_made' in the database that stalemate did not"));
  EXPECT_EQ(ask("SELECT COUNT(*) FROM stock WHERE quantity = 5"), "6");
}

TEST_F(MariaDbStockTest, what_a_preparation_that_was_cut_short_left_is_cleared) {
  ask("CREATE TABLE stock_being_made (id INT) COMMENT = 'made by stalemate 17'");
  ask("CREATE TABLE stock_replaced (id INT) COMMENT = 'made by stalemate 18'");
  ASSERT_TRUE(prepare(6));
  EXPECT_EQ(ask("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"), "1");
}

TEST_F(MariaDbStockTest, a_user_without_the_rights_is_told_which_ones_it_takes) {
  const auto refused = prepare_mariadb_stock(user_with("SELECT, CREATE, DROP, ALTER, INSERT"), 6, ForeignTable::keep);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::authentication);
  EXPECT_EQ(refused.error().outcome, Outcome::fail);
  EXPECT_THAT(refused.error().detail, HasSubstr("UPDATE command denied to user 'lesser'@'127.0.0.1'"));
  EXPECT_THAT(refused.error().detail, HasSubstr("GRANT"));
}

TEST_F(MariaDbStockTest, a_user_with_just_the_rights_can_make_it) {
  const auto made =
      prepare_mariadb_stock(user_with("SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER"), 6, ForeignTable::keep);
  EXPECT_TRUE(made) << made.error().detail;
}

TEST_F(MariaDbStockTest, of_a_hundred_thousand_rows_is_made_in_one_go) {
  std::uint32_t told = 0;
  const auto made =
      prepare_mariadb_stock(options(), 100'000, ForeignTable::keep, [&](std::uint32_t rows) { told = rows; });
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(told, 100'000U);
  EXPECT_EQ(ask("SELECT COUNT(DISTINCT product_id) FROM stock"), "100000");
}

class MariaDbStockLockTest : public MariaDbStockTest {
 protected:
  void SetUp() override {
    MariaDbStockTest::SetUp();
    ASSERT_NE(servers_, nullptr);
    make_table(6);
  }
  [[nodiscard]] std::unique_ptr<MariaDbStockLock> take() {
    auto lock = MariaDbStockLock::take(options());
    EXPECT_TRUE(lock) << lock.error().detail;
    (*lock)->note_table();
    return std::move(*lock);
  }
  std::string holder() { return ask("SELECT COALESCE(IS_USED_LOCK(" + name_ + "), '')"); }

  std::string name_ = "CONCAT('stalemate.stock.', MD5(DATABASE()))";
};

TEST_F(MariaDbStockLockTest, is_refused_while_another_run_has_it) {
  auto first = take();
  const auto second = MariaDbStockLock::take(options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_THAT(second.error().detail, HasSubstr("another run of stalemate is using the database mysql://"));
  EXPECT_THAT(second.error().detail, Not(HasSubstr(address().password)));
  first.reset();
  EXPECT_TRUE(MariaDbStockLock::take(options()));
}

TEST_F(MariaDbStockLockTest, is_taken_anew_where_its_connection_was_lost) {
  const auto lock = take();
  const std::string before = holder();
  ask("KILL CONNECTION " + before);
  await([&] { return !holder().empty() && holder() != before; });
  EXPECT_EQ(lock->lost(), "");
  EXPECT_EQ(lock->confirm(), "");
}

TEST_F(MariaDbStockLockTest, is_lost_where_another_run_took_it_meanwhile) {
  const auto lock = take();
  OtherMariaDbClient rival(options());
  std::thread waiting([&] { rival.ask("SELECT GET_LOCK(" + name_ + ", 20)"); });
  await([&] { return ask("SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User lock'") == "1"; });
  ask("KILL CONNECTION " + holder());
  waiting.join();
  await([&] { return !lock->lost().empty(); });
  EXPECT_THAT(lock->lost(), HasSubstr("this run lost its claim on the database mysql://"));
  EXPECT_THAT(lock->lost(), Not(HasSubstr(address().password)));
  EXPECT_EQ(lock->confirm(), lock->lost());
}

TEST_F(MariaDbStockLockTest, is_lost_where_another_run_had_the_table_and_is_gone_again) {
  const auto lock = take();
  make_table(6);
  ask("KILL CONNECTION " + holder());
  await([&] { return !lock->lost().empty(); });
}

TEST_F(MariaDbStockLockTest, tells_where_the_server_has_no_room_for_all_clients) {
  EXPECT_TRUE(MariaDbStockLock::check_room(options(), 100, 102));
  const auto refused = MariaDbStockLock::check_room(options(), 4'000, 4'002);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().detail, HasSubstr("4,000 clients need 4,002 connections"));
  EXPECT_THAT(refused.error().detail, HasSubstr("max_connections is 552"));
}

}  // namespace
}  // namespace stalemate
