#include "cli/stores/stores.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "cli/stores/live_sessions.hpp"
#include "cli/stores/rows_of_user.hpp"
#include "cli/stores/server_control.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "core/pattern/pattern.hpp"

namespace stalemate {
namespace {

// The database has a session for each client; so have, where there is a cache, the comparison of rows and entries
// during the run and the one after it.
constexpr std::uint32_t sampler_sessions = 2;

std::unexpected<Error> no_private(std::string_view engine, std::string_view flag) {
  const EngineInfo& info = *EngineRegistry::find(engine);
  return failed(ErrorCode::unavailable, fmt::format("stalemate cannot start a private {}; name one of yours with {} {}",
                                                    info.title, flag, info.url_form));
}

std::string nearest_url(const ServerAddress& address) {
  return address.socket_url.empty() ? address.url : address.socket_url;
}

}  // namespace

Result<std::unique_ptr<Stores>> Stores::prepare(const Scenario& scenario, const StoresWanted& wanted) {
  if (const Result<void> fine = check_urls(scenario, wanted); !fine) {
    return std::unexpected(fine.error());
  }
  std::unique_ptr<Stores> stores(new Stores(scenario, wanted));
  if (const PatternInfo* pattern = PatternRegistry::find(scenario.pattern)) {
    stores->needs_ = pattern->needs;
  }
  Result<std::shared_ptr<RowsOfUser>> rows = rows_of_user(scenario, wanted);
  if (!rows) {
    return std::unexpected(rows.error());
  }
  stores->rows_ = std::move(*rows);
  if (const Result<void> started = stores->start_private(); !started) {
    return std::unexpected(started.error());
  }
  stores->open_database();
  if (scenario.has_cache) {
    stores->open_cache();
  }
  if (stores->rows_) {
    stores->rows_->hear = [heard = stores.get()](const std::shared_ptr<const EntryNames>& names) {
      heard->entry_names_ = names;
      return heard->cache_ ? heard->cache_->take_names(names) : Result<void>();
    };
  }
  stores->control_ = std::make_unique<StoreControl>(
      ControlledServers{stores->private_servers_.get(), stores->database_.get(), stores->cache_.get()});
  if (const Result<void> met = stores->meet(); !met) {
    return std::unexpected(met.error());
  }
  for (LiveStore* const store : std::initializer_list<LiveStore*>{stores->database_.get(), stores->cache_.get()}) {
    if (const Result<void> claimed = store == nullptr ? Result<void>() : store->claim(); !claimed) {
      return std::unexpected(claimed.error());
    }
  }
  if (const Result<void> ready = stores->reset(); !ready) {
    return stores->given_up(ready.error());
  }
  return stores;
}

std::unexpected<Error> Stores::given_up(Error error) {
  if (const Result<void> back = give_back(); !back) {
    error.detail += "; " + back.error().detail;
  } else if (std::error_code ignored; rows_ && std::filesystem::exists(rows_file(scenario_, wanted_), ignored)) {
    error.detail += "; " + words_of_rows_in_doubt(scenario_, wanted_);
  }
  return std::unexpected(std::move(error));
}

Result<void> Stores::give_back() {
  if (given_back_) {
    return *given_back_;
  }
  Result<void> database = database_ && rows_ ? database_->give_back() : Result<void>();
  if (!database) {
    database.error().detail = words_of_rows_left(scenario_, wanted_, database.error().detail);
  }
  const Result<void> cache = take_entries_out();
  given_back_ = database ? cache : database;
  return *given_back_;
}

// Entries of the user's hold values of the run, and the rows do not any more; those of a run that was refused are not
// ours to take out.
Result<void> Stores::take_entries_out() {
  Result<void> done =
      rows_ && cache_has_begun_ && !wanted_.cache_url.empty() ? cache_->take_entries_out() : Result<void>();
  if (!done) {
    done.error().detail =
        "entries of the run could not be taken out of the cache, so they may hold values that the rows do not have "
        "any more: " +
        done.error().detail;
  }
  return done;
}

std::vector<std::string> Stores::key_names() const {
  constexpr std::size_t names_max = 10'000;
  const bool has_names = entry_names_ && entry_names_->names.size() <= names_max;
  return has_names ? entry_names_->names : std::vector<std::string>();
}

Result<std::shared_ptr<PrivateServers>> Stores::private_servers(PrivateServersOptions options) const {
  if (wanted_.kept && wanted_.kept->serve(options)) {
    return wanted_.kept->servers;
  }
  if (wanted_.kept) {
    *wanted_.kept = {};  // two sets of servers at once would disturb one another
  }
  if (wanted_.tell) {
    wanted_.tell(fmt::format("starting {}", names_of(options)));
  }
  PrivateServersOptions told = options;
  if (wanted_.waiting != nullptr) {
    told.on_ready = ready_list(*wanted_.waiting);
  }
  Result<std::unique_ptr<PrivateServers>> started = start_private_servers(told);
  if (!started) {
    return std::unexpected(started.error());
  }
  std::shared_ptr<PrivateServers> servers = std::move(*started);
  if (wanted_.kept) {
    *wanted_.kept = {.servers = servers, .options = std::move(options)};
  }
  return servers;
}

Result<void> Stores::start_private() {
  PrivateServersOptions options;
  options.database = wanted_.database_urls.empty() ? database_of(scenario_).server : nullptr;
  options.cache = scenario_.has_cache && wanted_.cache_url.empty() ? cache_of(scenario_).server : nullptr;
  options.replica = (reads_replica() || has_event(scenario_, leaves_standby_behind)) && options.database != nullptr;
  options.cache_persists = has_event(scenario_, &ServerEvent::keeps_data);
  options.database_program = wanted_.cockroach_path;
  options.clients = std::max(options.clients, scenario_.clients);
  if (wanted_.database_urls.empty() && options.database == nullptr) {
    return no_private(scenario_.database, "--db");
  }
  if (scenario_.has_cache && wanted_.cache_url.empty() && options.cache == nullptr) {
    return no_private(scenario_.cache_engine, "--cache");
  }
  if (options.database == nullptr && options.cache == nullptr) {
    return {};
  }
  Result<std::shared_ptr<PrivateServers>> started = private_servers(options);
  if (!started) {
    return std::unexpected(started.error());
  }
  private_servers_ = std::move(*started);
  return {};
}

StoreWanted Stores::store_wanted() const {
  StoreWanted store;
  store.connect_limit_ns = scenario_.connect_limit_ns;
  store.op_limit_ns = scenario_.op_limit_ns;
  store.keys = scenario_.keys;
  store.needs = needs_;
  if (wanted_.tell) {
    store.words.tell = wanted_.tell;
  }
  store.rows = rows_;
  store.words.warn = [](const std::string& words) { warn(words); };
  if (Waiting* const waiting = wanted_.waiting) {
    store.words.doing = [waiting](const std::string& words) { waiting->next(words); };
    store.words.reached = [waiting](const std::string& how_far) { waiting->reached(how_far); };
  }
  return store;
}

void Stores::open_database() {
  DatabaseWanted wanted = {.store = store_wanted()};
  wanted.store.urls = wanted_.database_urls;
  wanted.replace_table = wanted_.replace_table;
  wanted.retries_max = scenario_.retries_max;
  wanted.rows_may_be_absent = scenario_.delete_share > 0;
  wanted.clients = scenario_.clients;
  wanted.other_sessions = scenario_.has_cache ? sampler_sessions : 0;
  wanted.replica_url = needs_.replica ? wanted_.replica_url : std::string();
  // A kept server may be there although the user named another.
  if (wanted_.database_urls.empty()) {
    wanted.store.own = private_servers_.get();
    for (const ServerAddress& address : private_servers_->database()->facts().addresses) {
      wanted.store.urls.push_back(nearest_url(address));
    }
    if (Server* const replica = private_servers_->replica()) {
      wanted.replica_url = replica->facts().addresses.front().socket_url;
      wanted.owns_replica = true;
      wanted.reads_replica = reads_replica();
    }
  }
  wanted.store.server_stays = wanted.store.own == nullptr || wanted_.kept != nullptr;
  database_ = database_of(scenario_).open(std::move(wanted));
}

void Stores::open_cache() {
  StoreWanted wanted = store_wanted();
  if (wanted_.cache_url.empty()) {
    wanted.own = private_servers_.get();
    wanted.urls = {nearest_url(private_servers_->cache()->facts().addresses.front())};
  } else {
    wanted.urls = {wanted_.cache_url};
  }
  wanted.server_stays = wanted.own == nullptr || wanted_.kept != nullptr;
  cache_ = cache_of(scenario_).open(std::move(wanted));
}

Result<void> Stores::meet() {
  const Result<StoreFacts> facts = database_->meet();
  if (!facts) {
    return std::unexpected(facts.error());
  }
  const std::string_view stand_in = database_of(scenario_).stand_in_title;
  const bool stands_in = !stand_in.empty() && facts->self.engine == stand_in;
  engines_.push_back(
      {.role = "database",
       .name = facts->self.engine,
       .version = facts->self.version,
       .isolation = facts->self.isolation,
       .instead_of = std::string(stands_in ? EngineRegistry::find(scenario_.database)->title : std::string_view()),
       .is_named = !wanted_.database_urls.empty()});
  if (cache_ != nullptr) {
    const Result<StoreFacts> cache = cache_->meet();
    if (!cache) {
      return std::unexpected(cache.error());
    }
    engines_.push_back({.role = "cache",
                        .name = cache->self.engine,
                        .version = cache->self.version,
                        .is_named = !wanted_.cache_url.empty()});
  }
  if (facts->replica) {
    engines_.push_back(
        {.role = "replica", .name = facts->replica->engine + " standby", .version = facts->replica->version});
  }
  return {};
}

Result<void> Stores::reset() {
  const Result<void> table = database_->prepare();
  const Result<void> ready = table && cache_ ? cache_->prepare() : table;
  cache_has_begun_ = cache_ && ready;
  return ready;
}

std::vector<std::string> Stores::warnings() const {
  std::vector<std::string> all = database_->warnings();
  if (cache_ != nullptr) {
    std::ranges::move(cache_->warnings(), std::back_inserter(all));
  }
  return all;
}

std::string Stores::claim_lost() const {
  std::string lost = database_ ? database_->claim_lost() : std::string();
  return lost.empty() && cache_ ? cache_->claim_lost() : lost;
}

std::string Stores::confirm_claim() {
  std::string lost = database_ ? database_->confirm_claim() : std::string();
  return lost.empty() && cache_ ? cache_->confirm_claim() : lost;
}

std::unique_ptr<Session> Stores::make_session(boost::asio::io_context& context, ClientId client) {
  return make_live_session(database_->make_session(context, client), cache_ ? cache_->make_session(context) : nullptr);
}

std::unique_ptr<SurveySession> Stores::make_survey(boost::asio::io_context& context) {
  if (cache_ == nullptr) {
    return nullptr;
  }
  return make_live_survey(database_->make_other_session(context, FeedKind::none).session,
                          cache_->make_session(context));
}

std::unique_ptr<Session> Stores::make_background(boost::asio::io_context& context, MemoryCache& local) {
  return make_live_background(database_->make_other_session(context, needs_.feed),
                              cache_->make_other_session(context, needs_.feed), local);
}

void Stores::close() {
  // Whoever asks again hears what went wrong.
  const Result<void> back = give_back();
  static_cast<void>(back);
  if (database_) {
    database_->close();
  }
  if (cache_) {
    cache_->close();
  }
  if (private_servers_ && !wanted_.kept) {
    // What could not be stopped in good order is killed and removed by the keeper when its servers' object goes.
    const Result<void> stopped = private_servers_->stop();
    static_cast<void>(stopped);
  }
  private_servers_.reset();
}

}  // namespace stalemate
