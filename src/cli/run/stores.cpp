#include "cli/run/stores.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "cli/run/live_sessions.hpp"
#include "cli/run/server_control.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "core/pattern.hpp"
#include "drivers/postgres/feeds.hpp"
#include "drivers/postgres/node_probe.hpp"
#include "drivers/postgres/replica.hpp"
#include "drivers/postgres/session.hpp"
#include "drivers/postgres/stock_table.hpp"
#include "drivers/redis/session.hpp"
#include "drivers/run_task.hpp"
#include "drivers/url.hpp"
#include "report/words.hpp"

namespace stalemate {
namespace {

// Whether the scenario has the cache come back from a restart with what it held.
bool cache_keeps_data(const Scenario& scenario) {
  for (const auto& [name, text] : scenario.faults) {
    const Result<ConfiguredFault> fault = configure_fault(name, text);
    if (fault && std::ranges::any_of(fault->events, &ServerEvent::keeps_data)) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<Stores>> Stores::prepare(const Scenario& scenario, const StoresWanted& wanted) {
  if (const Result<void> fine = check_urls(wanted); !fine) {
    return std::unexpected(fine.error());
  }
  std::unique_ptr<Stores> stores(new Stores(scenario, wanted));
  if (const PatternInfo* pattern = PatternRegistry::find(scenario.pattern)) {
    stores->needs_ = pattern->needs;
  }
  if (stores->needs_.feed != FeedKind::none) {
    stores->keys_ = std::make_shared<const KeyIndex>(scenario.keys);
  }
  if (const Result<void> started = stores->start_private(); !started) {
    return std::unexpected(started.error());
  }
  if (const Result<void> met = stores->meet(); !met) {
    return std::unexpected(met.error());
  }
  if (stores->private_servers_) {
    stores->await_replication(ReplicationScope::cluster);
  }
  if (const Result<void> claimed = stores->claim_table(); !claimed) {
    return std::unexpected(claimed.error());
  }
  if (const Result<void> claimed = stores->claim_cache(); !claimed) {
    return std::unexpected(claimed.error());
  }
  if (const Result<void> ready = stores->reset(); !ready) {
    return std::unexpected(ready.error());
  }
  return stores;
}

Result<void> Stores::start_private() {
  PrivateServersOptions options;
  options.database = private_database_for(scenario_, wanted_);
  options.cache = scenario_.has_cache && wanted_.cache_url.empty();
  options.replica = needs_.replica && !wanted_.without_replica && options.database != PrivateDatabase::none;
  options.cache_persists = cache_keeps_data(scenario_);
  options.cockroach = wanted_.cockroach_path;
  options.clients = std::max(options.clients, scenario_.clients);
  PostgresOptions node;
  node.connect_limit_ns = scenario_.connect_limit_ns;
  node.op_limit_ns = scenario_.op_limit_ns;
  node.retries_max = scenario_.retries_max;
  node.row_versions = needs_.row_versions;
  node.outbox = needs_.feed == FeedKind::outbox;
  if (scenario_.database == DatabaseEngine::cockroach) {
    node.isolation = Isolation::serializable;
  }
  RedisOptions redis{
      .url = wanted_.cache_url, .connect_limit_ns = scenario_.connect_limit_ns, .op_limit_ns = scenario_.op_limit_ns};
  std::vector<std::string> urls = wanted_.database_urls;
  if (options.database != PrivateDatabase::none || options.cache) {
    tell(fmt::format("starting {}", names_of(options)));
    if (wanted_.waiting != nullptr) {
      options.on_ready = ready_list(*wanted_.waiting);
    }
    Result<std::unique_ptr<PrivateServers>> started = start_private_servers(options);
    if (!started) {
      return std::unexpected(started.error());
    }
    private_servers_ = std::move(*started);
    if (Server* database = private_servers_->database()) {
      for (const ServerAddress& address : database->facts().addresses) {
        urls.push_back(address.socket_url.empty() ? address.url : address.socket_url);
      }
    }
    if (Server* replica = private_servers_->replica()) {
      replica_ = node;
      replica_->url = replica->facts().addresses.front().socket_url;
    }
    if (Server* cache = private_servers_->cache()) {
      const ServerAddress address = cache->facts().addresses.front();
      redis.url = address.socket_url.empty() ? address.url : address.socket_url;
    }
  }
  node.nodes = urls.size() > 1 ? std::make_shared<DatabaseNodes>(urls) : nullptr;
  for (const std::string& url : urls) {
    node.url = url;
    node.session = nodes_.size();
    nodes_.push_back(node);
  }
  if (needs_.replica && !wanted_.replica_url.empty()) {
    replica_ = node;
    replica_->url = wanted_.replica_url;
    replica_->nodes = nullptr;
  }
  if (replica_) {
    replica_->isolation = Isolation::server_default;  // a standby knows no serializable transactions
  }
  if (scenario_.has_cache) {
    redis_ = redis;
  }
  const bool has_own_replica = private_servers_ && private_servers_->replica() != nullptr;
  control_ = std::make_unique<StoreControl>(
      ControlledServers{private_servers_.get(), redis_, has_own_replica ? replica_ : std::nullopt});
  return {};
}

void Stores::doing(const std::string& words) const {
  if (wanted_.waiting != nullptr) {
    wanted_.waiting->next(words);
  }
}

void Stores::tell(const std::string& words) const {
  if (wanted_.tell) {
    wanted_.tell(words);
  }
}

// Private servers are used by nobody else, and have room for all clients.
Result<void> Stores::claim_table() {
  if (wanted_.database_urls.empty()) {
    return {};
  }
  Result<StockClaim> claim = StockClaim::take(nodes_, wanted_.tell);
  if (!claim) {
    return std::unexpected(claim.error());
  }
  table_claim_ = std::move(*claim);
  // Each client has one; so have the comparison of rows and entries during the run and the one after it.
  const DatabaseNodes* const all = nodes_.front().nodes.get();
  const auto nodes = all == nullptr ? 1U : static_cast<std::uint32_t>(all->count() - all->in_doubt().size());
  const std::uint32_t on_one_node = (scenario_.clients + nodes - 1) / nodes + (redis_ ? 2 : 0);
  return StockClaim::check_room(nodes_.front(), scenario_.clients, on_one_node);
}

Result<void> Stores::claim_cache() {
  if (!redis_ || wanted_.cache_url.empty()) {
    return {};
  }
  Result<CacheClaim> claim = CacheClaim::take(*redis_);
  if (!claim) {
    return std::unexpected(claim.error());
  }
  cache_claim_ = std::move(*claim);
  return {};
}

// Data on a single node is lost with that node. The user's own cluster may be configured so; this waits for its tables,
// but not for long.
void Stores::await_replication(ReplicationScope scope) {
  if (engines_.front().name != "CockroachDB" || !nodes_.front().nodes) {
    return;
  }
  const auto replicas = static_cast<unsigned>(std::min<std::size_t>(nodes_.size(), 3));
  const Nanoseconds limit_ns = private_servers_ ? replication_limit_ns : replication_limit_ns / 4;
  doing("waiting until the data is on all nodes");
  const auto reached = [this](const std::string& how_far) {
    if (wanted_.waiting != nullptr) {
      wanted_.waiting->reached(how_far);
    }
  };
  const Result<ReplicationWait> wait = wait_for_replication(nodes_.front(), scope, replicas, limit_ns, reached);
  if (!wait) {
    warnings_.push_back(
        fmt::format("it is not known whether the data is on more than one node: {}", wait.error().detail));
  } else if (!wait->is_done()) {
    warnings_.push_back(describe(*wait));
  } else if (scope == ReplicationScope::cluster) {
    tell(fmt::format("CockroachDB: {}", describe(*wait)));
  }
}

// A node that cannot be reached is reported once, here; the sessions then use the others silently.
void Stores::try_nodes() {
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
      warn(fmt::format("the run goes on without {}, 1 of the {} nodes: {}", place_of_url(nodes.url(node)),
                       errors.size(), errors[node].detail));
    }
  }
}

Result<void> Stores::meet() {
  if (!wanted_.database_urls.empty()) {
    tell(fmt::format("preparing the table stock of {}", url_without_password(nodes_.front().url)));
  }
  try_nodes();
  boost::asio::io_context context(1);
  PostgresSession database(context, nodes_.front());
  const Result<SessionFacts> database_facts = run_task(context, database.connect());
  if (!database_facts) {
    return std::unexpected(database_facts.error());
  }
  const bool stand_in = scenario_.database == DatabaseEngine::cockroach && database_facts->engine != "CockroachDB";
  engines_.push_back({.role = "database",
                      .name = database_facts->engine,
                      .version = database_facts->version,
                      .isolation = database_facts->isolation,
                      .instead_of = stand_in ? "CockroachDB" : ""});
  if (!redis_) {
    return {};
  }
  RedisSession cache(context, *redis_);
  const Result<SessionFacts> cache_facts = run_task(context, cache.connect());
  if (!cache_facts) {
    return std::unexpected(cache_facts.error());
  }
  engines_.push_back({.role = "cache", .name = cache_facts->engine, .version = cache_facts->version});
  return meet_replica();
}

Result<void> Stores::meet_replica() {
  if (!replica_) {
    return {};
  }
  boost::asio::io_context context(1);
  PostgresSession replica(context, *replica_);
  const Result<SessionFacts> facts = run_task(context, replica.connect());
  if (!facts) {
    return std::unexpected(facts.error());
  }
  engines_.push_back({.role = "replica", .name = facts->engine + " standby", .version = facts->version});
  return {};
}

Result<void> Stores::prepare_table() {
  doing("filling the table stock");
  const auto told = [this](std::uint32_t rows) {
    if (wanted_.waiting != nullptr) {
      wanted_.waiting->reached(fmt::format("{} of {} rows", with_thousands(rows), with_thousands(scenario_.keys)));
    }
  };
  const ForeignTable foreign = wanted_.replace_table ? ForeignTable::replace : ForeignTable::keep;
  return prepare_stock_table(nodes_.front(), scenario_.keys, foreign, told);
}

Result<void> Stores::reset() {
  if (const Result<void> table = prepare_table(); !table) {
    return table;
  }
  if (table_claim_) {
    table_claim_->note_table();
  }
  await_replication(ReplicationScope::stock_table);
  if (replica_) {
    doing("waiting until the replica has the table");
    if (const Result<void> follows = wait_for_replica(nodes_.front(), *replica_); !follows) {
      return follows;
    }
  }
  if (needs_.feed == FeedKind::change_log) {
    if (const Result<void> slot =
            make_change_slot(nodes_.front(), wanted_.database_urls.empty() ? ServerOwner::ours : ServerOwner::user);
        !slot) {
      return slot;
    }
    has_slot_ = true;
  }
  if (!redis_) {
    return {};
  }
  doing("taking our entries out of the cache");
  boost::asio::io_context context(1);
  RedisSession cache(context, *redis_);
  const Result<std::uint64_t> erased = run_task(context, cache.erase_entries(Key{0}, scenario_.keys));
  if (!erased) {
    return std::unexpected(erased.error());
  }
  return {};
}

PostgresOptions Stores::node_options(std::size_t session) const {
  PostgresOptions options = nodes_[session % nodes_.size()];
  options.session = session;
  return options;
}

std::unique_ptr<NodeWatch> Stores::make_node_watch(boost::asio::io_context& context) {
  return nodes_.size() > 1 ? make_live_node_watch(context, nodes_.front()) : nullptr;
}

std::unique_ptr<Session> Stores::make_session(boost::asio::io_context& context, ClientId client) {
  return make_live_session(context, node_options(client), replica_, redis_);
}

std::unique_ptr<SurveySession> Stores::make_survey(boost::asio::io_context& context) {
  return make_live_survey(context, node_options(0), *redis_);
}

std::unique_ptr<Session> Stores::make_background(boost::asio::io_context& context, MemoryCache& local) {
  const FeedSource source = {needs_.feed, engines_.front().name == "CockroachDB", keys_};
  return make_live_background(context, node_options(0), *redis_, source, local);
}

void Stores::close() {
  if (std::exchange(has_slot_, false) && !private_servers_) {
    // A server that is gone keeps its slot; the next run drops it.
    if (const Result<void> dropped = drop_change_slot(nodes_.front()); !dropped) {
      warn(
          fmt::format("the slot 'stalemate_changes' could not be dropped, and until it is the database keeps its log "
                      "for it; the next run of such a pattern drops it: {}",
                      dropped.error().detail));
    }
  }
  table_claim_.reset();
  cache_claim_.reset();
  if (private_servers_) {
    // What could not be stopped in good order is killed and removed by the keeper when its servers' object goes.
    const Result<void> stopped = private_servers_->stop();
    static_cast<void>(stopped);
    private_servers_.reset();
  }
}

}  // namespace stalemate
