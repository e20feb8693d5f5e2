// When a CockroachDB counts as replicated, and what is said of it.
#include "drivers/postgres/nodes/replication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "byte_server.hpp"
#include "postgres_script.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds second = 1'000'000'000;

TEST(Replication, is_done_only_when_every_range_there_is_has_its_replicas) {
  EXPECT_EQ(next_step({3, 32, 32}, 0, second), ReplicationStep::done);
  EXPECT_EQ(next_step({3, 32, 31}, 0, second), ReplicationStep::wait);
  EXPECT_EQ(next_step({3, 32, 5}, 0, second), ReplicationStep::wait);
  EXPECT_EQ(next_step({3, 0, 0}, 0, second), ReplicationStep::wait) << "no range at all is no sign of health";
}

TEST(Replication, is_waited_for_until_the_time_is_over_and_no_longer) {
  EXPECT_EQ(next_step({3, 32, 5}, second - 1, second), ReplicationStep::wait);
  EXPECT_EQ(next_step({3, 32, 5}, second, second), ReplicationStep::give_up);
  EXPECT_EQ(next_step({3, 0, 0}, second, second), ReplicationStep::give_up);
  EXPECT_EQ(next_step({3, 32, 32}, 2 * second, second), ReplicationStep::done) << "done is done, however late";
}

TEST(Replication, is_told_with_what_is_missing) {
  EXPECT_EQ(describe({3, 32, 32}, ReplicationScope::cluster), "all 32 ranges have 3 replicas");
  EXPECT_EQ(describe({3, 32, 5}, ReplicationScope::cluster), "27 of 32 ranges have fewer than 3 replicas");
  EXPECT_EQ(describe({3, 1, 0}, ReplicationScope::stock_table),
            "1 of 1 range of the table stock has fewer than 3 replicas");
  EXPECT_EQ(describe({3, 1, 1}, ReplicationScope::stock_table), "the 1 range of the table stock has 3 replicas");
  EXPECT_EQ(describe(ReplicationWait{{3, 32, 32}, ReplicationScope::cluster, 24 * second}),
            "all 32 ranges have 3 replicas, after 24.0 s");
  EXPECT_EQ(describe(ReplicationWait{{3, 32, 31}, ReplicationScope::cluster, 60 * second}),
            "1 of 32 ranges has fewer than 3 replicas after 60.0 s: if the node that holds them dies, all work ends");
}

TEST(Replication, is_counted_by_statements_that_v20_1_takes) {
  EXPECT_EQ(replication_text(ReplicationScope::cluster, 3),
            "SELECT count(*), count(*) FILTER (WHERE array_length(replicas, 1) >= 3) FROM "
            "crdb_internal.ranges_no_leases");
  EXPECT_EQ(replication_text(ReplicationScope::stock_table, 3),
            "SELECT count(*), count(*) FILTER (WHERE array_length(replicas, 1) >= 3) FROM [SHOW RANGES FROM TABLE "
            "stock]");
}

std::string row_of(const std::vector<std::string>& cells) {
  return row_description(static_cast<int>(cells.size())) + data_row(cells) + message('C', text_z("SELECT 1")) +
         ready_for_query;
}

Conversation until_replicated(const Conversation& rest) {
  Conversation whole = {await_startup(),
                        send_bytes(welcome),
                        await_statement("version()"),
                        send_bytes(row_of({"CockroachDB CCL v20.1.5 (x86_64-unknown-linux-gnu)"})),
                        await_statement("statement_timeout"),
                        send_bytes(message('C', text_z("SET")) + ready_for_query)};
  whole.insert(whole.end(), rest.begin(), rest.end());
  return whole;
}

PostgresOptions options_for(const ByteServer& server) {
  PostgresOptions options;
  options.url =
      "postgres://root@127.0.0.1:" + std::to_string(server.port()) + "/defaultdb?sslmode=disable&gssencmode=disable";
  return options;
}

TEST(ReplicationWait, ends_with_the_look_that_finds_everything_replicated) {
  ByteServer server(
      {until_replicated({await_statement("ranges_no_leases"), send_bytes(row_of({"32", "5"})),
                         await_statement("ranges_no_leases"), send_bytes(row_of({"33", "33"})), hold_connection()})});
  const auto wait = wait_for_replication(options_for(server), ReplicationScope::cluster, 3, 60 * second, {});
  ASSERT_TRUE(wait) << wait.error().detail;
  EXPECT_TRUE(wait->is_done());
  EXPECT_EQ(wait->last, (Replication{3, 33, 33}));
}

TEST(ReplicationWait, that_is_too_short_says_what_is_missing) {
  ByteServer server({until_replicated(
      {await_statement("SHOW RANGES FROM TABLE stock"), send_bytes(row_of({"1", "0"})), hold_connection()})});
  const auto wait = wait_for_replication(options_for(server), ReplicationScope::stock_table, 3, 0, {});
  ASSERT_TRUE(wait) << wait.error().detail;
  EXPECT_FALSE(wait->is_done());
  EXPECT_EQ(wait->last, (Replication{3, 1, 0}));
}

TEST(ReplicationWait, that_may_not_look_says_why) {
  ByteServer server({until_replicated(
      {await_statement("ranges_no_leases"),
       send_bytes(sql_failure("ERROR", "42501", "only users with the admin role are allowed") + ready_for_query),
       hold_connection()})});
  const auto wait = wait_for_replication(options_for(server), ReplicationScope::cluster, 3, second, {});
  ASSERT_FALSE(wait);
  EXPECT_THAT(wait.error().detail, testing::HasSubstr("only users with the admin role are allowed"));
}

}  // namespace
}  // namespace stalemate
