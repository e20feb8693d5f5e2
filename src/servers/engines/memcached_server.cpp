// Arguments, start and questions for a private memcached.
#include "servers/engines/memcached_server.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "servers/engines/binaries.hpp"
#include "servers/engines/probes.hpp"
#include "servers/keeper/account.hpp"
#include "servers/keeper/launch.hpp"

namespace stalemate {
namespace {

constexpr std::string_view memcached_user = "stalemate";
// As many as our Redis takes, where the system lets it open so many files: else memcached would not start.
std::uint64_t memcached_connections() {
  constexpr rlim_t connections_max = 4300;
  rlimit limit = {};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::min(connections_max, limit.rlim_max) : connections_max;
}

// memcached's own four, where there are so many processors: more threads than these only get in one another's way.
unsigned memcached_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
}

class MemcachedServer final : public KeptServer {
 public:
  MemcachedServer(const std::shared_ptr<KeeperLink>& link, MemcachedServerOptions options,
                  std::optional<Account> account)
      : KeptServer(link, link->folder() / "memcached", options.ready_limit_ns),
        options_(std::move(options)),
        account_(std::move(account)),
        password_(random_password()) {
    facts_.engine = "memcached";
  }

  Result<void> initialise() override {
    Result<void> made = make_private_folder(folder(), account_);
    if (made) {
      made = write_private_file(logins(), std::string(memcached_user) + ":" + password_ + "\n", account_);
    }
    facts_.data_folder = folder();
    facts_.filesystem = filesystem_of(folder());
    return made;
  }

 protected:
  Result<void> choose_ports() override {
    const Result<std::uint16_t> port = free_port();
    if (!port) {
      return std::unexpected(port.error());
    }
    ServerAddress address{.port = *port, .user = std::string(memcached_user), .password = password_};
    address.url = "memcached://" + address.user + ":" + password_ + "@127.0.0.1:" + std::to_string(*port);
    address.log_path = log();
    facts_.addresses = {std::move(address)};
    return {};
  }

  [[nodiscard]] std::vector<SpawnOrder> orders() const override {
    SpawnOrder order{.arguments = {options_.program.native()}, .folder = folder(), .log = log(), .account = account_};
    const std::vector<std::string> rest =
        memcached_arguments(facts_.addresses.front().port, logins(), options_.memory_mb);
    order.arguments.insert(order.arguments.end(), rest.begin(), rest.end());
    return {std::move(order)};
  }

  Result<void> answer(Nanoseconds limit_ns) override {
    Result<std::string> version = ask_memcached(facts_.addresses.front(), limit_ns);
    if (!version) {
      return std::unexpected(version.error());
    }
    facts_.version = std::move(*version);
    return {};
  }

  [[nodiscard]] int stop_signal() const override { return SIGTERM; }

 private:
  [[nodiscard]] std::filesystem::path logins() const { return folder() / "logins"; }
  [[nodiscard]] std::filesystem::path log() const { return folder() / "memcached.log"; }

  MemcachedServerOptions options_;
  std::optional<Account> account_;
  std::string password_;
};

Result<FoundServer> found_memcached(const ServerOptions& options) {
  const Result<std::filesystem::path> program = find_memcached();
  if (!program) {
    return std::unexpected(program.error());
  }
  return FoundServer{
      .start = [program = *program, limit_ns = options.ready_limit_ns](const std::shared_ptr<KeeperLink>& link) {
        return start_memcached(link, {.program = program, .ready_limit_ns = limit_ns});
      }};
}

}  // namespace

const ServerKind memcached_kind = {.title = "memcached", .find = found_memcached};

std::vector<std::string> memcached_arguments(std::uint16_t port, const std::filesystem::path& logins,
                                             std::uint32_t memory_mb) {
  std::vector<std::string> arguments = {"-l", "127.0.0.1",
                                        "-p", std::to_string(port),
                                        "-U", "0",
                                        "-Y", logins.native(),
                                        "-c", std::to_string(memcached_connections()),
                                        "-m", std::to_string(memory_mb),
                                        "-t", std::to_string(memcached_threads())};
  if (memory_mb < 2) {
    // No item may be larger than half of the memory.
    arguments.insert(arguments.end(), {"-I", "512k"});
  }
  return arguments;
}

Result<std::unique_ptr<KeptServer>> start_memcached(const std::shared_ptr<KeeperLink>& link,
                                                    const MemcachedServerOptions& options) {
  constexpr std::array<std::string_view, 1> accounts = {"memcache"};
  Result<std::optional<Account>> account = account_for(accounts);
  if (!account) {
    return std::unexpected(account.error());
  }
  return started(std::make_unique<MemcachedServer>(link, options, std::move(*account)));
}

}  // namespace stalemate
