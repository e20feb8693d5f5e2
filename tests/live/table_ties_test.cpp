// Which tables of a real database hang together.
#include <gtest/gtest.h>

#include "gated/store_hands.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

TEST(TableTiesLive, finds_views_keys_partitions_triggers_and_rules) {
  const OwnFolder base(OwnFolder::passable);
  const auto servers = start_private_servers({.database = &postgres_kind, .base_folder = base.path()});
  ASSERT_TRUE(servers) << servers.error().detail;
  const ServerAddress server = (*servers)->database()->facts().addresses.front();
  Result<BlockingConnection> connection = BlockingConnection::open({.url = server.url});
  ASSERT_TRUE(connection) << connection.error().detail;
  for (const char* statement :
       {"create table products (id int primary key)", "create table stock (product int references products)",
        "create view on_sale as select * from products", "create view cheap as select * from on_sale",
        "create table sales (n int) partition by range (n)",
        "create table sales_1 partition of sales for values from (0) to (9)", "create table alone (n int)",
        "create table watched (n int)",
        "create function see() returns trigger language plpgsql as 'begin return new; end'",
        "create trigger seen before insert on watched for each row execute function see()",
        "create table ruled (n int)", "create rule kept as on delete to ruled do instead nothing"}) {
    const auto done = connection->run(statement);
    ASSERT_TRUE(done) << done.error().detail;
  }
  DatabaseEye eye({.host = server.host,
                   .port = server.port,
                   .user = server.user,
                   .password = server.password,
                   .name = server.database});
  const Result<TableTies> ties = eye.ties();
  ASSERT_TRUE(ties) << ties.error().detail;
  for (const char* table : {"products", "stock", "on_sale", "cheap"}) {
    EXPECT_EQ(ties->knot_of(table), "cheap") << table;
    EXPECT_FALSE(ties->sets_off_anything(table)) << table;
  }
  EXPECT_EQ(ties->knot_of("sales_1"), ties->knot_of("sales"));
  EXPECT_EQ(ties->knot_of("alone"), "alone");
  EXPECT_FALSE(ties->sets_off_anything("alone"));
  EXPECT_TRUE(ties->sets_off_anything("watched"));
  EXPECT_TRUE(ties->sets_off_anything("ruled"));
}

}  // namespace
}  // namespace stalemate
