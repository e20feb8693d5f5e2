// The feed of a PostgreSQL's own log.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "drivers/feeds/key_index.hpp"
#include "drivers/feeds/outbox_feed.hpp"
#include "drivers/feeds/polled_feed.hpp"
#include "drivers/postgres/session.hpp"

namespace stalemate {

/// The table's committed changes in commit order, out of the server's log, read with the output plugin test_decoding.
/// What is acknowledged is given back to the server once a whole batch is.
/// Requires: make_change_slot. Thread rule: as its session, which others may use between its calls.
class ChangeLogFeed final : public PolledFeed {
 public:
  ChangeLogFeed(boost::asio::io_context& context, PostgresSession& session, std::shared_ptr<const KeyIndex> keys)
      : PolledFeed(context, std::move(keys), change_look_again_ns), session_(session) {}

 private:
  Task<Result<void>> look() override;
  Task<Result<void>> read_some();
  Task<Result<void>> give_back();

  PostgresSession& session_;
  std::string read_up_to_ = {};  // the log's position behind the last transaction read; empty where all is given back
  std::uint64_t changes_ = 0;
};

/// What a line of test_decoding says of the table stock, such as
///   table public.stock: UPDATE: product_id[character varying]:'ID' quantity[integer]:17 version[bigint]:3
/// std::nullopt where it is not about one of our rows.
[[nodiscard]] std::optional<Change> parse_decoded_change(std::string_view line, const KeyIndex& keys);

/// Who may change a server's settings.
enum class ServerOwner : std::uint8_t { user, ours };

/// Makes the slot through which the table's changes from now on are read, in place of one an earlier run has left.
/// CockroachDB needs none; there this only makes sure that changefeeds are allowed, and allows them on a private
/// server.
/// Blocks. Errors, outcome `fail`: a server whose wal_level is not logical; a cluster without rangefeeds.
[[nodiscard]] Result<void> make_change_slot(const PostgresOptions& options, ServerOwner owner);
/// Drops it; otherwise the server would keep its log for ever. No error if there is none. Blocks.
Result<void> drop_change_slot(const PostgresOptions& options);

}  // namespace stalemate
