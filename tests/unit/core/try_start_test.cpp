#include "core/try_start.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace stalemate {
namespace {

using testing::HasSubstr;

// What std::thread does where there can be no more of them.
[[noreturn]] void refuse() {
  throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
}

TEST(TryStart, gives_what_was_started) {
  EXPECT_EQ(try_start("for a worker", [] { return 7; }).value(), 7);
}

TEST(TryStart, says_what_could_not_be_started_and_what_the_limit_may_be) {
  const Result<int> refused = try_start("for a worker", []() -> int { refuse(); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::defect);
  EXPECT_EQ(refused.error().detail,
            "cannot start a thread for a worker: Resource temporarily unavailable; the machine, or a limit for this "
            "user (ulimit -u), allows no more");
}

struct TwoThreads {
  std::vector<std::function<void()>> started = {};
  void emplace_back(const std::function<void()>& work) {
    if (started.size() == 2) {
      refuse();
    }
    started.push_back(work);
  }
};

TEST(StartOrDo, does_here_what_there_can_be_no_thread_for_and_leaves_nothing_out) {
  TwoThreads threads;
  int done = 0;
  for (int i = 0; i < 5; ++i) {
    start_or_do(threads, [&done] { ++done; });
  }
  EXPECT_EQ(done, 3);
  for (const auto& work : threads.started) {
    work();
  }
  EXPECT_EQ(done, 5);
}

}  // namespace
}  // namespace stalemate
