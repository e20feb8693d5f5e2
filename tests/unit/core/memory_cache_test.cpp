// The cache in memory: life times, waiting, and its queue.
#include "core/pattern/memory_cache.hpp"

#include <gtest/gtest.h>

namespace stalemate {
namespace {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] Nanoseconds now_ns() const override { return now; }
  Task<void> sleep(Nanoseconds duration_ns) override {
    now += duration_ns;
    slept += duration_ns;
    co_return;
  }
  Nanoseconds now = -5;
  Nanoseconds slept = 0;
};

const CacheCommandInfo take = {
    .name = "take",
    .summary = "",
    .lua = "",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment& moment) -> CacheReply {
      if (slots[Slot::guard]) {
        return {.verdict = CacheVerdict::busy};
      }
      slots[Slot::guard] = SlotContent{absent, moment.now, arguments.hold_ns > 0};
      slots.queued = true;
      return {.stamp = moment.now};
    },
};

class MemoryCacheTest : public testing::Test {
 protected:
  template <class T>
  static T done(Task<T> task) {
    task.start();
    return task.take();
  }

  ManualClock clock_ = {};
  MemoryCache cache_ = MemoryCache(clock_);
  static constexpr Key shoe = {3};
};

TEST_F(MemoryCacheTest, keeps_an_entry_until_its_time_is_over) {
  EXPECT_TRUE(done(cache_.set(shoe, 7, 1'500'000)).has_value());
  EXPECT_EQ(done(cache_.get(shoe)).value(), 7);
  clock_.now += 1'999'999;
  EXPECT_EQ(done(cache_.get(shoe)).value(), 7);
  clock_.now += 1;
  EXPECT_EQ(done(cache_.get(shoe)).value(), std::nullopt);
  EXPECT_TRUE(done(cache_.set(shoe, 8, 0)).has_value());
  clock_.now += 1'000'000'000'000;
  EXPECT_EQ(done(cache_.erase(shoe)).value(), true);
  EXPECT_EQ(done(cache_.erase(shoe)).value(), false);
}

TEST_F(MemoryCacheTest, waits_out_what_is_busy_as_long_as_it_is_told) {
  const CacheArguments held = {.hold_ns = 10'000'000};
  const CacheReply first = done(cache_.call(take, shoe, held)).value();
  EXPECT_EQ(first.verdict, CacheVerdict::done);
  EXPECT_EQ(done(cache_.call(take, shoe, held))->verdict, CacheVerdict::busy);
  EXPECT_EQ(clock_.slept, 0);
  const CacheArguments impatient = {.patience_ns = 3'000'000};
  EXPECT_EQ(done(cache_.call(take, shoe, impatient))->verdict, CacheVerdict::busy);
  EXPECT_EQ(clock_.slept, 3'000'000);
  const CacheArguments patient = {.patience_ns = 30'000'000};
  const CacheReply second = done(cache_.call(take, shoe, patient)).value();
  EXPECT_EQ(second.verdict, CacheVerdict::done);
  EXPECT_LE(clock_.slept, 11'000'000);
  EXPECT_GT(second.stamp, first.stamp);
}

TEST_F(MemoryCacheTest, tells_no_two_commands_the_same_moment) {
  const Key other = {4};
  const CacheArguments nothing;
  const CacheReply first = done(cache_.call(take, shoe, nothing)).value();
  const CacheReply second = done(cache_.call(take, other, nothing)).value();
  EXPECT_GT(first.stamp, 0);
  EXPECT_GT(second.stamp, first.stamp);
}

TEST_F(MemoryCacheTest, hands_out_queued_keys_to_its_feed) {
  MemoryQueueFeed feed(cache_);
  Task<Result<Change>> waiting = feed.next();
  waiting.start();
  EXPECT_FALSE(waiting.done());
  const CacheArguments nothing;
  EXPECT_TRUE(done(cache_.call(take, shoe, nothing)).has_value());
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.take()->key, shoe);
  EXPECT_EQ(done(feed.next())->key, shoe);
  cache_.clear();
  Task<Result<Change>> later = feed.next();
  later.start();
  EXPECT_FALSE(later.done());
  feed.finish();
  ASSERT_TRUE(later.done());
  EXPECT_EQ(later.take().error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace stalemate
