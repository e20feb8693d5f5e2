#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "check/check_progress.hpp"
#include "unit/check/small_history.hpp"

namespace stalemate::test {
namespace {

TEST(CheckProgress, is_told_of_every_part_once_whatever_the_crew) {
  SeededRandom random(1);
  const History history = packed(random_history(random, {.ops_max = 200, .keys_max = 20}));
  for (const std::uint32_t size : {1U, 2U, 3U}) {
    std::mutex mutex;
    std::vector<std::size_t> told;
    std::size_t all_parts = 0;
    const CheckProgress progress = [&](std::size_t done, std::size_t parts) {
      const std::lock_guard lock(mutex);
      told.push_back(done);
      all_parts = parts;
    };
    const Crew crew = {.size = size, .run = [size](const Crew::Work& work) {
                         std::vector<std::jthread> members;
                         for (std::uint32_t member = 0; member < size; ++member) {
                           members.emplace_back(work, member);
                         }
                       }};
    static_cast<void>(check_all(history, CheckOptions{}, crew, progress));
    std::ranges::sort(told);
    ASSERT_GT(all_parts, 0U);
    ASSERT_EQ(told.size(), all_parts) << size;
    for (std::size_t part = 0; part < all_parts; ++part) {
      EXPECT_EQ(told[part], part + 1) << size;
    }
  }
}

}  // namespace
}  // namespace stalemate::test
