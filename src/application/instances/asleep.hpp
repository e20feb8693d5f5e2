// Whether all threads of a session of processes sleep, read from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "servers/keeper/folders.hpp"

namespace stalemate {

/// All processes of `root`'s session and all descendants of those, `root` first.
[[nodiscard]] std::vector<pid_t> processes_of_session(pid_t root);

/// Watches the threads of one session.
/// Thread rule: one thread at a time.
class SleepWatch {
 public:
  explicit SleepWatch(pid_t root) : root_(root) {}

  /// Whether there was an instant, since the call began, at which every thread slept: each is seen asleep before and
  /// after that instant, and the kernel did not let it run in between. Threads of processes that have ended count as
  /// asleep.
  [[nodiscard]] bool asleep();

 private:
  struct Thread {
    Descriptor stat;       ///< of /proc/PID/task/TID
    Descriptor schedstat;  ///< not open where the kernel has none
    std::uint64_t turns = 0;
  };
  [[nodiscard]] bool all_sleep(bool first_look);
  void find_threads();
  /// Whether one of the numbers that the kernel gave to processes and threads after `newest_` may be of ours.
  [[nodiscard]] bool may_have_grown(pid_t newest) const;

  pid_t root_;
  pid_t newest_ = -1;  ///< the number that the kernel had given last when the threads were looked for
  std::set<pid_t> processes_ = {};
  std::set<pid_t> sessions_ = {};  ///< of those processes
  std::vector<Thread> threads_ = {};
};

}  // namespace stalemate
