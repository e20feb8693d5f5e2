// Starts, watches, pauses, kills and removes a server through its keeper.
#include "servers/keeper/kept_server.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <system_error>
#include <thread>

#include "servers/keeper/launch.hpp"
#include "servers/keeper/regardless.hpp"

namespace stalemate {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr auto ask_again_after = std::chrono::milliseconds(5);
constexpr Nanoseconds answer_limit_ns = 2'000'000'000;
// The last look has time for an answer too: it is what is told.
constexpr Nanoseconds answer_limit_min_ns = 200'000'000;
constexpr Nanoseconds stop_limit_ns = 5'000'000'000;
constexpr int port_tries = 5;

Nanoseconds nanoseconds_until(SteadyClock::time_point deadline) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(deadline - SteadyClock::now()).count();
}

std::uintmax_t size_of(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

std::string seconds_text(Nanoseconds limit_ns) {
  constexpr Nanoseconds millisecond = 1'000'000;
  constexpr Nanoseconds second = 1'000'000'000;
  return limit_ns % second == 0 ? std::to_string(limit_ns / second) + " s"
                                : std::to_string(limit_ns / millisecond) + " ms";
}

}  // namespace

KeptServer::KeptServer(std::shared_ptr<KeeperLink> link, std::filesystem::path folder, Nanoseconds ready_limit_ns)
    : link_(std::move(link)), folder_(std::move(folder)), ready_limit_ns_(ready_limit_ns) {}

ServerFacts KeptServer::facts() const {
  const std::scoped_lock guard(mutex_);
  ServerFacts facts = facts_;
  facts.pids = started_pids();
  return facts;
}

std::vector<pid_t> KeptServer::started_pids() const {
  std::vector<pid_t> pids;
  std::ranges::transform(nodes_, std::back_inserter(pids), &Node::pid);
  return pids;
}

Result<void> KeptServer::launch() {
  nodes_.clear();
  for (const SpawnOrder& order : orders()) {
    Node node{.log = order.log, .log_start = size_of(order.log)};
    const Result<pid_t> pid = link_->spawn(order);
    if (!pid) {
      return std::unexpected(pid.error());
    }
    node.pid = *pid;
    nodes_.push_back(std::move(node));
  }
  return {};
}

std::string KeptServer::end_of_logs() const {
  std::string text;
  for (const Node& node : nodes_) {
    const std::string tail = log_tail(node.log, node.log_start);
    if (!tail.empty()) {
      text += (text.empty() ? "" : "\n") + tail;
    }
  }
  return log_phrase(text);
}

Result<void> KeptServer::check_all_running() {
  for (const Node& node : nodes_) {
    const Result<KeptProcess> process = link_->look_at(node.pid);
    if (!process) {
      return std::unexpected(process.error());
    }
    if (!process->running) {
      return failed(ErrorCode::unavailable, facts_.engine + " ended (" + process->ending + ")" + end_of_logs());
    }
  }
  return {};
}

Result<void> KeptServer::wait_until_ready() {
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(ready_limit_ns_);
  std::string last_answer = "no answer";
  while (SteadyClock::now() < deadline) {
    if (const Result<void> running = check_all_running(); !running) {
      return running;
    }
    const Result<void> answered = answer(std::clamp(nanoseconds_until(deadline), answer_limit_min_ns, answer_limit_ns));
    if (answered) {
      return {};
    }
    last_answer = answered.error().detail;
    std::this_thread::sleep_for(ask_again_after);
  }
  return failed(ErrorCode::timed_out, facts_.engine + " was not ready after " + seconds_text(ready_limit_ns_) + " (" +
                                          last_answer + ")" + end_of_logs());
}

Result<std::unique_ptr<KeptServer>> started(std::unique_ptr<KeptServer> server) {
  if (const Result<void> ready = server->start_first(); !ready) {
    return std::unexpected(ready.error());
  }
  return server;
}

