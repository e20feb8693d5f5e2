#include "drivers/redis/errors.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stalemate {
namespace {

TEST(RedisErrors, that_refuse_before_touching_the_entry_certainly_did_not_happen) {
  const std::vector<std::pair<std::string, ErrorCode>> cases = {
      {"LOADING Redis is loading the dataset in memory", ErrorCode::unavailable},
      {"OOM command not allowed when used memory > 'maxmemory'.", ErrorCode::unavailable},
      {"READONLY You can't write against a read only replica.", ErrorCode::unavailable},
      {"MISCONF Redis is configured to save RDB snapshots", ErrorCode::unavailable},
      {"NOREPLICAS Not enough good replicas to write.", ErrorCode::unavailable},
      {"BUSY Redis is busy running a script.", ErrorCode::unavailable},
      {"MASTERDOWN Link with MASTER is down", ErrorCode::unavailable},
      {"NOAUTH Authentication required.", ErrorCode::authentication},
      {"WRONGPASS invalid username-password pair or user is disabled.", ErrorCode::authentication},
      {"NOPERM this user has no permissions to run the 'set' command", ErrorCode::authentication},
      {"WRONGTYPE Operation against a key holding the wrong kind of value", ErrorCode::wrong_type},
      {"MOVED 3999 127.0.0.1:6381", ErrorCode::unsupported},
      {"ERR max number of clients reached", ErrorCode::unavailable},
  };
  for (const auto& [text, code] : cases) {
    const Error error = redis_error(text);
    EXPECT_EQ(error.code, code) << text;
    EXPECT_EQ(error.outcome, Outcome::fail) << text;
    EXPECT_NE(error.detail.find(text), std::string::npos);
  }
}

TEST(RedisErrors, that_are_not_known_may_have_happened) {
  for (const std::string text : {"ERR Connection timed out", "", "LOADINGX y", "loading", "UNBLOCKED by whom"}) {
    EXPECT_EQ(redis_error(text).outcome, Outcome::info) << text;
    EXPECT_EQ(redis_error(text).code, ErrorCode::refused_by_server) << text;
  }
}

}  // namespace
}  // namespace stalemate
