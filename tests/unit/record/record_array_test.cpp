#include "record/record_array.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace stalemate {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

bool holds_only(const RecordArray<std::uint8_t>& array, std::uint8_t wanted) {
  const std::span<const std::uint8_t> bytes = array.span();
  // Quick without optimisation and with sanitizers, too: each byte is as the one before.
  return bytes.front() == wanted && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

void fill(RecordArray<std::uint8_t>& array, std::uint8_t byte) {
  std::memset(array.data(), byte, array.size());
}

TEST(RecordArray, is_zero_whatever_earlier_ones_held) {
  for (const std::size_t size : {4 * mebibyte, 3 * mebibyte, 7 * mebibyte + 1, std::size_t{1}, 6 * mebibyte,
                                 30 * mebibyte, 65 * mebibyte, 5 * mebibyte, 12 * mebibyte - 1, 30 * mebibyte}) {
    RecordArray<std::uint8_t> array(size);
    ASSERT_EQ(array.size(), size);
    EXPECT_TRUE(holds_only(array, 0)) << size;
    fill(array, 0xA5);
  }
}

TEST(RecordArray, shares_no_memory_with_another) {
  for (int round = 0; round < 3; ++round) {
    std::vector<RecordArray<std::uint8_t>> arrays;
    for (std::uint8_t number = 1; number <= 12; ++number) {
      arrays.emplace_back((std::size_t{number} * 5 % 9 + 2) * mebibyte + number);
      EXPECT_TRUE(holds_only(arrays.back(), 0));
      fill(arrays.back(), number);
      if (number % 4 == 0) {
        arrays[number / 2] = {};  // so that a piece is given back while others are in use
      }
    }
    for (std::uint8_t number = 1; number <= 12; ++number) {
      EXPECT_TRUE(arrays[number - 1U].size() == 0 || holds_only(arrays[number - 1U], number));
    }
  }
}

TEST(RecordArray, is_its_threads_own) {
  std::vector<std::jthread> threads;
  for (std::uint8_t number = 1; number <= 4; ++number) {
    threads.emplace_back([number] {
      for (std::size_t round = 0; round < 10; ++round) {
        RecordArray<std::uint8_t> array(4 * mebibyte + number * round);
        array.make_ready(0, array.size());
        ASSERT_TRUE(holds_only(array, 0));
        fill(array, number);
        ASSERT_TRUE(holds_only(array, number));
      }
    });
  }
}

TEST(RecordArray, keeps_what_is_not_forgotten_when_shrunk_and_moved) {
  RecordArray<std::uint8_t> array(5 * mebibyte);
  fill(array, 7);
  array.shrink(3);
  const RecordArray<std::uint8_t> moved = std::move(array);
  EXPECT_EQ(moved.size(), 3U);
  EXPECT_TRUE(holds_only(moved, 7));
}

}  // namespace
}  // namespace stalemate
