// Starting threads, which can be refused: a machine, or a limit such as ulimit -u, allows only so many.
//
#pragma once

#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "core/error.hpp"

namespace stalemate {

/// What `start`, which makes a thread, gives. `what` is what the thread was for, such as "for a worker".
/// Errors: defect, naming it, the system's reason, and the limit that is the usual one.
template <class Start>
[[nodiscard]] Result<std::invoke_result_t<Start>> try_start(std::string_view what, Start start) {
  try {
    return start();
  } catch (const std::system_error& error) {
    return failed(ErrorCode::defect, "cannot start a thread " + std::string(what) + ": " + error.code().message() +
                                         "; the machine, or a limit for this user (ulimit -u), allows no more");
  }
}

/// Adds a thread that does `work` to `threads`; where no further thread can start, does it on this one.
template <class Threads, class Work>
void start_or_do(Threads& threads, const Work& work) {
  bool started = true;
  try {
    threads.emplace_back(work);
  } catch (const std::system_error&) {
    started = false;
  }
  if (!started) {
    work();
  }
}

}  // namespace stalemate
