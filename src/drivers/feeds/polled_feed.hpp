// A feed that asks its store again and again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <utility>

#include "core/pattern/feed.hpp"
#include "drivers/feeds/key_index.hpp"

namespace stalemate {

/// Gives what `look` has found, in that order; looks again after a pause while nothing is found.
/// Thread rule: the thread that runs `context`; one call at a time.
class PolledFeed : public LiveFeed {
 public:
  /// A first look. Errors: those of `look`.
  Task<Result<void>> open() override { return look(); }
  /// The first change found, until it is acknowledged. Errors: those of `look`; `cancelled` once finished, after a last
  /// look that found nothing.
  Task<Result<Change>> next() final;
  Task<Result<void>> acknowledge(Change change) override;
  void finish() final { finished_ = true; }

 protected:
  PolledFeed(boost::asio::io_context& context, std::shared_ptr<const KeyIndex> keys, Nanoseconds look_again_ns)
      : keys_(std::move(keys)), context_(context), look_again_ns_(look_again_ns) {}

  /// Adds what the store has to tell to found_.
  virtual Task<Result<void>> look() = 0;

  std::shared_ptr<const KeyIndex> keys_;
  std::deque<Change> found_ = {};

 private:
  boost::asio::io_context& context_;
  Nanoseconds look_again_ns_;
  bool finished_ = false;
};

}  // namespace stalemate
