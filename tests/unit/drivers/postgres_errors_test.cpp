#include "drivers/postgres/errors.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "drivers/postgres/statements.hpp"
#include "drivers/sql/stock_rows.hpp"

namespace stalemate {
namespace {

SqlError of_state(std::string_view state) {
  SqlError error;
  error.state = state;
  error.message = "why";
  return error;
}

struct Case {
  std::string state;
  ErrorCode code;
  Outcome of_statement;
  Outcome of_commit;
};

TEST(SqlErrors, are_judged_by_their_state_and_when_they_came) {
  const std::vector<Case> cases = {
      {"40001", ErrorCode::serialization_failure, Outcome::fail, Outcome::fail},
      {"40P01", ErrorCode::serialization_failure, Outcome::fail, Outcome::fail},
      {"40003", ErrorCode::refused_by_server, Outcome::info, Outcome::info},
      {"40002", ErrorCode::refused_by_server, Outcome::fail, Outcome::fail},
      {"23505", ErrorCode::constraint, Outcome::fail, Outcome::fail},
      {"28P01", ErrorCode::authentication, Outcome::fail, Outcome::info},
      {"42501", ErrorCode::authentication, Outcome::fail, Outcome::info},
      {"3D000", ErrorCode::unknown_database, Outcome::fail, Outcome::info},
      {"42P01", ErrorCode::unknown_table, Outcome::fail, Outcome::info},
      {"42703", ErrorCode::unknown_table, Outcome::fail, Outcome::info},
      {"22P02", ErrorCode::wrong_type, Outcome::fail, Outcome::info},
      {"42804", ErrorCode::wrong_type, Outcome::fail, Outcome::info},
      {"25006", ErrorCode::unavailable, Outcome::fail, Outcome::info},
      {"53100", ErrorCode::unavailable, Outcome::fail, Outcome::info},
      {"53300", ErrorCode::unavailable, Outcome::fail, Outcome::info},
      {"57014", ErrorCode::unavailable, Outcome::fail, Outcome::info},
      {"57P01", ErrorCode::unavailable, Outcome::info, Outcome::info},
      {"57P02", ErrorCode::unavailable, Outcome::info, Outcome::info},
      {"XX000", ErrorCode::unavailable, Outcome::info, Outcome::info},
      {"08006", ErrorCode::unavailable, Outcome::info, Outcome::info},
      {"42601", ErrorCode::refused_by_server, Outcome::fail, Outcome::info},
      {"P0001", ErrorCode::refused_by_server, Outcome::fail, Outcome::info},
      {"99999", ErrorCode::refused_by_server, Outcome::fail, Outcome::info},
      {"", ErrorCode::refused_by_server, Outcome::info, Outcome::info},
  };
  for (const Case& each : cases) {
    const SqlError error = of_state(each.state);
    EXPECT_EQ(sql_error(error, SqlPhase::statement).code, each.code) << each.state;
    EXPECT_EQ(sql_error(error, SqlPhase::statement).outcome, each.of_statement) << each.state;
    EXPECT_EQ(sql_error(error, SqlPhase::commit).outcome, each.of_commit) << each.state;
    EXPECT_EQ(sql_error(error, SqlPhase::connecting).outcome, Outcome::fail) << each.state;
  }
}

TEST(SqlErrors, that_end_the_connection_may_have_happened) {
  SqlError error = of_state("53200");
  error.connection_ends = true;
  EXPECT_EQ(sql_error(error, SqlPhase::statement).outcome, Outcome::info);
  EXPECT_EQ(sql_error(error, SqlPhase::connecting).outcome, Outcome::fail);
}

TEST(SqlErrors, only_conflicts_are_worth_a_retry) {
  EXPECT_TRUE(worth_a_retry("40001"));
  EXPECT_TRUE(worth_a_retry("40P01"));
  EXPECT_FALSE(worth_a_retry("40003"));
  EXPECT_FALSE(worth_a_retry("57P01"));
}

TEST(SqlErrors, are_found_in_libpqs_verbose_text) {
  const SqlError error = sql_error_in_text(
      "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password authentication failed for user "
      "\"me\"\nLOCATION:  auth_failed, auth.c:326\n");
  EXPECT_EQ(error.state, "28P01");
  EXPECT_EQ(error.message, "password authentication failed for user \"me\"");
}

TEST(SqlErrors, libpqs_own_trouble_has_no_state) {
  const SqlError error =
      sql_error_in_text("connection to server failed: Connection refused\n\tIs the server running?\n");
  EXPECT_TRUE(error.state.empty());
  EXPECT_EQ(error.message, "connection to server failed: Connection refused");
}

TEST(ServerVersion, is_taken_apart) {
  const ServerVersion postgres = parse_server_version("PostgreSQL 15.8 (Debian 15.8-1) on x86_64-pc-linux-gnu, 64-bit");
  EXPECT_EQ(postgres.dialect, Dialect::postgres);
  EXPECT_EQ(postgres.engine, "PostgreSQL");
  EXPECT_EQ(postgres.version, "15.8");
  const ServerVersion cockroach = parse_server_version("CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu, built 2023)");
  EXPECT_EQ(cockroach.dialect, Dialect::cockroach);
  EXPECT_EQ(cockroach.engine, "CockroachDB");
  EXPECT_EQ(cockroach.version, "v23.1.11");
  const ServerVersion odd = parse_server_version("something");
  EXPECT_EQ(odd.engine, "something");
  EXPECT_EQ(odd.version, "");
}

TEST(Quantity, is_a_whole_number_of_32_bits) {
  EXPECT_EQ(parse_quantity("1000"), 1000);
  EXPECT_EQ(parse_quantity("-7"), -7);
  for (const std::string text : {"", "1.0", " 1", "2147483648", "-2147483648", "NaN"}) {
    EXPECT_FALSE(parse_quantity(text)) << text;
  }
}

}  // namespace
}  // namespace stalemate
