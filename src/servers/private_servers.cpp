// The servers of one run.
#include "servers/private_servers.hpp"

#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <utility>

#include "servers/keeper/folders.hpp"
#include "servers/keeper/regardless.hpp"
#include "servers/server_group.hpp"

namespace stalemate {
namespace {

class KeptServers final : public PrivateServers {
 public:
  KeptServers(ServerGroup group, const std::optional<Failover>& failover)
      : group_(std::move(group)), failover_(failover) {}
  ~KeptServers() override { regardless(stop_all()); }
  KeptServers(const KeptServers&) = delete;
  KeptServers& operator=(const KeptServers&) = delete;

  Server* database() override { return has_failed_over_ ? group_.replica.get() : group_.database.get(); }
  Server* cache() override { return group_.cache.get(); }
  Server* replica() override { return has_failed_over_ ? nullptr : group_.replica.get(); }

  Result<void> apply(Target target, ServerEventKind event) override {
    Server* const server = target == Target::database ? database() : target == Target::cache ? cache() : replica();
    if (server == nullptr) {
      return failed(ErrorCode::unsupported, "there is no such private server");
    }
    switch (event) {
      case ServerEventKind::remember: return target == Target::database ? leave_standby_behind() : unsupported();
      case ServerEventKind::put_back: return target == Target::database ? fail_over_to_standby() : unsupported();
      case ServerEventKind::pause: return server->pause();
      case ServerEventKind::resume: return server->resume();
      case ServerEventKind::kill: return server->kill_now();
      case ServerEventKind::start: return server->start_again();
      default: return unsupported();
    }
  }

  Result<void> stop() override { return stop_all(); }

 private:
  static Result<void> unsupported() { return failed(ErrorCode::unsupported, "this is not done to a server's process"); }

  Result<void> leave_standby_behind() {
    if (replica() == nullptr || !failover_) {
      return failed(ErrorCode::unsupported, "the database has no standby that could take over");
    }
    Result<void> left = failover_->leave_behind(group_.replica->facts());
    is_left_behind_ = left.has_value();
    return left;
  }

  Result<void> fail_over_to_standby() {
    if (!is_left_behind_ || has_failed_over_) {
      return failed(ErrorCode::unsupported, "no standby was left behind");
    }
    Result<void> done = failover_->take_over(*group_.database, group_.replica->facts());
    has_failed_over_ = done.has_value();
    return done;
  }

  Result<void> stop_all() {
    const std::scoped_lock guard(mutex_);
    if (stopped_) {
      return {};
    }
    stopped_ = true;
    // Where there can be no further thread, one after the other.
    auto cache_to_be =
        std::async(std::launch::async | std::launch::deferred, [&] { return stop_one(group_.cache.get()); });
    const Result<void> replica = stop_one(group_.replica.get());
    const Result<void> database = stop_one(group_.database.get());
    const Result<void> cache = cache_to_be.get();
    // The keeper kills and removes what is left.
    Result<void> rest = group_.link->finish();
    if (!rest) {
      return rest;
    }
    return !replica ? replica : database ? cache : database;
  }

  static Result<void> stop_one(Server* server) { return server == nullptr ? Result<void>{} : server->stop(); }

  ServerGroup group_;
  std::optional<Failover> failover_;  // of the database
  std::atomic<bool> is_left_behind_ = false;
  std::atomic<bool> has_failed_over_ = false;
  std::mutex mutex_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<PrivateServers>> start_private_servers(const PrivateServersOptions& options) {
  const Result<FoundServers> programs = find_servers(options);
  if (!programs) {
    return std::unexpected(programs.error());
  }
  Result<RunFolder> folder = open_run_folder(options.base_folder);
  if (!folder) {
    return std::unexpected(folder.error());
  }
  Result<ServerGroup> group = start_group(std::move(*folder), KeeperMode::servers_die, *programs, options);
  if (!group) {
    return std::unexpected(group.error());
  }
  return std::make_unique<KeptServers>(std::move(*group),
                                       options.database == nullptr ? std::nullopt : options.database->failover);
}

}  // namespace stalemate
