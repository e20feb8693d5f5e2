#include "engines/mariadb/mariadb_database.hpp"

#include <utility>

#include "core/text/number_text.hpp"
#include "drivers/feeds/outbox_feed.hpp"
#include "drivers/mariadb/blocking_connection.hpp"
#include "drivers/mariadb/own_table/own_link.hpp"
#include "drivers/mariadb/own_table/own_statements.hpp"
#include "drivers/mariadb/session.hpp"
#include "drivers/mariadb/stock/stock_table.hpp"
#include "drivers/run_task.hpp"
#include "engines/socket_cut.hpp"

namespace stalemate {
namespace {

MariaDbOptions mariadb_options_for(const DatabaseWanted& wanted) {
  return {.url = wanted.store.urls.front(),
          .connect_limit_ns = wanted.store.connect_limit_ns,
          .op_limit_ns = wanted.store.op_limit_ns,
          .retries_max = wanted.retries_max,
          .row_versions = wanted.store.needs.row_versions,
          .outbox = wanted.store.needs.feed == FeedKind::outbox};
}

std::filesystem::path mariadb_socket_of(const Server* server) {
  return server == nullptr ? std::filesystem::path() : server->facts().addresses.front().socket;
}

Result<void> throw_out_mariadb_clients(const Server& server) {
  MariaDbOptions options;
  options.url = server.facts().addresses.front().url;
  Result<MariaDbConnection> connection = MariaDbConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const Result<TextRows> sessions = connection->run(
      "SELECT id FROM information_schema.processlist WHERE user = SUBSTRING_INDEX(CURRENT_USER(), '@', 1)"
      " AND id <> CONNECTION_ID()");
  for (std::size_t place = 0; sessions && place < sessions->size(); ++place) {
    // One that has gone meanwhile is what was wanted.
    const Result<TextRows> ignored = connection->run("KILL CONNECTION " + (*sessions)[place].front());
    static_cast<void>(ignored);
  }
  return without_value(sessions);
}

}  // namespace

MariaDbDatabase::MariaDbDatabase(DatabaseWanted wanted)
    : wanted_(std::move(wanted)), options_(mariadb_options_for(wanted_)) {
  if (wanted_.store.needs.feed != FeedKind::none) {
    keys_ = std::make_shared<const KeyIndex>(wanted_.store.keys);
  }
}

Result<StoreFacts> MariaDbDatabase::meet() {
  if (is_named()) {
    wanted_.store.words.tell(words_of_preparing(wanted_.store));
  }
  boost::asio::io_context context(1);
  MariaDbSession database(context, options_);
  Result<SessionFacts> known = run_task(context, database.connect());
  if (!known) {
    return std::unexpected(std::move(known.error()));
  }
  return StoreFacts{.self = std::move(*known)};
}

// A private server is used by nobody else, and has room for all clients.
Result<void> MariaDbDatabase::claim() {
  if (!is_named()) {
    return {};
  }
  Result<std::unique_ptr<MariaDbStockLock>> claim = MariaDbStockLock::take(options_);
  if (!claim) {
    return std::unexpected(std::move(claim.error()));
  }
  claim_ = std::move(*claim);
  return MariaDbStockLock::check_room(options_, wanted_.clients, wanted_.clients + wanted_.other_sessions);
}

Result<void> MariaDbDatabase::take_rows() {
  const Result<std::shared_ptr<const OwnTable>> table =
      rows_.take(wanted_.store, [options = options_] { return open_mariadb_rows(options); });
  options_.own_table = table ? std::make_shared<const MariaDbOwnTable>(*table) : nullptr;
  return without_value(table);
}

Result<void> MariaDbDatabase::prepare() {
  if (wanted_.store.rows) {
    return take_rows();
  }
  wanted_.store.words.doing("filling the table stock");
  const auto told = [this](std::uint32_t rows) {
    wanted_.store.words.reached(with_thousands(rows) + " of " + with_thousands(wanted_.store.keys) + " rows");
  };
  const ForeignTable foreign = wanted_.replace_table ? ForeignTable::replace : ForeignTable::keep;
  Result<void> done = prepare_mariadb_stock(options_, wanted_.store.keys, foreign, told);
  if (done && claim_) {
    claim_->note_table();
  }
  return done;
}

std::unique_ptr<DatabaseSession> MariaDbDatabase::make_session(boost::asio::io_context& context,
                                                               std::size_t /*number*/) {
  return std::make_unique<MariaDbSession>(context, options_);
}

WithFeed<DatabaseSession> MariaDbDatabase::make_other_session(boost::asio::io_context& context, FeedKind feed) {
  auto session = std::make_unique<MariaDbSession>(context, options_);
  std::unique_ptr<LiveFeed> changes;
  if (feed == FeedKind::outbox) {
    changes = std::make_unique<OutboxFeed>(context, *session, keys_);
  }
  return {std::move(session), std::move(changes)};
}

Result<void> MariaDbDatabase::carry_out(const ServerEvent& event) {
  const Server* const own = is_named() ? nullptr : wanted_.store.own->database();
  switch (event.kind) {
    case ServerEventKind::cut:
      return cut_socket(mariadb_socket_of(own), [own] { return throw_out_mariadb_clients(*own); });
    case ServerEventKind::mend: return mend_socket(mariadb_socket_of(own));
    default: return LiveDatabase::carry_out(event);
  }
}

}  // namespace stalemate
