// Whether processes live, and waiting for what comes true.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <thread>

#include "servers/keeper/processes.hpp"

namespace stalemate::test {

/// Whether there is such a process that has not ended.
inline bool is_there(pid_t pid) {
  const auto stat = process_stat(pid);
  return stat && stat->state != 'Z';
}

/// Whether `condition()` is true within ten seconds.
template <class Condition>
bool comes_true(Condition condition) {
  for (int attempt = 0; attempt < 2'000; ++attempt) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace stalemate::test