Result<void> KeptServer::start_first() {
  if (Result<void> made = initialise(); !made) {
    return made;
  }
  const std::scoped_lock guard(mutex_);
  for (int attempt = 1;; ++attempt) {
    if (const Result<void> chosen = choose_ports(); !chosen) {
      return chosen;
    }
    Result<void> started = launch();
    if (started) {
      started = wait_until_ready();
    }
    if (started) {
      return {};
    }
    regardless(kill_all());
    if (attempt == port_tries || !says_port_taken(started.error().detail)) {
      return started;
    }
    clear_traces();
  }
}

Result<void> KeptServer::pause() {
  const std::scoped_lock guard(mutex_);
  for (const Node& node : nodes_) {
    if (const Result<void> done = link_->pause(node.pid); !done) {
      return done;
    }
  }
  return {};
}

Result<void> KeptServer::resume() {
  const std::scoped_lock guard(mutex_);
  for (const Node& node : nodes_) {
    if (const Result<void> done = link_->resume(node.pid); !done) {
      return done;
    }
  }
  return {};
}

Result<void> KeptServer::kill_all() {
  Result<void> all = {};
  for (const Node& node : nodes_) {
    if (const Result<void> done = link_->kill(node.pid); !done) {
      all = done;
    }
  }
  return all;
}

Result<void> KeptServer::kill_now() {
  const std::scoped_lock guard(mutex_);
  return kill_all();
}

Result<void> KeptServer::start_again() {
  const std::scoped_lock guard(mutex_);
  if (removed_ || nodes_.empty()) {
    return failed(ErrorCode::unavailable, facts_.engine + " has been stopped and removed");
  }
  for (const Node& node : nodes_) {
    const Result<KeptProcess> process = link_->look_at(node.pid);
    if (!process) {
      return std::unexpected(process.error());
    }
    if (process->running) {
      return failed(ErrorCode::unavailable, facts_.engine + " is running already");
    }
  }
  // It may have died by itself and left children.
  if (const Result<void> gone = kill_all(); !gone) {
    return gone;
  }
  clear_traces();
  Result<void> started = launch();
  if (started) {
    started = wait_until_ready();
  }
  if (!started) {
    regardless(kill_all());
  }
  return started;
}

bool KeptServer::wait_until_ended(Nanoseconds limit_ns) {
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(limit_ns);
  const auto has_ended = [&](const Node& node) {
    const Result<KeptProcess> process = link_->look_at(node.pid);
    return !process || !process->running;
  };
  while (!std::ranges::all_of(nodes_, has_ended)) {
    if (SteadyClock::now() >= deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

Result<void> KeptServer::stop() {
  const std::scoped_lock guard(mutex_);
  if (removed_) {
    return {};
  }
  for (const Node& node : nodes_) {
    // Both fail for a node that is dead already.
    regardless(link_->resume(node.pid));
    regardless(link_->signal(node.pid, stop_signal()));
  }
  regardless(wait_until_ended(stop_limit_ns));
  // Those that took too long, and what children they may have left.
  if (const Result<void> done = kill_all(); !done) {
    return done;
  }
  const Result<void> gone = remove_servers_folder(folder_);
  removed_ = gone.has_value();
  return gone;
}

Result<void> KeptServer::run_to_end(const SpawnOrder& order, Nanoseconds limit_ns) {
  const std::uintmax_t log_start = size_of(order.log);
  const Result<pid_t> pid = link_->spawn(order);
  if (!pid) {
    return std::unexpected(pid.error());
  }
  const std::string program = std::filesystem::path(order.arguments.front()).filename().native();
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(limit_ns);
  while (SteadyClock::now() < deadline) {
    const Result<KeptProcess> process = link_->look_at(*pid);
    if (!process) {
      return std::unexpected(process.error());
    }
    if (!process->running) {
      if (process->ending == "exit status 0") {
        return {};
      }
      return failed(ErrorCode::unavailable,
                    program + " failed (" + process->ending + ")" + log_phrase(log_tail(order.log, log_start)));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  regardless(link_->kill(*pid));
  return failed(ErrorCode::timed_out, program + " had not ended after " + seconds_text(limit_ns) +
                                          log_phrase(log_tail(order.log, log_start)));
}

}  // namespace stalemate
