#include "drive/run_lock.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/task.hpp"

namespace stalemate {
namespace {

using Mode = RunLock::Mode;

Task<void> hold(RunLock& lock, Mode mode, std::string name, std::vector<std::string>& log) {
  RunLock::Acquire acquire = lock.acquire(mode);
  co_await acquire;
  log.push_back(name);
}

TEST(RunLock, readers_share_and_a_writer_is_alone) {
  RunLock lock;
  std::vector<std::string> log;
  Task<void> first = hold(lock, Mode::shared, "reader 1", log);
  Task<void> second = hold(lock, Mode::shared, "reader 2", log);
  Task<void> writer = hold(lock, Mode::exclusive, "writer", log);
  first.start();
  second.start();
  writer.start();
  EXPECT_EQ(log, (std::vector<std::string>{"reader 1", "reader 2"}));
  lock.release(Mode::shared);
  EXPECT_EQ(log.size(), 2U);
  lock.release(Mode::shared);
  EXPECT_EQ(log.back(), "writer");
}

TEST(RunLock, a_reader_waits_behind_a_writer_that_came_before_it) {
  RunLock lock;
  std::vector<std::string> log;
  Task<void> first = hold(lock, Mode::shared, "reader 1", log);
  Task<void> writer = hold(lock, Mode::exclusive, "writer", log);
  Task<void> second = hold(lock, Mode::shared, "reader 2", log);
  first.start();
  writer.start();
  second.start();
  lock.release(Mode::shared);
  EXPECT_EQ(log, (std::vector<std::string>{"reader 1", "writer"}));
  lock.release(Mode::exclusive);
  EXPECT_EQ(log.back(), "reader 2");
}

}  // namespace
}  // namespace stalemate
