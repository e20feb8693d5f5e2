#include "engines/postgres/postgres_database.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/text/number_text.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/feeds/changefeed.hpp"
#include "drivers/postgres/feeds/feeds.hpp"
#include "drivers/postgres/nodes/node_probe.hpp"
#include "drivers/postgres/nodes/nodes.hpp"
#include "drivers/postgres/own_table/own_link.hpp"
#include "drivers/postgres/own_table/own_statements.hpp"
#include "drivers/postgres/replica.hpp"
#include "drivers/postgres/session.hpp"
#include "drivers/postgres/stock/stock_table.hpp"
#include "drivers/run_task.hpp"
#include "drivers/url.hpp"
#include "engines/socket_cut.hpp"

namespace stalemate {
namespace {

PostgresOptions postgres_options_for(const DatabaseWanted& wanted, Isolation isolation) {
  PostgresOptions options;
  options.connect_limit_ns = wanted.store.connect_limit_ns;
  options.op_limit_ns = wanted.store.op_limit_ns;
  options.retries_max = wanted.retries_max;
  options.isolation = isolation;
  options.row_versions = wanted.store.needs.row_versions;
  options.outbox = wanted.store.needs.feed == FeedKind::outbox;
  options.rows_may_be_absent = wanted.rows_may_be_absent;
  return options;
}

std::filesystem::path socket_of_postgres(const Server* server) {
  const ServerAddress address = server == nullptr ? ServerAddress() : server->facts().addresses.front();
  return address.socket.empty() ? address.socket : address.socket / (".s.PGSQL." + std::to_string(address.port));
}

Result<void> run_statement(const PostgresOptions& options, const char* statement) {
  Result<BlockingConnection> connection = BlockingConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const auto done = connection->run(statement);
  return without_value(done);
}

// To be told to pause is not to have paused: what is being applied is still applied.
constexpr const char* pause_replay =
    "DO 'BEGIN PERFORM pg_wal_replay_pause();"
    " WHILE pg_get_wal_replay_pause_state() = ''pause requested'' LOOP PERFORM pg_sleep(0.001); END LOOP; END'";

Result<void> throw_out_clients(const Server& database) {
  PostgresOptions options;
  options.url = database.facts().addresses.front().url;
  return run_statement(options,
                       "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                       "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
}

class PostgresNodeWatch final : public NodeWatch {
 public:
  PostgresNodeWatch(boost::asio::io_context& context, const PostgresOptions& options)
      : nodes_(options.nodes), probe_(context, options) {}
  void start() override { probe_.start(); }
  [[nodiscard]] std::vector<NodeOutage> outages() const override {
    std::vector<NodeOutage> told;
    for (const DatabaseNodes::Outage& outage : nodes_->outages()) {
      told.push_back({.node = static_cast<unsigned>(outage.node) + 1,
                      .nodes = static_cast<unsigned>(nodes_->count()),
                      .place = place_of_url(nodes_->url(outage.node)),
                      .start = outage.start,
                      .end = outage.end});
    }
    return told;
  }

 private:
  std::shared_ptr<DatabaseNodes> nodes_;
  NodeProbe probe_;
};

}  // namespace

PostgresDatabase::PostgresDatabase(DatabaseWanted wanted, Isolation isolation) : wanted_(std::move(wanted)) {
  PostgresOptions node = postgres_options_for(wanted_, isolation);
  const std::vector<std::string>& urls = wanted_.store.urls;
  node.nodes = urls.size() > 1 ? std::make_shared<DatabaseNodes>(urls) : nullptr;
  for (const std::string& url : urls) {
    node.url = url;
    node.session = nodes_.size();
    nodes_.push_back(node);
  }
  if (!wanted_.replica_url.empty()) {
    standby_ = node;
    standby_->url = wanted_.replica_url;
    standby_->nodes = nullptr;
    standby_->isolation = Isolation::server_default;  // a standby knows no serializable transactions
    replica_ = wanted_.reads_replica ? standby_ : std::nullopt;
  }
  if (wanted_.store.needs.feed != FeedKind::none) {
    keys_ = std::make_shared<const KeyIndex>(wanted_.store.keys);
  }
}

Result<StoreFacts> PostgresDatabase::meet() {
  if (is_named()) {
    wanted_.store.words.tell(words_of_preparing(wanted_.store));
  }
  try_nodes();
  boost::asio::io_context context(1);
  PostgresSession database(context, nodes_.front());
  const Result<SessionFacts> known = run_task(context, database.connect());
  if (!known) {
    return std::unexpected(known.error());
  }
  facts_ = *known;
  StoreFacts facts = {.self = facts_};
  if (replica_) {
    PostgresSession standby(context, *replica_);
    Result<SessionFacts> found = run_task(context, standby.connect());
    if (!found) {
      return std::unexpected(found.error());
    }
    facts.replica = std::move(*found);
  }
  return facts;
}

// A node that cannot be reached is reported once, here; the sessions then use the others silently.
void PostgresDatabase::try_nodes() {
  if (!nodes_.front().nodes) {
    return;
  }
  const std::vector<Error> errors = NodeProbe::try_all(nodes_.front());
  const auto missing = std::ranges::count_if(errors, [](const Error& e) { return e.code != ErrorCode::none; });
  if (missing == 0 || missing == std::ssize(errors)) {
    return;
  }
  const DatabaseNodes& nodes = *nodes_.front().nodes;
  for (std::size_t node = 0; node < errors.size(); ++node) {
    if (errors[node].code != ErrorCode::none) {
      wanted_.store.words.warn(fmt::format("the run goes on without {}, 1 of the {} nodes: {}",
                                           place_of_url(nodes.url(node)), errors.size(), errors[node].detail));
    }
  }
}

// Private servers are used by nobody else, and have room for all clients.
Result<void> PostgresDatabase::claim() {
  if (!is_named()) {
    await_replication(ReplicationScope::cluster);
    return {};
  }
  Result<StockClaim> claim = StockClaim::take(nodes_, wanted_.store.words.tell);
  if (!claim) {
    return std::unexpected(claim.error());
  }
  claim_ = std::move(*claim);
  const DatabaseNodes* const all = nodes_.front().nodes.get();
  const auto nodes = all == nullptr ? 1U : static_cast<std::uint32_t>(all->count() - all->left_out().size());
  const std::uint32_t on_one_node = (wanted_.clients + nodes - 1) / nodes + wanted_.other_sessions;
  return StockClaim::check_room(nodes_.front(), wanted_.clients, on_one_node);
}

// Data on a single node is lost with that node. The user's own cluster may be configured so; this waits for its tables,
// but not for long.
void PostgresDatabase::await_replication(ReplicationScope scope) {
  if (!is_cluster()) {
    return;
  }
  const auto replicas = static_cast<unsigned>(std::min<std::size_t>(nodes_.size(), 3));
  const Nanoseconds limit_ns = is_named() ? replication_limit_ns / 4 : replication_limit_ns;
  wanted_.store.words.doing("waiting until the data is on all nodes");
  const Result<ReplicationWait> wait =
      wait_for_replication(nodes_.front(), scope, replicas, limit_ns, wanted_.store.words.reached);
  if (!wait) {
    warnings_.push_back(
        fmt::format("it is not known whether the data is on more than one node: {}", wait.error().detail));
  } else if (!wait->is_done()) {
    warnings_.push_back(describe(*wait));
  } else if (scope == ReplicationScope::cluster) {
    wanted_.store.words.tell("CockroachDB: " + describe(*wait));
  }
}

Result<void> PostgresDatabase::prepare_table() {
  wanted_.store.words.doing("filling the table stock");
  const auto told = [this](std::uint32_t rows) {
    wanted_.store.words.reached(with_thousands(rows) + " of " + with_thousands(wanted_.store.keys) + " rows");
  };
  const ForeignTable foreign = wanted_.replace_table ? ForeignTable::replace : ForeignTable::keep;
  return prepare_stock_table(nodes_.front(), wanted_.store.keys, foreign, told);
}

Result<void> PostgresDatabase::take_rows() {
  const Result<std::shared_ptr<const OwnTable>> table =
      rows_.take(wanted_.store, [options = nodes_.front()] { return open_postgres_rows(options); });
  for (PostgresOptions& node : nodes_) {
    node.own_table = table ? std::make_shared<const PostgresOwnTable>(*table) : nullptr;
  }
  return without_value(table);
}

Result<void> PostgresDatabase::prepare() {
  if (wanted_.store.rows) {
    return take_rows();
  }
  if (const Result<void> table = prepare_table(); !table) {
    return table;
  }
  if (claim_) {
    claim_->note_table();
  }
  await_replication(ReplicationScope::stock_table);
  if (standby_) {
    wanted_.store.words.doing("waiting until the replica has the table");
    if (const Result<void> follows = wait_for_replica(nodes_.front(), *standby_); !follows) {
      return follows;
    }
  }
  if (wanted_.store.needs.feed == FeedKind::change_log) {
    if (const Result<void> slot = make_change_slot(nodes_.front(), is_named() ? ServerOwner::user : ServerOwner::ours);
        !slot) {
      return slot;
    }
    has_slot_ = true;
  }
  return {};
}

PostgresOptions PostgresDatabase::options_of(std::size_t session) const {
  PostgresOptions options = nodes_[session % nodes_.size()];
  options.session = session;
  return options;
}

std::unique_ptr<DatabaseSession> PostgresDatabase::make_session(boost::asio::io_context& context, std::size_t number) {
  if (replica_) {
    return std::make_unique<SessionWithReplica>(context, options_of(number), *replica_);
  }
  return std::make_unique<PostgresSession>(context, options_of(number));
}

WithFeed<DatabaseSession> PostgresDatabase::make_other_session(boost::asio::io_context& context, FeedKind feed) {
  auto session = std::make_unique<PostgresSession>(context, options_of(0));
  std::unique_ptr<LiveFeed> changes;
  if (feed == FeedKind::outbox) {
    changes = std::make_unique<OutboxFeed>(context, *session, keys_);
  } else if (feed == FeedKind::change_log && facts_.engine == "CockroachDB") {
    changes = std::make_unique<ChangefeedFeed>(context, options_of(0), keys_);
  } else if (feed == FeedKind::change_log) {
    changes = std::make_unique<ChangeLogFeed>(context, *session, keys_);
  }
  return {std::move(session), std::move(changes)};
}

std::unique_ptr<NodeWatch> PostgresDatabase::make_node_watch(boost::asio::io_context& context) {
  return nodes_.size() > 1 ? std::make_unique<PostgresNodeWatch>(context, nodes_.front()) : nullptr;
}

// The first look connects. A server that cannot be asked is not asked again.
Result<SessionLook> PostgresDatabase::look() {
  if (!activity_) {
    activity_.emplace(ActivityWatch::open(nodes_.front()));
  }
  if (!*activity_) {
    return std::unexpected(activity_->error());
  }
  const Result<SessionActivity> seen = (*activity_)->look();
  if (!seen) {
    activity_.emplace(std::unexpected(seen.error()));
    return std::unexpected(seen.error());
  }
  return SessionLook{seen->running, seen->waiting_for_locks, seen->waiting_otherwise};
}

Result<void> PostgresDatabase::carry_out(const ServerEvent& event) {
  const Server* const own = is_named() ? nullptr : wanted_.store.own->database();
  switch (event.kind) {
    case ServerEventKind::cut: return cut_socket(socket_of_postgres(own), [own] { return throw_out_clients(*own); });
    case ServerEventKind::mend: return mend_socket(socket_of_postgres(own));
    case ServerEventKind::hold_back: return tell_replica(pause_replay);
    case ServerEventKind::catch_up: return tell_replica("SELECT pg_wal_replay_resume()");
    default: return LiveDatabase::carry_out(event);
  }
}

Result<void> PostgresDatabase::tell_replica(const char* statement) {
  return standby_ && wanted_.owns_replica ? run_statement(*standby_, statement)
                                          : failed(ErrorCode::unsupported, "there is no private replica");
}

std::vector<std::string> PostgresDatabase::refused_nodes() const {
  std::vector<std::string> sentences;
  if (const DatabaseNodes* const nodes = nodes_.front().nodes.get()) {
    for (const std::size_t node : nodes->refused()) {
      sentences.push_back(fmt::format(
          "what came up at {} during the run is not the same database as the other nodes, since this run's claim on "
          "the database is not seen there; the run went on without it",
          place_of_url(nodes->url(node))));
    }
  }
  return sentences;
}

std::vector<std::string> PostgresDatabase::warnings() const {
  std::vector<std::string> all = warnings_;
  std::ranges::move(refused_nodes(), std::back_inserter(all));
  return all;
}

void PostgresDatabase::close() {
  if (std::exchange(has_slot_, false) && wanted_.store.server_stays) {
    // A server that is gone keeps its slot; the next run drops it.
    if (const Result<void> dropped = drop_change_slot(nodes_.front()); !dropped) {
      wanted_.store.words.warn(
          "the slot 'stalemate_changes' could not be dropped, and until it is the database keeps its log for it; the "
          "next run of such a pattern drops it: " +
          dropped.error().detail);
    }
  }
  claim_.reset();
}

}  // namespace stalemate
