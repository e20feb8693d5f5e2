#include "drive/server_events.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace stalemate {
namespace {

bool undoes(ServerEventKind kind) {
  return kind == ServerEventKind::resume || kind == ServerEventKind::start;
}

}  // namespace

ServerEvents::ServerEvents(std::span<const ServerEvent> events, ServerControl* control, SteadyTime origin)
    : events_(events), control_(control), origin_(origin) {}

Result<void> ServerEvents::start() {
  return events_.empty() ? Result<void>() : thread_.start("for the faults of servers", [this] { run(); });
}

void ServerEvents::run() {
  // What was begun on each target and is not yet undone. One that failed may have done its work in part.
  struct Begun {
    bool is_open = false;
    std::optional<std::size_t> stop = {};  // its place in stops_, where it succeeded
  };
  Begun of_targets[2] = {};
  for (const ServerEvent& event : events_) {
    const bool in_time = thread_.wait_until(origin_ + std::chrono::nanoseconds(event.at_ns));
    Begun& begun = of_targets[static_cast<std::size_t>(event.target)];
    if (undoes(event.kind)) {
      const Begun before = std::exchange(begun, Begun());
      if (before.is_open && carry_out(event) && before.stop) {
        stops_[*before.stop].end_ns = now_ns();
      }
    } else if (in_time) {
      begun.is_open = true;
      const Nanoseconds start_ns = now_ns();
      if (carry_out(event)) {
        begun.stop = stops_.size();
        stops_.push_back({.fault = event.fault, .target = event.target, .start_ns = start_ns});
      }
    }
  }
}

bool ServerEvents::carry_out(const ServerEvent& event) {
  const Result<void> done = control_->carry_out(event);
  if (!done) {
    troubles_.push_back(done.error().detail);
  }
  return done.has_value();
}

Nanoseconds ServerEvents::now_ns() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - origin_).count();
}

}  // namespace stalemate
