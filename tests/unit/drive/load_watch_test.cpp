#include "drive/watch/load_watch.hpp"

#include <gtest/gtest.h>

namespace stalemate {
namespace {

constexpr Nanoseconds tick_ns = 1'000'000;

// Sessions and processors as a test says.
class TestGauge final : public LoadGauge {
 public:
  struct Said {
    std::atomic<int> asked = 0;
    bool answers = true;
    std::optional<ProcessorTimes> first = ProcessorTimes{};
    std::optional<ProcessorTimes> last = ProcessorTimes{};
  };
  explicit TestGauge(Said& said) : said_(said) {}
  Result<SessionLook> look() override {
    ++said_.asked;
    return said_.answers ? Result<SessionLook>(SessionLook{1, 13, 2}) : failed(ErrorCode::unsupported, "no");
  }
  std::optional<ProcessorTimes> processor_times() override { return std::exchange(said_.first, said_.last); }
  [[nodiscard]] unsigned processors() const override { return 4; }

 private:
  Said& said_;
};

void await_looks(const TestGauge::Said& said, int wanted) {
  while (said.asked < wanted) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST(LoadWatch, counts_time_and_ops_of_the_stretches_in_which_the_run_was_behind_from_end_to_end) {
  LoadWatch watch(nullptr, tick_ns);
  watch.note(100 * tick_ns, 10, false);
  watch.note(200 * tick_ns, 30, true);   // since when is not known
  watch.note(300 * tick_ns, 70, true);   // 40 ops
  watch.note(450 * tick_ns, 120, true);  // 50 ops
  watch.note(500 * tick_ns, 125, false);
  watch.note(600 * tick_ns, 126, true);
  watch.note(700 * tick_ns, 127, true);  // 1 op
  const LoadFigures figures = watch.finish();
  EXPECT_EQ(figures.behind_ns, 350 * tick_ns);
  EXPECT_EQ(figures.done_behind, 91U);
  EXPECT_EQ(figures.looks, 0U);
  EXPECT_EQ(figures.watched_ns, 0);
}

TEST(LoadWatch, looks_at_the_sessions_while_the_run_is_behind) {
  TestGauge::Said said;
  LoadWatch watch(std::make_unique<TestGauge>(said), tick_ns);
  watch.note(tick_ns, 0, true);
  await_looks(said, 3);
  const LoadFigures figures = watch.finish();
  EXPECT_GE(figures.looks, 3U);
  EXPECT_EQ(figures.sessions.waiting_for_locks, 13 * figures.looks);
  EXPECT_EQ(figures.sessions.running, figures.looks);
  EXPECT_EQ(figures.sessions.waiting_otherwise, 2 * figures.looks);
  EXPECT_EQ(figures.processors, 4U);
}

TEST(LoadWatch, asks_nobody_of_a_run_that_keeps_up) {
  TestGauge::Said said;
  LoadWatch watch(std::make_unique<TestGauge>(said), tick_ns / 1000);
  watch.note(tick_ns, 0, false);
  EXPECT_EQ(watch.finish().looks, 0U);
  EXPECT_EQ(said.asked, 0);
}

TEST(LoadWatch, counts_no_look_that_was_not_answered) {
  TestGauge::Said said;
  said.answers = false;
  LoadWatch watch(std::make_unique<TestGauge>(said), tick_ns);
  watch.note(tick_ns, 0, true);
  await_looks(said, 2);
  EXPECT_EQ(watch.finish().looks, 0U);
}

TEST(LoadWatch, says_what_processors_did_since_it_began) {
  TestGauge::Said said;
  said.first = ProcessorTimes{1000, 100, 50};
  said.last = ProcessorTimes{5000, 700, 90};
  LoadWatch watch(std::make_unique<TestGauge>(said), tick_ns);
  const LoadFigures figures = watch.finish();
  EXPECT_EQ(figures.used.machine_ns, 4000);
  EXPECT_EQ(figures.used.own_ns, 600);
  EXPECT_EQ(figures.used.servers_ns, 40);
  EXPECT_GT(figures.watched_ns, 0);
}

TEST(LoadWatch, does_not_count_servers_that_were_killed_meanwhile) {
  TestGauge::Said said;
  said.first = ProcessorTimes{1000, 100, 50};
  said.last = ProcessorTimes{5000, 700, 20};
  LoadWatch watch(std::make_unique<TestGauge>(said), tick_ns);
  EXPECT_FALSE(watch.finish().used.servers_ns.has_value());
}

}  // namespace
}  // namespace stalemate
