#include "application/instances/instance.hpp"

#include <unistd.h>

#include <chrono>
#include <mutex>
#include <system_error>
#include <thread>

#include "application/command.hpp"
#include "application/instances/asleep.hpp"
#include "application/instances/instance_process.hpp"
#include "core/assert.hpp"
#include "core/text/duration.hpp"
#include "servers/keeper/launch.hpp"
#include "servers/keeper/regardless.hpp"

namespace stalemate {
namespace {

using SteadyClock = std::chrono::steady_clock;

class OwnInstance final : public Instance {
 public:
  OwnInstance(std::shared_ptr<KeeperLink> link, std::uint32_t number, std::unique_ptr<InstanceProcess> process)
      : link_(std::move(link)), number_(number), process_(std::move(process)) {
    take_root();
  }
  ~OwnInstance() override { regardless(process_->stop()); }
  OwnInstance(const OwnInstance&) = delete;
  OwnInstance& operator=(const OwnInstance&) = delete;

  [[nodiscard]] std::uint32_t number() const override { return number_; }
  [[nodiscard]] const InstanceAddress& address() const override { return process_->address(); }
  [[nodiscard]] std::shared_ptr<const ProgramPipes> pipes() const override { return process_->pipes(); }
  [[nodiscard]] bool is_ours() const override { return true; }

  [[nodiscard]] Result<InstanceState> state() const override {
    const std::scoped_lock guard(mutex_);
    const Result<KeptProcess> process = link_->look_at(root_);
    if (!process) {
      return std::unexpected(process.error());
    }
    return InstanceState{.running = process->running,
                         .ending = process->ending,
                         .last_lines = log_tail(process_->log(), process_->log_start())};
  }

  [[nodiscard]] std::vector<pid_t> pids() const override {
    const std::scoped_lock guard(mutex_);
    return processes_of_session(root_);
  }

  [[nodiscard]] bool asleep() const override {
    const std::scoped_lock guard(mutex_);
    return watch_.asleep();
  }

  [[nodiscard]] Result<void> kill_now() override {
    const std::scoped_lock guard(mutex_);
    return process_->kill_now();
  }

  [[nodiscard]] Result<void> start_again() override {
    const std::scoped_lock guard(mutex_);
    // One that ended by itself may still be on its way out.
    Result<void> started = process_->kill_now();
    if (started) {
      started = process_->start_again();
      take_root();
    }
    return started;
  }

  [[nodiscard]] Result<void> stop() override {
    const std::scoped_lock guard(mutex_);
    return process_->stop();
  }

 private:
  void take_root() {
    root_ = process_->facts().pids.front();
    watch_ = SleepWatch(root_);
  }

  std::shared_ptr<KeeperLink> link_;
  std::uint32_t number_;
  std::unique_ptr<InstanceProcess> process_;
  mutable std::mutex mutex_;
  pid_t root_ = -1;
  mutable SleepWatch watch_ = SleepWatch(-1);
};

/// One that runs already, of which only its URL is known.
class GivenInstance final : public Instance {
 public:
  GivenInstance(const Application& application, std::uint32_t number)
      : application_(application), number_(number), address_(application.urls[number - 1]) {}

  [[nodiscard]] std::uint32_t number() const override { return number_; }
  [[nodiscard]] const InstanceAddress& address() const override { return address_; }
  [[nodiscard]] std::shared_ptr<const ProgramPipes> pipes() const override { return nullptr; }
  [[nodiscard]] bool is_ours() const override { return false; }
  [[nodiscard]] Result<InstanceState> state() const override { return not_ours(); }
  [[nodiscard]] std::vector<pid_t> pids() const override { return {}; }
  [[nodiscard]] bool asleep() const override { return false; }
  [[nodiscard]] Result<void> kill_now() override { return not_ours(); }
  [[nodiscard]] Result<void> start_again() override { return not_ours(); }
  [[nodiscard]] Result<void> stop() override { return {}; }

  [[nodiscard]] Result<void> wait_until_ready() const {
    constexpr Nanoseconds ask_limit_ns = 2'000'000'000;
    const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(application_.ready_limit_ns);
    while (true) {
      const Result<void> ready = ask_whether_ready(application_, address_, ask_limit_ns);
      if (ready) {
        return {};
      }
      if (SteadyClock::now() > deadline) {
        return failed(ErrorCode::timed_out,
                      "the service (instance " + std::to_string(number_) + ") was not ready after " +
                          format_duration_short(application_.ready_limit_ns) + " (" + ready.error().detail + ")");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

 private:
  [[nodiscard]] std::unexpected<Error> not_ours() const {
    return failed(ErrorCode::unsupported, "the service (instance " + std::to_string(number_) +
                                              ") is not a process of ours, but given by its url");
  }

  const Application application_;
  std::uint32_t number_;
  InstanceAddress address_;
};

}  // namespace

ProgramPipes::~ProgramPipes() {
  for (const int end : {input, output}) {
    if (end >= 0) {
      close(end);
    }
  }
}

Result<std::shared_ptr<KeeperLink>> start_instance_keeper(const std::filesystem::path& base_folder) {
  Result<RunFolder> folder = open_run_folder(base_folder);
  if (!folder) {
    return std::unexpected(folder.error());
  }
  return KeeperLink::start(std::move(*folder), KeeperMode::servers_die);
}

Result<void> prepare_stores(KeeperLink& link, const Application& application, const StoreAddress* database,
                            const StoreAddress* cache) {
  const ApplicationStores& stores = application.stores;
  if (stores.prepare.empty()) {
    return {};
  }
  const std::filesystem::path log = link.folder() / "prepare.log";
  const PlaceholderValues values = {.database = database, .cache = cache};
  const Result<SpawnOrder> order = shell_order(application, stores.prepare, values, log);
  if (!order) {
    return std::unexpected(order.error());
  }
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(log, error);
  const std::uintmax_t log_start = error ? 0 : size;
  const Result<pid_t> pid = link.spawn(*order);
  if (!pid) {
    return std::unexpected(pid.error());
  }
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(stores.prepare_limit_ns);
  while (SteadyClock::now() < deadline) {
    const Result<KeptProcess> process = link.look_at(*pid);
    if (!process) {
      return std::unexpected(process.error());
    }
    if (!process->running) {
      return process->ending == "exit status 0"
                 ? Result<void>()
                 : Result<void>(failed(ErrorCode::unavailable, "prepare failed (" + process->ending + ")" +
                                                                   log_phrase(log_tail(log, log_start))));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  regardless(link.kill(*pid));
  return failed(ErrorCode::timed_out, "prepare had not ended after " + format_duration_short(stores.prepare_limit_ns) +
                                          log_phrase(log_tail(log, log_start)));
}

Result<std::unique_ptr<Instance>> Instance::start(const std::shared_ptr<KeeperLink>& link,
                                                  const Application& application, const InstanceOrder& order) {
  if (!application.urls.empty()) {
    STALEMATE_ASSERT(order.number >= 1 && order.number <= application.urls.size(), "there is a url for each instance");
    auto given = std::make_unique<GivenInstance>(application, order.number);
    if (const Result<void> ready = given->wait_until_ready(); !ready) {
      return std::unexpected(ready.error());
    }
    return given;
  }
  auto process = std::make_unique<InstanceProcess>(link, application, order);
  if (const Result<void> ready = process->start_first(); !ready) {
    regardless(process->stop());
    return std::unexpected(ready.error());
  }
  return std::make_unique<OwnInstance>(link, order.number, std::move(process));
}

}  // namespace stalemate
