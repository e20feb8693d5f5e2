#include "gated/schedules/settling.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "servers/keeper/processes.hpp"

namespace stalemate {
namespace {

using SettleClock = std::chrono::steady_clock;

/// A statement that takes longer than this may be waiting for a lock; asking costs a round trip.
constexpr std::chrono::milliseconds slow_statement(3);
constexpr std::chrono::microseconds between_looks(40);
/// Instances that are not ours cannot be asked whether they sleep; so long must nothing have happened.
constexpr std::chrono::milliseconds foreign_pause(30);
/// An instance that sleeps so long in the middle of a request, while another one waits at a gate, waits for that one:
/// by a lock of files, say, which nobody tells us of.
constexpr std::chrono::milliseconds unseen_lock(500);
/// How often it is looked for that.
constexpr std::chrono::milliseconds between_looks_for_it(5);

/// What must not change between two looks.
struct Marks {
  std::uint64_t events = 0;
  std::uint64_t answers = 0;
  GateTraffic traffic = {};

  static Marks of(const SettlingOn& on) {
    return {.events = on.held->events(), .answers = on.answers->count(), .traffic = on.gates->traffic()};
  }
  [[nodiscard]] bool same_as(const Marks& other) const {
    return events == other.events && answers == other.answers && traffic.calls_sent == other.traffic.calls_sent &&
           traffic.calls_answered == other.traffic.calls_answered &&
           traffic.bytes_under_way == other.traffic.bytes_under_way;
  }
};

bool all_asleep(const std::vector<Player>& players) {
  return std::ranges::all_of(players, [](const Player& player) {
    return player.dead || !player.instance->is_ours() || player.instance->asleep();
  });
}

/// Has requests sent and answers read that are on their way between the requester and an instance.
void catch_up(const SettlingOn& on) {
  for (std::size_t player = 0; player < on.players->size(); ++player) {
    if ((*on.players)[player].request && !on.answers->has(player)) {
      on.requester->catch_up();
      return;
    }
  }
}

bool belongs_to(const GateCall& call, std::size_t player) {
  return instance_of(call.link) == player;
}

/// Whether whoever listens to the database has been told what there was to tell. A backend that listens is woken before
/// the one that notifies it answers, and sleeps again once it has told. Of a database elsewhere there is only to wait.
bool listeners_are_told(const SettlingOn& on, SettleClock::duration still_for) {
  const std::vector<std::int32_t> backends = on.held->listening().to_database;
  if (!on.own_database) {
    return backends.empty() || still_for >= foreign_pause;
  }
  return std::ranges::all_of(backends, [](std::int32_t backend) {
    const std::optional<ProcessStat> process = backend > 0 ? process_stat(backend) : std::nullopt;
    return !process || process->state == 'S';
  });
}

/// Has the cache send what it has to tell: it answers one after the other, and tells before it takes the next.
void hear_cache_out(const SettlingOn& on) {
  if (on.cache != nullptr && on.held->listening().to_cache) {
    // One that does not answer tells nothing, either.
    [[maybe_unused]] const Result<void> heard = on.cache->be_answered();
  }
}

/// Whether whoever is in a request has been answered, waits at a gate, or waits in the store.
bool all_accounted_for(const SettlingOn& on, const std::vector<GateCall>& blocked) {
  const std::vector<GateCall> waiting = on.held->waiting();
  for (std::size_t player = 0; player < on.players->size(); ++player) {
    const auto is_its = [player](const GateCall& call) { return belongs_to(call, player); };
    const Player& its = (*on.players)[player];
    if (!its.dead && its.request && !on.answers->has(player) && std::ranges::none_of(waiting, is_its) &&
        std::ranges::none_of(blocked, is_its)) {
      return false;
    }
  }
  return true;
}

/// Of the calls that were not answered those that wait for another one's lock; nothing where some are just slow.
Result<std::optional<std::vector<GateCall>>> all_blocked(const SettlingOn& on,
                                                         const std::vector<GateCall>& unanswered) {
  std::vector<std::int32_t> processes;
  for (const GateCall& call : unanswered) {
    const std::int32_t process = call.backend_pid;
    if (process == 0) {
      return std::nullopt;
    }
    processes.push_back(process);
  }
  const Result<std::vector<std::int32_t>> waiting = on.database->blocked(processes);
  if (!waiting) {
    return std::unexpected(waiting.error());
  }
  return waiting->size() == processes.size() ? std::optional(unanswered) : std::nullopt;
}

Error not_at_rest(const SettlingOn& on) {
  const std::vector<GateCall> unanswered = on.held->unanswered();
  if (!unanswered.empty()) {
    const GateCall& call = unanswered.front();
    return {ErrorCode::timed_out, Outcome::info,
            "the " + std::string(is_cache_link(call.link) ? "cache" : "database") + " has not answered '" +
                call.request.text + "' of instance " + std::to_string(instance_of(call.link) + 1) + " for 20 s"};
  }
  for (std::size_t player = 0; player < on.players->size(); ++player) {
    const Player& its = (*on.players)[player];
    if (!its.dead && its.request && !on.answers->has(player)) {
      return {ErrorCode::timed_out, Outcome::info,
              "instance " + std::to_string(player + 1) + " is in a request and has asked no store for 20 s"};
    }
  }
  return {ErrorCode::timed_out, Outcome::info,
          "the application has not come to rest for 20 s: a thread of it is at work"};
}

/// Looks again and again, and remembers how long nothing has changed.
class Settling {
 public:
  explicit Settling(const SettlingOn& on) : on_(on) {}

