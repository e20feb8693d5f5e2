// What SIGINT, SIGTERM and SIGHUP do while no run is under way, which handles them itself.
#pragma once

namespace stalemate {

/// From now on they end the program with exit code 130, after a sentence. The keeper removes private servers then.
/// Thread rule: any thread.
void end_at_interrupt();

/// While it lives, the first of these signals is only noted, so that the work under way can be ended; the next one ends
/// the program as above. Thread rule: one at a time; came() any thread.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  /// True once a signal was noted, also after the watch.
  [[nodiscard]] static bool came();
};

}  // namespace stalemate
