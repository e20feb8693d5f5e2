#include "drivers/feeds/polled_feed.hpp"

#include "drivers/connection/pause.hpp"

namespace stalemate {

Task<Result<Change>> PolledFeed::next() {
  while (found_.empty()) {
    const bool is_last_look = finished_;
    const Result<void> looked = co_await look();
    if (!looked) {
      co_return std::unexpected(looked.error());
    }
    if (!found_.empty()) {
      break;
    }
    if (is_last_look) {
      co_return failed(ErrorCode::cancelled, "the run has ended");
    }
    Pause pause(context_, look_again_ns_);
    co_await pause;
  }
  co_return found_.front();
}

Task<Result<void>> PolledFeed::acknowledge(Change) {
  found_.pop_front();
  co_return Result<void>();
}

}  // namespace stalemate
