// Opens everything in the order in which each needs the one before.
#include "gated/backstage.hpp"

#include <fmt/format.h>

#include <utility>

#include "servers/engines/postgres_server.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/keeper/launch.hpp"

namespace stalemate {
namespace {

StoreAddress address_of(const ServerAddress& server) {
  return {.host = server.host,
          .port = server.port,
          .user = server.user,
          .password = server.password,
          .name = server.database};
}

/// "postgres://127.0.0.1:5432/shop": without user and password.
std::string shown(StoreAddress address, bool cache) {
  address.user.clear();
  address.password.clear();
  return cache ? address.redis_url() : address.postgres_url();
}

/// "; it has ended (exit status 3)"; empty while it runs.
std::string ending_of(const InstanceState& state) {
  return state.running ? "" : "; it has ended (" + state.ending + ")";
}

std::optional<InstanceState> state_of(const Instance& instance) {
  const Result<InstanceState> state = instance.is_ours() ? instance.state() : failed(ErrorCode::unsupported, "");
  return state ? std::optional(*state) : std::nullopt;
}

}  // namespace

std::string words_of_trouble(const std::string& gate_trouble) {
  return gate_trouble.empty() ? "" : "; the gates could not read along: " + gate_trouble;
}

std::string words_of_ending(const Instance& instance) {
  const std::optional<InstanceState> state = state_of(instance);
  return state && !state->running ? ending_of(*state) + log_phrase(state->last_lines) : "";
}

std::string afterthought_on(const Instance& instance, const std::string& gate_trouble) {
  std::string words = words_of_trouble(gate_trouble);
  if (const std::optional<InstanceState> state = state_of(instance)) {
    words += ending_of(*state) + log_phrase(state->last_lines);
  }
  return words;
}

Result<std::unique_ptr<Backstage>> Backstage::open(const Application& application, const GatedWorldOptions& options,
                                                   GateKeeper& keeper, std::size_t instances) {
  std::unique_ptr<Backstage> backstage(new Backstage(application, options));
  Result<void> done = backstage->open_stores();
  if (done) {
    done = backstage->open_gates(keeper, instances);
  }
  if (!done) {
    return std::unexpected(done.error());
  }
  return backstage;
}

void Backstage::say(const std::string& what) const {
  if (options_.on_progress) {
    options_.on_progress(what);
  }
}

Result<void> Backstage::open_stores() {
  const ApplicationStores& stores = application_.stores;
  database_ = stores.database;
  cache_ = stores.cache;
  const bool own_database = stores.wants_database && !stores.database;
  const bool own_cache = stores.wants_cache && !stores.cache;
  if (own_database || own_cache) {
    say("Starting private servers");
    Result<std::unique_ptr<PrivateServers>> servers =
        start_private_servers({.database = own_database ? &postgres_kind : nullptr,
                               .cache = own_cache ? &redis_kind : nullptr,
                               .base_folder = options_.base_folder});
    if (!servers) {
      return std::unexpected(servers.error());
    }
    servers_ = std::move(*servers);
    if (own_database) {
      database_ = address_of(servers_->database()->facts().addresses.front());
    }
    if (own_cache) {
      cache_ = address_of(servers_->cache()->facts().addresses.front());
    }
  }
  Result<std::shared_ptr<KeeperLink>> keeper = start_instance_keeper(options_.base_folder);
  if (!keeper) {
    return std::unexpected(keeper.error());
  }
  keeper_ = std::move(*keeper);
  return prepare_stores(*keeper_, application_, database_ ? &*database_ : nullptr, cache_ ? &*cache_ : nullptr);
}

Result<void> Backstage::open_gates(GateKeeper& keeper, std::size_t instances) {
  const auto port_of = [](const std::vector<std::uint16_t>& ports, std::size_t instance) {
    return instance < ports.size() ? ports[instance] : std::uint16_t{0};
  };
  GatesOptions options = {.keeper = &keeper};
  for (std::size_t instance = 0; instance < instances; ++instance) {
    const StoreAddress database = database_.value_or(StoreAddress{});
    const StoreAddress cache = cache_.value_or(StoreAddress{});
    options.links.push_back({.protocol = Protocol::postgres,
                             .listen_port = port_of(application_.stores.database_gates, instance),
                             .store_host = database.host,
                             .store_port = database.port,
                             .password = database.password});
    options.links.push_back({.protocol = Protocol::redis,
                             .listen_port = port_of(application_.stores.cache_gates, instance),
                             .store_host = cache.host,
                             .store_port = cache.port});
  }
  Result<std::unique_ptr<Gates>> gates = start_gates(options);
  if (!gates) {
    return std::unexpected(gates.error());
  }
  gates_ = std::move(*gates);
  return {};
}

std::optional<StoreAddress> Backstage::gate_of(const std::optional<StoreAddress>& store, std::size_t link) const {
  if (!store) {
    return std::nullopt;
  }
  StoreAddress gate = *store;
  gate.host = "127.0.0.1";
  gate.port = gates_->port_of(link);
  return gate;
}

Result<std::unique_ptr<Instance>> Backstage::start_instance(std::size_t number) {
  say(fmt::format("Starting instance {}", number + 1));
  const InstanceOrder order = {.number = static_cast<std::uint32_t>(number + 1),
                               .database = gate_of(database_, database_link(number)),
                               .cache = gate_of(cache_, cache_link(number))};
  return Instance::start(keeper_, application_, order);
}

Result<void> Backstage::expect_calls(const CallsSeen& seen) const {
  const bool lacks_database = database_ && !seen.of_database;
  const bool lacks_cache = cache_ && !seen.of_cache;
  if (!lacks_database && !lacks_cache) {
    return {};
  }
  if (!seen.trouble.empty()) {
    return failed(ErrorCode::unsupported, "the gates could not read along: " + seen.trouble);
  }
  const std::string_view store = lacks_database ? "database" : "cache";
  return failed(ErrorCode::unsupported,
                fmt::format("the application answered, but called no {0} behind our gate: it must take the address "
                            "from {{{0}_url}}, or say {0} = \"none\" in [stores] if it has none",
                            store));
}

std::vector<std::string> Backstage::stores() const {
  std::vector<std::string> stores;
  for (Server* server : {servers_ ? servers_->database() : nullptr, servers_ ? servers_->cache() : nullptr}) {
    if (server != nullptr) {
      const ServerFacts about = server->facts();
      stores.push_back(about.engine + " " + about.version);
    }
  }
  if (application_.stores.database) {
    stores.push_back(shown(*application_.stores.database, false));
  }
  if (application_.stores.cache) {
    stores.push_back(shown(*application_.stores.cache, true));
  }
  return stores;
}

}  // namespace stalemate
