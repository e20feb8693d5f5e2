// What any application that we start stands on: its stores, the gates before them, and a keeper of its instances.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "application/application.hpp"
#include "application/instances/instance.hpp"
#include "core/error.hpp"
#include "gated/gated_world.hpp"
#include "proxy/gate.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

/// The links of the n-th instance, 0 the first.
[[nodiscard]] constexpr std::size_t database_link(std::size_t instance) {
  return 2 * instance;
}
[[nodiscard]] constexpr std::size_t cache_link(std::size_t instance) {
  return 2 * instance + 1;
}
[[nodiscard]] constexpr std::size_t instance_of(std::size_t link) {
  return link / 2;
}
[[nodiscard]] constexpr bool is_cache_link(std::size_t link) {
  return link % 2 != 0;
}

/// What a keeper knows of whether the application called its stores.
struct CallsSeen {
  bool of_database = false;
  bool of_cache = false;
  std::string trouble = {};  ///< what kept the gates from reading along; empty: nothing
};

/// What to tell of a client that asks_for_cluster.
inline constexpr std::string_view cluster_trouble =
    "a client asked the cache for the nodes of a cluster, which it would call past the gates; let it use a single "
    "Redis";
/// "; the gates could not read along: ..."; empty where nothing kept them from it.
[[nodiscard]] std::string words_of_trouble(const std::string& gate_trouble);
/// "; it has ended (exit status 3)" with the end of its log; empty while it runs, or where it is not ours.
[[nodiscard]] std::string words_of_ending(const Instance& instance);
/// What else there is to say of an instance that did not answer as it should: what kept the gates from reading along,
/// that it has ended, and the end of its log.
[[nodiscard]] std::string afterthought_on(const Instance& instance, const std::string& gate_trouble);

/// Thread rule: one thread.
class Backstage {
 public:
  /// Starts private stores where the file names none, runs `prepare`, and opens gates for so many instances, of which
  /// `keeper` decides. Both outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Backstage>> open(const Application& application,
                                                               const GatedWorldOptions& options, GateKeeper& keeper,
                                                               std::size_t instances);

  /// Starts the n-th instance, 0 the first, with addresses of its own gates, and waits until it is ready.
  [[nodiscard]] Result<std::unique_ptr<Instance>> start_instance(std::size_t number);

  /// Errors: unsupported where a store that the application has was not called: the trouble, or how it gets the address
  /// of our gate.
  [[nodiscard]] Result<void> expect_calls(const CallsSeen& seen) const;

  [[nodiscard]] Gates& gates() { return *gates_; }
  /// Closes all gates; nothing is told to the keeper from then on.
  void close_gates() { gates_.reset(); }
  /// Of the stores themselves, not of gates; none where the application has none.
  [[nodiscard]] const std::optional<StoreAddress>& database() const { return database_; }
  [[nodiscard]] const std::optional<StoreAddress>& cache() const { return cache_; }
  /// Null where the cache is not ours.
  [[nodiscard]] Server* own_cache() const { return servers_ ? servers_->cache() : nullptr; }
  /// Null where none was started.
  [[nodiscard]] PrivateServers* servers() const { return servers_.get(); }
  /// "PostgreSQL 15.20", "Redis 7.0.15", or the URLs without passwords.
  [[nodiscard]] std::vector<std::string> stores() const;
  void say(const std::string& what) const;

 private:
  Backstage(const Application& application, const GatedWorldOptions& options)
      : application_(application), options_(options) {}
  [[nodiscard]] Result<void> open_stores();
  [[nodiscard]] Result<void> open_gates(GateKeeper& keeper, std::size_t instances);
  [[nodiscard]] std::optional<StoreAddress> gate_of(const std::optional<StoreAddress>& store, std::size_t link) const;

  const Application& application_;
  GatedWorldOptions options_;
  std::unique_ptr<PrivateServers> servers_ = {};
  std::optional<StoreAddress> database_ = {};
  std::optional<StoreAddress> cache_ = {};
  std::unique_ptr<Gates> gates_ = {};
  std::shared_ptr<KeeperLink> keeper_ = {};
};

}  // namespace stalemate
