#include "core/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace stalemate {
namespace {

Task<int> seven() {
  co_return 7;
}

Task<int> sum_of(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    sum += co_await seven();
  }
  co_return sum;
}

// Suspends until released, as a reply from a server would.
struct Gate {
  std::coroutine_handle<> waiting = {};
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) noexcept { waiting = handle; }
  void await_resume() const noexcept {}
};

Task<std::string> through(Gate& gate, std::shared_ptr<std::string> text) {
  co_await gate;
  co_return *text;
}

TEST(Task, does_not_run_before_it_is_started) {
  Task<int> task = seven();
  EXPECT_FALSE(task.done());
  task.start();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), 7);
}

TEST(Task, awaits_other_tasks_in_order) {
  Task<int> task = sum_of(1000);
  task.start();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), 7000);
}

TEST(Task, resumes_where_it_waited) {
  Gate gate;
  auto text = std::make_shared<std::string>("kept");
  Task<std::string> task = through(gate, text);
  task.start();
  EXPECT_FALSE(task.done());
  gate.waiting.resume();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), "kept");
}

TEST(Task, destroyed_while_waiting_lets_go_of_its_arguments) {
  Gate gate;
  auto text = std::make_shared<std::string>("held");
  {
    Task<std::string> task = through(gate, text);
    task.start();
    EXPECT_EQ(text.use_count(), 2);
  }
  EXPECT_EQ(text.use_count(), 1);
}

}  // namespace
}  // namespace stalemate
