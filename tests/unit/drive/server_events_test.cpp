// Server faults at their times, whatever the servers say, and what is kept of them.
#include "drive/server_events.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace stalemate {
namespace {

constexpr Nanoseconds event_ms = 1'000'000;
constexpr Nanoseconds event_hour = 3'600'000 * event_ms;

// Carries out everything but what it is told to refuse.
class TestControl final : public ServerControl {
 public:
  Result<void> carry_out(const ServerEvent& event) override {
    if (refused && event.kind == *refused) {
      return failed(ErrorCode::unavailable, "it cannot be killed");
    }
    kinds.push_back(event.kind);
    ++done;
    return {};
  }
  void await(int wanted) const {
    while (done < wanted) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  std::optional<ServerEventKind> refused = {};
  std::vector<ServerEventKind> kinds = {};
  std::atomic<int> done = 0;
};

using Kind = ServerEventKind;

TEST(ServerEvents, that_are_carried_out_leave_the_stretches_in_which_a_server_stood_still) {
  const std::vector<ServerEvent> plan = {{1 * event_ms, Target::cache, Kind::pause, 2},
                                         {3 * event_ms, Target::database, Kind::kill, 1},
                                         {6 * event_ms, Target::cache, Kind::resume, 2},
                                         {9 * event_ms, Target::database, Kind::start, 1}};
  TestControl control;
  ServerEvents events(plan, &control, std::chrono::steady_clock::now());
  ASSERT_TRUE(events.start());
  control.await(4);
  events.finish();
  ASSERT_EQ(events.stops().size(), 2U);
  const ServerStop& cache = events.stops()[0];
  const ServerStop& database = events.stops()[1];
  EXPECT_EQ(cache.fault, 2);
  EXPECT_EQ(cache.target, Target::cache);
  EXPECT_GE(cache.start_ns, 1 * event_ms);
  EXPECT_GE(cache.end_ns, 6 * event_ms);
  EXPECT_EQ(database.fault, 1);
  EXPECT_GE(database.start_ns, 3 * event_ms);
  EXPECT_GE(database.end_ns, 9 * event_ms);
  EXPECT_LT(database.end_ns, never);
  EXPECT_TRUE(events.troubles().empty());
}

TEST(ServerEvents, that_were_begun_are_undone_when_the_run_ends_first) {
  const std::vector<ServerEvent> plan = {{0, Target::database, Kind::pause, 1},
                                         {event_hour, Target::database, Kind::resume, 1},
                                         {2 * event_hour, Target::database, Kind::pause, 1},
                                         {3 * event_hour, Target::database, Kind::resume, 1}};
  TestControl control;
  ServerEvents events(plan, &control, std::chrono::steady_clock::now());
  ASSERT_TRUE(events.start());
  control.await(1);
  events.finish();
  EXPECT_EQ(control.kinds, (std::vector{Kind::pause, Kind::resume}));
  ASSERT_EQ(events.stops().size(), 1U);
  EXPECT_LT(events.stops().front().end_ns, never);
}

TEST(ServerEvents, that_fail_are_told_and_are_no_stop) {
  const std::vector<ServerEvent> plan = {{0, Target::cache, Kind::kill, 1},
                                         {1 * event_ms, Target::cache, Kind::start, 1},
                                         {2 * event_ms, Target::database, Kind::pause, 2},
                                         {3 * event_ms, Target::database, Kind::resume, 2}};
  TestControl control;
  control.refused = Kind::kill;
  ServerEvents events(plan, &control, std::chrono::steady_clock::now());
  ASSERT_TRUE(events.start());
  control.await(3);
  events.finish();
  EXPECT_EQ(control.kinds, (std::vector{Kind::start, Kind::pause, Kind::resume})) << "it may be half dead";
  EXPECT_EQ(events.troubles(), std::vector<std::string>{"it cannot be killed"});
  ASSERT_EQ(events.stops().size(), 1U);
  EXPECT_EQ(events.stops().front().target, Target::database);
}

// Counts what it is asked to drop; every second time there is nothing.
class StruckCache final : public ServerControl {
 public:
  Result<void> carry_out(const ServerEvent& /*event*/) override { return {}; }
  Result<bool> strike(const ServerEvent& event, Key key, std::uint64_t /*draw*/) override {
    EXPECT_EQ(event.kind, Kind::evict);
    EXPECT_LT(key.index, 3U);
    ++asked;
    return asked % 2 == 0;
  }
  std::atomic<int> asked = 0;
};

TEST(ServerEvents, that_evict_strike_again_and_again_until_they_end_and_stop_no_server) {
  const std::vector<ServerEvent> plan = {{0, Target::cache, Kind::evict, 1},
                                         {event_hour, Target::cache, Kind::evict_end, 1}};
  StruckCache control;
  ServerEvents events(plan, &control, std::chrono::steady_clock::now(), 3, 7);
  ASSERT_TRUE(events.start());
  while (control.asked < 6) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  events.finish();
  EXPECT_EQ(events.struck().size(), static_cast<std::size_t>(control.asked / 2)) << "only what was there to be dropped";
  EXPECT_TRUE(events.stops().empty());
  ASSERT_EQ(events.windows().size(), 1U);
  const FaultWindow& window = events.windows().front();
  EXPECT_EQ(window.fault, 1);
  EXPECT_LT(window.end_ns, event_hour);
  for (const FaultStrike& strike : events.struck()) {
    EXPECT_TRUE(window.start_ns <= strike.at_ns && strike.at_ns <= window.end_ns) << strike.at_ns;
  }
}

}  // namespace
}  // namespace stalemate
