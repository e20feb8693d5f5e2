// Version check, start, init and questions for a private CockroachDB.
#include "servers/engines/cockroach_cluster.hpp"

#include <signal.h>

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "servers/engines/binaries.hpp"
#include "servers/engines/cockroach_program.hpp"
#include "servers/engines/cockroach_text.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/probes.hpp"
#include "servers/keeper/account.hpp"
#include "servers/keeper/launch.hpp"

namespace stalemate {
namespace {

constexpr std::size_t node_count = 3;

class CockroachCluster final : public KeptServer {
 public:
  CockroachCluster(const std::shared_ptr<KeeperLink>& link, CockroachOptions options)
      : KeptServer(link, link->folder() / "cockroach", options.ready_limit_ns), options_(std::move(options)) {
    facts_.engine = "CockroachDB";
    facts_.data_folder = folder();
  }

  /// Makes the folder and looks whether the binary is one we can use.
  Result<void> initialise() override {
    if (Result<void> made = make_private_folder(folder(), std::nullopt); !made) {
      return made;
    }
    facts_.filesystem = filesystem_of(folder());
    const SpawnOrder order = order_for({options_.program.native(), "version"}, folder() / "version.log");
    if (Result<void> asked = run_to_end(order, options_.ready_limit_ns); !asked) {
      return asked;
    }
    constexpr int lines = 40;
    return check_cockroach_version(options_.program, log_tail(order.log, 0, lines));
  }

 protected:
  Result<void> choose_ports() override {
    places_.clear();
    places_.reserve(node_count);
    facts_.addresses.clear();
    initialised_ = false;
    for (std::size_t index = 0; index < node_count; ++index) {
      const Result<std::uint16_t> port = free_port();
      const Result<std::uint16_t> http_port = free_port();
      if (!port || !http_port) {
        return std::unexpected((port ? http_port : port).error());
      }
      places_.push_back({.port = *port, .http_port = *http_port, .store = store_of(index)});
      ServerAddress address{.port = *port, .user = "root", .database = "defaultdb"};
      address.url = cockroach_url(*port);
      address.client_command = "psql '" + address.url + "'";
      address.console_url = "http://127.0.0.1:" + std::to_string(*http_port);
      address.log_path = log_of(index);
      facts_.addresses.push_back(std::move(address));
    }
    return {};
  }

  [[nodiscard]] std::vector<SpawnOrder> orders() const override {
    std::vector<SpawnOrder> orders;
    orders.reserve(places_.size());
    for (std::size_t index = 0; index < places_.size(); ++index) {
      orders.push_back(order_for(cockroach_start_arguments(options_.program, places_, index), log_of(index)));
    }
    return orders;
  }

  Result<void> answer(Nanoseconds limit_ns) override {
    if (Result<void> joined = join_once(limit_ns); !joined) {
      return joined;
    }
    for (const ServerAddress& address : facts_.addresses) {
      const auto isolation = ask_postgres(address, "SHOW default_transaction_isolation", limit_ns);
      if (!isolation) {
        return std::unexpected(isolation.error());
      }
      facts_.default_isolation = isolation->at(0);
    }
    const auto version = ask_postgres(facts_.addresses.front(), "SELECT version()", limit_ns);
    if (!version) {
      return std::unexpected(version.error());
    }
    const auto parsed = parse_cockroach_version(version->at(0));
    facts_.version = parsed ? to_text(*parsed) : version->at(0);
    return {};
  }

  // A node that is asked to end drains for very long, above all where another node is dead; and the data that it would
  // save is removed right after.
  [[nodiscard]] int stop_signal() const override { return SIGKILL; }

 private:
  [[nodiscard]] std::filesystem::path store_of(std::size_t index) const {
    return folder() / ("node" + std::to_string(index + 1));
  }
  [[nodiscard]] std::filesystem::path log_of(std::size_t index) const {
    return folder() / ("node" + std::to_string(index + 1) + ".log");
  }

  [[nodiscard]] SpawnOrder order_for(std::vector<std::string> arguments, std::filesystem::path log) const {
    return {.arguments = std::move(arguments),
            .environment = {"COCKROACH_SKIP_ENABLING_DIAGNOSTIC_REPORTING=true", "COCKROACH_SKIP_UPDATE_CHECK=1"},
            .folder = folder(),
            .log = std::move(log)};
  }

  /// `init` can be tried until the first node listens, and counts as done if an earlier try had its effect.
  Result<void> join_once(Nanoseconds limit_ns) {
    if (initialised_) {
      return {};
    }
    const SpawnOrder order =
        order_for(cockroach_init_arguments(options_.program, places_.front().port), folder() / "init.log");
    const Result<void> done = run_to_end(order, limit_ns);
    if (!done && !says_initialised_already(done.error().detail)) {
      return done;
    }
    initialised_ = true;
    return {};
  }

  CockroachOptions options_;
  std::vector<CockroachNode> places_;
  bool initialised_ = false;
};

Result<FoundServer> found_cockroach(const ServerOptions& options) {
  const Result<std::filesystem::path> program = find_cockroach(options.program);
  if (!program) {
    return std::unexpected(program.error());
  }
  return FoundServer{.start = [=, program = *program](const std::shared_ptr<KeeperLink>& link) {
    return start_cockroach(link, {.program = program, .ready_limit_ns = options.ready_limit_ns});
  }};
}

Result<FoundServer> found_cockroach_or_postgres(const ServerOptions& options) {
  Result<FoundServer> found = found_cockroach(options);
  return found || !options.program.empty() ? std::move(found) : serializable_postgres_kind.find(options);
}

}  // namespace

const ServerKind cockroach_kind = {.title = "CockroachDB", .find = found_cockroach};
const ServerKind cockroach_or_postgres_kind = {.title = "CockroachDB (PostgreSQL where there is none)",
                                               .find = found_cockroach_or_postgres};

Result<std::unique_ptr<KeptServer>> start_cockroach(const std::shared_ptr<KeeperLink>& link,
                                                    const CockroachOptions& options) {
  return started(std::make_unique<CockroachCluster>(link, options));
}

}  // namespace stalemate
