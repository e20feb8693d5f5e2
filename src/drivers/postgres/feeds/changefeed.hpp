// CockroachDB's log of changes: a core changefeed, which streams the rows of a statement that never ends.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <string>

#include "core/pattern/feed.hpp"
#include "drivers/feeds/key_index.hpp"
#include "drivers/postgres/connection.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// The table's committed changes, in commit order for each key. After a lost connection the feed continues after the
/// last timestamp that the server had resolved and the caller acknowledged, so some changes come again.
/// Uses its own connection. Connecting blocks, at start-up and after a loss; listening does not.
/// Thread rule: the thread that runs `context`; one call at a time.
/// Source: CockroachDB documentation, "EXPERIMENTAL CHANGEFEED FOR".
class ChangefeedFeed final : public LiveFeed {
 public:
  ChangefeedFeed(boost::asio::io_context& context, PostgresOptions options, std::shared_ptr<const KeyIndex> keys)
      : context_(context), options_(std::move(options)), keys_(std::move(keys)) {}
  /// Connects, sends the statement and waits until the server tells the first thing or refuses; a server that says
  /// nothing for begin_silence_ns has begun. Errors: as those of a statement, with the server's words; outcome `fail`.
  Task<Result<void>> open() override;
  /// Errors: a sentence for people; outcome `fail`. What the server makes of the statement, next() tells.
  Result<void> connect();
  Task<Result<Change>> next() override;
  Task<Result<void>> acknowledge(Change change) override;
  void finish() override { finished_ = true; }

 private:
  // A statement that is refused is refused at once. The first timestamp of one that runs may take half a minute.
  static constexpr Nanoseconds begin_silence_ns = 1'000'000'000;

  struct Told {
    Change change;
    std::string resolved;  // the timestamp up to which everything is told with this, if the server said so
  };

  Result<void> listen();
  void take(std::string_view message);

  boost::asio::io_context& context_;
  PostgresOptions options_;
  std::shared_ptr<const KeyIndex> keys_;
  ConnectionPointer connection_ = {};
  std::deque<Told> told_ = {};
  std::string cursor_ = {};  // the timestamp behind which the feed begins
  bool has_told_ = false;    // anything since the statement was sent
  bool finished_ = false;
};

/// A message of a changefeed, such as
///   {"after": {"product_id": "ID", "quantity": 17, "version": 3}, "updated": "1700000000000000000.0000000003"}
/// std::nullopt where it is not about one of our rows.
[[nodiscard]] std::optional<Change> parse_changefeed_message(std::string_view text, const KeyIndex& keys);
/// The timestamp of a message that says up to when everything was told, {"resolved": "1700000000000000000.0000000000"};
/// empty where it is none.
[[nodiscard]] std::string_view resolved_timestamp(std::string_view text);

/// The statement that streams what changed after `cursor`, a timestamp the server gave.
[[nodiscard]] std::string changefeed_text(std::string_view cursor);

}  // namespace stalemate
