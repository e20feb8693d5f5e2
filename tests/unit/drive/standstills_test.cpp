#include "drive/watch/standstills.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/pattern/ports.hpp"

namespace stalemate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Nanoseconds ms = 1'000'000;

class StandstillWatchTest : public testing::Test {
 protected:
  boost::asio::io_context context_ = boost::asio::io_context(1);
  LiveClock clock_ = LiveClock(context_);
  StandstillWatch watch_ = StandstillWatch(context_, clock_);
};

TEST_F(StandstillWatchTest, takes_a_timer_that_comes_much_too_late_for_a_standstill_from_when_it_was_due) {
  watch_.note(100 * ms, 101 * ms);
  watch_.note(120 * ms, 144 * ms);
  EXPECT_THAT(watch_.all(), IsEmpty());
  watch_.note(240 * ms, 265 * ms);
  watch_.note(360 * ms, 3360 * ms);
  EXPECT_THAT(watch_.all(), ElementsAre(Standstill{240 * ms, 265 * ms}, Standstill{360 * ms, 3360 * ms}));
}

TEST_F(StandstillWatchTest, notices_that_its_own_thread_was_held_up) {
  watch_.start();
  const auto begin = std::chrono::steady_clock::now();
  bool held_up = false;
  while (watch_.all().empty()) {
    context_.run_one();
    if (!std::exchange(held_up, true)) {
      while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(200)) {
      }
    }
  }
  EXPECT_GE(watch_.all().front().end_ns - watch_.all().front().start_ns, StandstillWatch::standstill_least_ns);
}

TEST_F(StandstillWatchTest, keeps_within_bounds) {
  for (Nanoseconds at_ns = 0; at_ns < 200'000 * 200 * ms; at_ns += 200 * ms) {
    watch_.note(at_ns, at_ns + 150 * ms);
  }
  EXPECT_EQ(watch_.all().size(), 100'000U);
}

TEST(Standstills, of_all_threads_are_one_where_they_overlap) {
  EXPECT_THAT(StandstillWatch::merged({{500, 700}, {100, 300}, {200, 250}, {300, 400}, {690, 800}}),
              ElementsAre(Standstill{100, 400}, Standstill{500, 800}));
}

}  // namespace
}  // namespace stalemate
