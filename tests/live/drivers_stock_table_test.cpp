#include <gtest/gtest.h>

#include "core/text/key_names.hpp"
#include "drivers/postgres/session.hpp"
#include "drivers/postgres/stock/stock_table.hpp"
#include "live/drivers_fixture.hpp"
#include "servers/engines/postgres_server.hpp"

namespace stalemate {
namespace {

class DriversStockTableTest : public DriversLiveTest {
 protected:
  void SetUp() override {
    start(&postgres_kind, nullptr);
    other_ = std::make_unique<OtherClient>(database_options().url);
  }
  Result<void> prepare(std::uint32_t keys, ForeignTable foreign = ForeignTable::keep) {
    return prepare_stock_table(database_options(), keys, foreign);
  }
  std::string ask(const std::string& statement) { return other_->ask(statement); }

  std::unique_ptr<OtherClient> other_;
};

TEST_F(DriversStockTableTest, is_the_origins_table_with_generated_rows_behind_it) {
  ASSERT_TRUE(prepare(10));
  EXPECT_EQ(ask("SELECT count(*) FROM stock WHERE quantity = 1000"), "10");
  EXPECT_EQ(ask("SELECT count(*) FROM stock WHERE product_id IN ('93410c29-1609-484d-8662-ae2d0aa93cc4',"
                "'47b0472d-708c-4377-aab4-acf8752f0ecb','a1a879d8-58c0-4357-a570-a57c3b1fe059',"
                "'5ded80d3-fb55-4a2f-b339-43fc9c89894a','b6afe0c5-9cab-4971-8c61-127fe5b4acd1',"
                "'7098227b-4883-4992-bc32-e12335efbc8c')"),
            "6");
  EXPECT_EQ(ask("SELECT string_agg(column_name || ' ' || data_type || ' ' || is_nullable, ', ' ORDER BY column_name) "
                "FROM information_schema.columns WHERE table_name = 'stock'"),
            "product_id character varying NO, quantity integer NO");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_index WHERE indrelid = 'stock'::regclass AND indisprimary"), "1");
}

TEST_F(DriversStockTableTest, that_is_ours_is_reset_to_the_rows_asked_for) {
  ASSERT_TRUE(prepare(300));
  ask("UPDATE stock SET quantity = 7");
  ask("INSERT INTO stock VALUES ('stray', 1)");
  ASSERT_TRUE(prepare(20));
  EXPECT_EQ(ask("SELECT count(*) FROM stock"), "20");
  EXPECT_EQ(ask("SELECT count(*) FROM stock WHERE quantity = 1000"), "20");
  ASSERT_TRUE(prepare(5'000));
  EXPECT_EQ(ask("SELECT count(*) FROM stock"), "5000");
}

TEST_F(DriversStockTableTest, that_is_not_ours_is_left_alone_unless_it_may_be_replaced) {
  ask("CREATE TABLE stock (product_id VARCHAR(36) PRIMARY KEY, quantity INT NOT NULL)");
  ask("INSERT INTO stock VALUES ('precious', 1)");
  const auto refused = prepare(6);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().outcome, Outcome::fail);
  EXPECT_NE(refused.error().detail.find("--replace"), std::string::npos) << refused.error().detail;
  EXPECT_FALSE(drop_stock_table(database_options()).value());
  EXPECT_EQ(ask("SELECT product_id FROM stock"), "precious");
  ASSERT_TRUE(prepare(6, ForeignTable::replace));
  EXPECT_EQ(ask("SELECT count(*) FROM stock WHERE quantity = 1000"), "6");
  ASSERT_TRUE(prepare(7)) << "now it is ours";
}

TEST_F(DriversStockTableTest, that_has_other_columns_is_named_with_them) {
  ASSERT_TRUE(prepare(6));
  ask("ALTER TABLE stock ADD COLUMN colour TEXT");
  const auto refused = prepare(6);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("colour text"), std::string::npos) << refused.error().detail;
  EXPECT_NE(refused.error().detail.find("--replace"), std::string::npos);
  ASSERT_TRUE(prepare(6, ForeignTable::replace));
  EXPECT_EQ(ask("SELECT count(*) FROM information_schema.columns WHERE table_name = 'stock'"), "2");
}

TEST_F(DriversStockTableTest, a_view_of_that_name_is_never_touched) {
  ask("CREATE VIEW stock AS SELECT 1 AS product_id, 2 AS quantity");
  for (const ForeignTable foreign : {ForeignTable::keep, ForeignTable::replace}) {
    const auto refused = prepare(6, foreign);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("not a table"), std::string::npos) << refused.error().detail;
  }
  EXPECT_EQ(ask("SELECT quantity FROM stock"), "2");
}

TEST_F(DriversStockTableTest, that_cannot_be_made_anew_stays_as_it_was) {
  ask("CREATE TABLE stock (product_id VARCHAR(36) PRIMARY KEY, quantity INT NOT NULL)");
  ask("INSERT INTO stock VALUES ('precious', 1)");
  ask("CREATE VIEW user_of_it AS SELECT * FROM stock");
  const auto refused = prepare(6, ForeignTable::replace);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().outcome, Outcome::fail) << refused.error().detail;
  EXPECT_EQ(ask("SELECT product_id FROM stock"), "precious");
}

TEST_F(DriversStockTableTest, that_is_ours_is_dropped_on_request) {
  EXPECT_FALSE(drop_stock_table(database_options()).value()) << "there is none";
  ASSERT_TRUE(prepare(6));
  EXPECT_TRUE(drop_stock_table(database_options()).value());
  EXPECT_EQ(ask("SELECT count(*) FROM pg_class WHERE relname = 'stock'"), "0");
}

TEST_F(DriversStockTableTest, of_a_hundred_thousand_rows_is_surveyed_in_one_snapshot) {
  constexpr std::uint32_t keys = 100'000;
  ASSERT_TRUE(prepare(keys));
  PostgresOptions options = database_options();
  options.op_limit_ns = 60'000'000'000;
  PostgresSession session(context_, options);
  ask("UPDATE stock SET quantity = 5 WHERE product_id = '" + std::string(product_id(Key(99'999)).view()) + "'");
  std::vector<Value> values(keys);
  const auto surveyed = run(session.read_rows(Key(0), values));
  ASSERT_TRUE(surveyed) << surveyed.error().detail;
  EXPECT_EQ(std::ranges::count(values, initial_value), keys - 1);
  EXPECT_EQ(values.back(), 5);
}

TEST_F(DriversStockTableTest, a_wrong_password_is_told_without_showing_it) {
  PostgresOptions options;
  const ServerAddress address = database_address();
  options.url = "postgres://" + address.user + ":hunter2@127.0.0.1:" + std::to_string(address.port) + "/postgres";
  const auto refused = prepare_stock_table(options, 6, ForeignTable::keep);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::authentication);
  EXPECT_EQ(refused.error().detail.find("hunter2"), std::string::npos) << refused.error().detail;
}

}  // namespace
}  // namespace stalemate
