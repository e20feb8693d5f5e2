// Runs one task on an event loop until it is done: for start-up, tools and tests.
#pragma once

#include <boost/asio/io_context.hpp>

#include "core/assert.hpp"
#include "core/task.hpp"

namespace stalemate {

/// The task's result. Blocks; other work of `context` runs at the same time.
/// Requires: called on the thread that owns `context`, not from within one of its handlers; the task waits for nothing
/// but what `context` runs.
template <class T>
T run_task(boost::asio::io_context& context, Task<T> task) {
  task.start();
  while (!task.done()) {
    context.restart();
    const auto handlers_run = context.run_one();
    STALEMATE_ASSERT(handlers_run > 0 || task.done(), "a task waits for something its event loop does not run");
  }
  return task.take();
}

}  // namespace stalemate
