#include "servers/keeper/processor_time.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "servers/keeper/processes.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds tick_ns = 10'000'000;

TEST(ProcessorTime, of_the_machine_leaves_out_what_was_idle_or_waited_for_disks) {
  EXPECT_EQ(parse_machine_stat("cpu  100 20 3 4000 500 6 7 8 0 0\ncpu0 1 2 3 4\n", 100), 144 * tick_ns);
  EXPECT_EQ(parse_machine_stat("cpu 1 2 3 4\n", 100), 6 * tick_ns) << "an old kernel";
  for (const char* text : {"", "cpu0 1 2 3 4", "cpu 1 2 3", "cpu a b c d", "memory 1 2 3 4"}) {
    EXPECT_FALSE(parse_machine_stat(text, 100).has_value()) << text;
  }
}

TEST(ProcessorTime, of_a_process_is_its_own_and_that_of_its_ended_children) {
  const auto stat = parse_process_stat("77 (a) b) S 1 77 77 0 -1 4194560 5 6 7 8 100 20 3 4 20 0 1 0 9999 1 2");
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->processor_ticks, 127U);
  EXPECT_EQ(stat->start_ticks, 9999U);
}

TEST(ProcessorTime, of_a_family_grows_with_the_work_of_a_grandchild_that_has_ended) {
  std::array<int, 2> work = {};
  std::array<int, 2> done = {};
  ASSERT_EQ(::pipe(work.data()), 0);
  ASSERT_EQ(::pipe(done.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    static_cast<void>(::read(work[0], &byte, 1));
    const pid_t grandchild = ::fork();
    if (grandchild == 0) {
      while (own_processor_time() < 10 * tick_ns) {
      }
      ::_exit(0);
    }
    ::waitpid(grandchild, nullptr, 0);
    static_cast<void>(::write(done[1], "d", 1));
    static_cast<void>(::read(work[0], &byte, 1));
    ::_exit(0);
  }
  const std::array<pid_t, 1> roots = {child};
  const Nanoseconds before_ns = processor_time_of_families(roots);
  const Nanoseconds exact_before_ns = exact_processor_time_of_families(roots);
  char byte = 0;
  ASSERT_EQ(::write(work[1], "w", 1), 1);
  ASSERT_EQ(::read(done[0], &byte, 1), 1);
  EXPECT_GE(processor_time_of_families(roots) - before_ns, 5 * tick_ns);
  EXPECT_GE(exact_processor_time_of_families(roots) - exact_before_ns, 5 * tick_ns) << "ended ones count by ticks";
  ASSERT_EQ(::write(work[1], "w", 1), 1);
  ::waitpid(child, nullptr, 0);
  for (const int end : {work[0], work[1], done[0], done[1]}) {
    ::close(end);
  }
}

// Far less than a clock tick.
TEST(ProcessorTime, of_a_living_family_shows_little_work) {
  const std::array<pid_t, 1> roots = {::getpid()};
  const Nanoseconds before_ns = exact_processor_time_of_families(roots);
  const Nanoseconds own_before_ns = own_processor_time();
  while (own_processor_time() - own_before_ns < 100'000) {
  }
  EXPECT_GE(exact_processor_time_of_families(roots) - before_ns, 100'000);
}

TEST(ProcessorTime, of_the_machine_is_no_less_than_our_own) {
  const auto machine_before = machine_processor_time();
  ASSERT_TRUE(machine_before.has_value());
  const Nanoseconds own_before_ns = own_processor_time();
  while (own_processor_time() - own_before_ns < 20 * tick_ns) {
  }
  EXPECT_GE(*machine_processor_time() - *machine_before, 10 * tick_ns);
  EXPECT_GE(processors(), 1U);
}

}  // namespace
}  // namespace stalemate
