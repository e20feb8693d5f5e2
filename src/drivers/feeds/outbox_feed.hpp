// The feed of messages in a database's outbox.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <utility>

#include "drivers/feeds/key_index.hpp"
#include "drivers/feeds/polled_feed.hpp"
#include "drivers/store_session.hpp"

namespace stalemate {

/// How often an empty feed of changes is polled.
inline constexpr Nanoseconds change_look_again_ns = 2'000'000;

/// The messages that write_with_message left in the table stock_outbox, oldest first; acknowledging one removes it.
/// Thread rule: as its session, which others may use between its calls.
class OutboxFeed final : public PolledFeed {
 public:
  OutboxFeed(boost::asio::io_context& context, SqlSession& session, std::shared_ptr<const KeyIndex> keys)
      : PolledFeed(context, std::move(keys), change_look_again_ns), session_(session) {}
  Task<Result<void>> acknowledge(Change change) override;

 private:
  Task<Result<void>> look() override;

  SqlSession& session_;
};

}  // namespace stalemate
