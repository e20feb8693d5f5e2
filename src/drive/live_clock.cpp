#include "drive/live_clock.hpp"

namespace stalemate {

Task<void> LiveClock::sleep(Nanoseconds duration_ns) {
  if (duration_ns <= 0) {
    co_return;
  }
  boost::asio::steady_timer timer(context_, std::chrono::nanoseconds(duration_ns));
  TimerWait wait(timer);
  co_await wait;
}

}  // namespace stalemate
