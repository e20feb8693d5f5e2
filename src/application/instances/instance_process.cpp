#include "application/instances/instance_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "application/channels/http_connection.hpp"
#include "application/command.hpp"
#include "application/instances/listening.hpp"
#include "servers/keeper/launch.hpp"
#include "servers/keeper/regardless.hpp"

namespace stalemate {
namespace {

/// A program has begun when it was found asleep this often in a row, as it is while it waits for its first line.
constexpr int looks_until_begun = 4;
constexpr auto ports_are_looked_for_every = std::chrono::milliseconds(500);

}  // namespace

Result<void> ask_whether_ready(const Application& application, const InstanceAddress& address, Nanoseconds limit_ns) {
  if (!application.ready) {
    return connect_once(address, limit_ns);
  }
  const std::string target = address.path + application.ready->target.filled({});
  const std::string headers = host_line(address) + user_agent_line();
  const Result<RawAnswer> answer = http_once(
      address, {.text = http_text({.method = application.ready->method, .target = target, .headers = headers}),
                .is_head = application.ready->method == "HEAD",
                .limit_ns = limit_ns});
  if (!answer) {
    return std::unexpected(answer.error());
  }
  if (!application.requests.ok.holds(answer->status)) {
    return uncertain(ErrorCode::unavailable, application.ready->method + " " + target + " was answered with status " +
                                                 std::to_string(answer->status) + ": " +
                                                 quoted_beginning(answer->body));
  }
  return {};
}

InstanceProcess::InstanceProcess(const std::shared_ptr<KeeperLink>& link, const Application& application,
                                 const InstanceOrder& order)
    : KeptServer(link, link->folder() / ("instance-" + std::to_string(order.number)), application.ready_limit_ns),
      application_(application),
      order_(order) {
  facts_.engine = "the service (instance " + std::to_string(order.number) + ")";
  // Services differ in whether that is 127.0.0.1 or ::1.
  address_.host = "localhost";
}

std::shared_ptr<const ProgramPipes> InstanceProcess::pipes() const {
  const std::scoped_lock guard(pipes_mutex_);
  return pipes_;
}

Result<void> InstanceProcess::initialise() {
  return make_private_folder(folder(), std::nullopt);
}

Result<void> InstanceProcess::choose_ports() {
  const Result<std::uint16_t> port = free_port();
  if (!port) {
    return std::unexpected(port.error());
  }
  address_.port = *port;
  Result<SpawnOrder> order = order_of_start();
  if (!order) {
    return std::unexpected(order.error());
  }
  spawn_order_ = std::move(*order);
  return prepare_start();
}

void InstanceProcess::clear_traces() {
  regardless(prepare_start());
}

Result<void> InstanceProcess::answer(Nanoseconds limit_ns) {
  if (application_.adapter == Adapter::program) {
    if (!watch_) {
      watch_.emplace(started_pids().front());
    }
    looks_asleep_ = watch_->asleep() ? looks_asleep_ + 1 : 0;
    return looks_asleep_ < looks_until_begun
               ? Result<void>(failed(ErrorCode::unavailable, "it does not wait for a line"))
               : Result<void>();
  }
  Result<void> ready = ask_whether_ready(application_, address_, limit_ns);
  if (!ready && ready.error().outcome == Outcome::fail) {
    look_for_other_ports();
    ready.error().detail += other_ports_;
  }
  return ready;
}

int InstanceProcess::stop_signal() const {
  return SIGTERM;
}

Result<SpawnOrder> InstanceProcess::order_of_start() const {
  const PlaceholderValues values = {.port = address_.port,
                                    .database = order_.database ? &*order_.database : nullptr,
                                    .cache = order_.cache ? &*order_.cache : nullptr};
  Result<SpawnOrder> order = shell_order(application_, application_.start, values, log());
  if (order && application_.adapter == Adapter::program) {
    order->input = input();
    order->output = output();
  }
  return order;
}

Result<void> InstanceProcess::prepare_start() {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(log(), error);
  log_start_ = error ? 0 : size;
  watch_.reset();
  looks_asleep_ = 0;
  other_ports_.clear();
  return application_.adapter == Adapter::program ? make_pipes() : Result<void>();
}

// We open both before the program does: then it need not wait for us when it opens them. Of its input we hold the
// reading end as well, so that a write to a dead program does not raise a signal.
Result<void> InstanceProcess::make_pipes() {
  auto pipes = std::make_shared<ProgramPipes>();
  for (const std::filesystem::path& path : {input(), output()}) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    if (mkfifo(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
      return failed(ErrorCode::unavailable, "cannot make the pipe " + path.native() + ": " + system_message(errno));
    }
  }
  pipes->input = open(input().c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  pipes->output = open(output().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (pipes->input < 0 || pipes->output < 0) {
    return failed(ErrorCode::unavailable, "cannot open the program's pipes: " + system_message(errno));
  }
  const std::scoped_lock guard(pipes_mutex_);
  pipes_ = std::move(pipes);
  return {};
}

void InstanceProcess::look_for_other_ports() {
  const auto now = SteadyClock::now();
  if (now - ports_seen_ < ports_are_looked_for_every) {
    return;
  }
  ports_seen_ = now;
  const std::vector<pid_t> pids = processes_of_session(started_pids().front());
  std::string list;
  for (const std::uint16_t port : listening_ports_of(pids)) {
    list += (list.empty() ? "" : ", ") + std::to_string(port);
  }
  other_ports_ = list.empty() ? "; it listens on no port"
                              : "; it listens on port " + list + " instead: does it use {port}, here " +
                                    std::to_string(address_.port) + "?";
}

}  // namespace stalemate