  /// The calls that wait for a lock, if all is at rest; nothing if it is not.
  Result<std::optional<std::vector<GateCall>>> look() {
    const std::vector<GateCall> unanswered = on_.held->unanswered();
    if (is_at_work(unanswered)) {
      return std::nullopt;
    }
    const Marks before = Marks::of(on_);
    if (!before.same_as(last_)) {
      still_since_ = SettleClock::now();
      last_ = before;
    }
    const bool quiet = before.traffic.bytes_under_way == 0 && on_.held->copies_under_way() == 0 &&
                       all_asleep(*on_.players) && Marks::of(on_).same_as(before);
    if (!quiet) {
      still_since_ = SettleClock::now();
      return std::nullopt;
    }
    const Result<std::optional<std::vector<GateCall>>> blocked = blocked_of(unanswered);
    if (!blocked || !*blocked) {
      return blocked;
    }
    catch_up(on_);
    hear_cache_out(on_);
    if (!listeners_are_told(on_, SettleClock::now() - still_since_)) {
      return std::nullopt;
    }
    if (!Marks::of(on_).same_as(before)) {
      still_since_ = SettleClock::now();
      return std::nullopt;
    }
    const bool has_foreign = std::ranges::any_of(
        *on_.players, [](const Player& player) { return !player.dead && !player.instance->is_ours(); });
    if (has_foreign && SettleClock::now() - still_since_ < foreign_pause) {
      return std::nullopt;
    }
    const bool at_rest = all_accounted_for(on_, **blocked) ||
                         (SettleClock::now() - still_since_ > unseen_lock && !on_.held->waiting().empty());
    return at_rest ? *blocked : std::nullopt;
  }

 private:
  /// Whether somebody is known to be at work without asking the kernel of every thread, which is what a look costs.
  bool is_at_work(const std::vector<GateCall>& unanswered) {
    const SettleClock::time_point now = SettleClock::now();
    if (!unanswered.empty() && (on_.database == nullptr || now < ask_again_)) {
      still_since_ = now;
      return true;
    }
    if (all_accounted_for(on_, unanswered)) {
      return false;
    }
    if (now < look_anyway_) {
      return true;
    }
    look_anyway_ = now + between_looks_for_it;
    return false;
  }

  Result<std::optional<std::vector<GateCall>>> blocked_of(const std::vector<GateCall>& unanswered) {
    if (unanswered.empty()) {
      return std::vector<GateCall>();
    }
    if (on_.database == nullptr || SettleClock::now() < ask_again_) {
      return std::nullopt;
    }
    ask_again_ = SettleClock::now() + slow_statement;
    return all_blocked(on_, unanswered);
  }

  const SettlingOn& on_;
  SettleClock::time_point still_since_ = SettleClock::now();
  SettleClock::time_point ask_again_ = SettleClock::now() + slow_statement;
  SettleClock::time_point look_anyway_ = SettleClock::now() + between_looks_for_it;
  Marks last_ = {};
};

}  // namespace

Result<std::vector<std::uint64_t>> settle(const SettlingOn& on) {
  const SettleClock::time_point begun = SettleClock::now();
  catch_up(on);
  Settling settling(on);
  while (SettleClock::now() - begun < std::chrono::nanoseconds(settle_limit_ns)) {
    const Result<std::optional<std::vector<GateCall>>> blocked = settling.look();
    if (!blocked) {
      return std::unexpected(blocked.error());
    }
    if (*blocked) {
      std::vector<std::uint64_t> ids;
      std::ranges::transform(**blocked, std::back_inserter(ids), &GateCall::id);
      return ids;
    }
    std::this_thread::sleep_for(between_looks);
  }
  return std::unexpected(not_at_rest(on));
}

}  // namespace stalemate
