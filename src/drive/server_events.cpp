#include "drive/server_events.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "plan/row_named.hpp"

namespace stalemate {
namespace {

// How often something is evicted or expires while such a fault is in force.
constexpr Nanoseconds strike_interval_ns = 10'000'000;
// A cache of which only a part of the keys is held is tried again, for other keys.
constexpr int tries_max = 8;
constexpr std::uint64_t strikes_stream = 0xf0000;

bool has_strikes(ServerEventKind kind) {
  return kind == ServerEventKind::evict || kind == ServerEventKind::expire;
}

bool stops_server(ServerEventKind kind) {
  return kind == ServerEventKind::pause || kind == ServerEventKind::kill || kind == ServerEventKind::cut;
}

}  // namespace

ServerEvents::ServerEvents(std::span<const ServerEvent> events, ServerControl* control, SteadyTime origin,
                           std::uint32_t keys, std::uint64_t seed)
    : events_(events), control_(control), origin_(origin), keys_(keys), random_(seed, strikes_stream) {}

Result<void> ServerEvents::start() {
  return events_.empty() ? Result<void>() : thread_.start("for the faults of servers", [this] { run(); });
}

void ServerEvents::run() {
  for (const ServerEvent& event : events_) {
    const bool in_time = wait_and_strike_until(event.at_ns);
    Begun& begun = begun_.at(static_cast<std::size_t>(event.target));
    if (is_end(event.kind)) {
      const Begun before = std::exchange(begun, Begun());
      if (before.event != nullptr) {
        end(event, before);
      }
    } else if (in_time) {
      begin(event, begun);
    }
  }
}

void ServerEvents::begin(const ServerEvent& event, Begun& begun) {
  begun = {.event = &event, .start_ns = now_ns()};
  begun.succeeded = carry_out(event);
  if (!begun.succeeded) {
    return;
  }
  if (stops_server(event.kind)) {
    begun.stop = stops_.size();
    stops_.push_back({.fault = event.fault, .target = event.target, .start_ns = begun.start_ns});
  } else if (!has_strikes(event.kind)) {
    struck_.push_back({event.fault, begun.start_ns});
  }
}

void ServerEvents::end(const ServerEvent& event, const Begun& begun) {
  if (!carry_out(event) || !begun.succeeded) {
    return;
  }
  const Nanoseconds end_ns = now_ns();
  if (begun.stop) {
    stops_[*begun.stop].end_ns = end_ns;
  }
  windows_.push_back({event.fault, event.target, begun.start_ns, end_ns});
}

// Between events, those that go on strike again and again.
bool ServerEvents::wait_and_strike_until(Nanoseconds instant_ns) {
  const auto strikes = [](const Begun& begun) { return begun.event != nullptr && has_strikes(begun.event->kind); };
  while (true) {
    const auto going = std::ranges::find_if(begun_, strikes);
    const Nanoseconds next_ns = now_ns() + strike_interval_ns;
    if (going == begun_.end() || next_ns >= instant_ns) {
      return thread_.wait_until(origin_ + std::chrono::nanoseconds(instant_ns));
    }
    if (!thread_.wait_until(origin_ + std::chrono::nanoseconds(next_ns))) {
      return false;
    }
    strike(*going->event);
  }
}

void ServerEvents::strike(const ServerEvent& event) {
  const std::optional<Key> named = row_named(event.key, keys_);
  for (int tries = 0; tries < (named ? 1 : tries_max); ++tries) {
    const Key key = named ? *named : Key{random_.draw_below(keys_)};
    const Result<bool> struck = control_->strike(event, key, random_.draw());
    if (!struck) {
      if (troubles_.empty() || troubles_.back() != struck.error().detail) {
        troubles_.push_back(struck.error().detail);
      }
      return;
    }
    if (*struck) {
      struck_.push_back({event.fault, now_ns()});
      return;
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

Step step_of(const FaultWindow& window) {
  const bool is_cache = window.target == Target::cache;
  Step step;
  step.store = is_cache ? Store::cache : window.target == Target::database ? Store::database : Store::replica;
  step.command = is_cache ? Command::get : Command::read;
  step.role = is_cache ? Role::lookup : Role::load;
  step.outcome = Outcome::ok;
  step.fault = window.fault;
  step.start_ns = std::max<Nanoseconds>(window.start_ns, 0);
  step.end_ns = std::max(window.end_ns, step.start_ns);
  return step;
}

}  // namespace stalemate
