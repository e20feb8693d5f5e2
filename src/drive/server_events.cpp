#include "drive/server_events.hpp"

#include <utility>

#include "core/try_start.hpp"

namespace stalemate {
namespace {

bool undoes(ServerEventKind kind) {
  return kind == ServerEventKind::resume || kind == ServerEventKind::start;
}

}  // namespace

ServerEvents::ServerEvents(std::span<const ServerEvent> events, ServerControl* control, SteadyTime origin)
    : events_(events), control_(control), origin_(origin) {}

Result<void> ServerEvents::start() {
  if (events_.empty()) {
    return {};
  }
  Result<std::thread> thread =
      try_start("for the faults of servers", [this] { return std::thread([this] { run(); }); });
  if (!thread) {
    return std::unexpected(thread.error());
  }
  thread_ = std::move(*thread);
  return {};
}

void ServerEvents::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

bool ServerEvents::wait_until(SteadyTime time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_until(lock, time, [this] { return finishing_; });
}

void ServerEvents::run() {
  bool down[2] = {false, false};
  for (const ServerEvent& event : events_) {
    const bool in_time = wait_until(origin_ + std::chrono::nanoseconds(event.at_ns));
    bool& is_down = down[static_cast<std::size_t>(event.target)];
    if (in_time || (undoes(event.kind) && is_down)) {
      carry_out(event);
      is_down = !undoes(event.kind);
    }
  }
}

void ServerEvents::carry_out(const ServerEvent& event) {
  if (!undoes(event.kind)) {
    struck_.push_back(event.fault);
  }
  const Result<void> done = control_->carry_out(event);
  if (!done) {
    troubles_.push_back(done.error().detail);
  }
}

}  // namespace stalemate
