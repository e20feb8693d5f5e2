#include "drivers/mariadb/errors.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "drivers/mariadb/connection.hpp"

namespace stalemate {
namespace {

struct MariaDbCase {
  unsigned number;
  std::string state;
  ErrorCode code;
  Outcome of_statement;
  Outcome of_commit;
};

TEST(MariaDbErrors, are_judged_by_their_number_and_state_and_when_they_came) {
  const std::vector<MariaDbCase> cases = {
      {1213, "40001", ErrorCode::serialization_failure, Outcome::fail, Outcome::fail},
      {1020, "HY000", ErrorCode::serialization_failure, Outcome::fail, Outcome::fail},
      {1614, "XA102", ErrorCode::refused_by_server, Outcome::fail, Outcome::info},
      {1402, "40000", ErrorCode::refused_by_server, Outcome::fail, Outcome::fail},
      {1205, "HY000", ErrorCode::unavailable, Outcome::fail, Outcome::info},
      {1317, "70100", ErrorCode::unavailable, Outcome::fail, Outcome::info},
      {1040, "08004", ErrorCode::unavailable, Outcome::fail, Outcome::info},
      {1114, "HY000", ErrorCode::unavailable, Outcome::fail, Outcome::info},
      {1290, "HY000", ErrorCode::unavailable, Outcome::fail, Outcome::info},
      {1045, "28000", ErrorCode::authentication, Outcome::fail, Outcome::info},
      {1142, "42000", ErrorCode::authentication, Outcome::fail, Outcome::info},
      {1049, "42000", ErrorCode::unknown_database, Outcome::fail, Outcome::info},
      {1146, "42S02", ErrorCode::unknown_table, Outcome::fail, Outcome::info},
      {1054, "42S22", ErrorCode::unknown_table, Outcome::fail, Outcome::info},
      {1366, "22007", ErrorCode::wrong_type, Outcome::fail, Outcome::info},
      {1264, "22003", ErrorCode::wrong_type, Outcome::fail, Outcome::info},
      {1062, "23000", ErrorCode::constraint, Outcome::fail, Outcome::fail},
      {1180, "HY000", ErrorCode::unavailable, Outcome::info, Outcome::info},
      {1153, "08S01", ErrorCode::refused_by_server, Outcome::fail, Outcome::info},
      {1053, "08S01", ErrorCode::unavailable, Outcome::info, Outcome::info},
      {1927, "70100", ErrorCode::unavailable, Outcome::info, Outcome::info},
      {1158, "08S01", ErrorCode::unavailable, Outcome::info, Outcome::info},
      {1064, "42000", ErrorCode::refused_by_server, Outcome::fail, Outcome::info},
      {1644, "45000", ErrorCode::refused_by_server, Outcome::fail, Outcome::info},
      {2003, "HY000", ErrorCode::connection_refused, Outcome::fail, Outcome::fail},
      {2006, "HY000", ErrorCode::connection_lost, Outcome::info, Outcome::info},
      {2013, "HY000", ErrorCode::connection_lost, Outcome::info, Outcome::info},
      {2027, "HY000", ErrorCode::protocol, Outcome::info, Outcome::info},
      {5012, "HY000", ErrorCode::protocol, Outcome::info, Outcome::info},
  };
  for (const MariaDbCase& each : cases) {
    const MariaDbError error = {each.number, each.state, "why"};
    EXPECT_EQ(mariadb_error(error, SqlPhase::statement).code, each.code) << each.number;
    EXPECT_EQ(mariadb_error(error, SqlPhase::statement).outcome, each.of_statement) << each.number;
    EXPECT_EQ(mariadb_error(error, SqlPhase::commit).outcome, each.of_commit) << each.number;
    EXPECT_EQ(mariadb_error(error, SqlPhase::connecting).outcome, Outcome::fail) << each.number;
  }
}

TEST(MariaDbErrors, whose_outcome_is_open_end_the_connection_but_for_a_commit_that_failed) {
  for (unsigned number = 1000; number < 6000; ++number) {
    const MariaDbError error = {number, "HY000", "why"};
    const bool is_open = mariadb_error(error, SqlPhase::statement).outcome == Outcome::info;
    constexpr unsigned commit_failed = 1180;
    EXPECT_TRUE(!is_open || ends_connection(error) || number == commit_failed) << number;
  }
}

TEST(MariaDbErrors, are_tried_again_where_another_transaction_was_in_the_way) {
  EXPECT_TRUE(is_conflict({1213, "40001", ""}));
  EXPECT_TRUE(is_conflict({1020, "HY000", ""}));
  EXPECT_FALSE(is_conflict({1205, "HY000", ""}));
}

TEST(MariaDbErrors, of_the_server_are_told_with_their_number) {
  EXPECT_EQ(mariadb_error({1146, "42S02", "Table 'a.stock' doesn't exist"}, SqlPhase::statement).detail,
            "the database answered: Table 'a.stock' doesn't exist (error 1146, SQLSTATE 42S02)");
}

TEST(MariaDbErrors, of_a_login_never_show_its_password) {
  MariaDbAddress address;
  address.password = "hush";
  const Error error = mariadb_connection_error({1045, "28000", "Access denied for user 'a' with hush"},
                                               "mysql://a:hush@localhost/b", address);
  EXPECT_EQ(error.code, ErrorCode::authentication);
  EXPECT_EQ(error.detail,
            "the database answered: Access denied for user 'a' with *** (error 1045, SQLSTATE 28000); the password was "
            "the one in its URL");
  const Error lost =
      mariadb_connection_error({2013, "HY000", "Lost connection"}, "mysql://a:hush@localhost/b", address);
  EXPECT_EQ(lost.code, ErrorCode::connection_refused);
  EXPECT_EQ(lost.detail, "the database at mysql://a:***@localhost/b cannot be reached: Lost connection");
}

TEST(MariaDbVersion, is_taken_apart) {
  const MariaDbVersion maria = parse_mariadb_version("10.11.6-MariaDB-0+deb12u1");
  EXPECT_EQ(maria.engine, "MariaDB");
  EXPECT_EQ(maria.version, "10.11.6");
  const MariaDbVersion old = parse_mariadb_version("5.5.5-10.6.16-MariaDB");
  EXPECT_EQ(old.engine, "MariaDB");
  EXPECT_EQ(old.version, "10.6.16");
  const MariaDbVersion mysql = parse_mariadb_version("8.0.36");
  EXPECT_EQ(mysql.engine, "MySQL");
  EXPECT_EQ(mysql.version, "8.0.36");
}

}  // namespace
}  // namespace stalemate
