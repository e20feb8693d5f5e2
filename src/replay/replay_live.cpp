#include "replay/replay_live.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "core/assert.hpp"
#include "drive/live_clock.hpp"
#include "drivers/cache/cache_hand.hpp"
#include "drivers/run_task.hpp"
#include "explore/model/behaviour.hpp"
#include "replay/live_process.hpp"

namespace stalemate {
namespace {

constexpr std::chrono::seconds step_limit{30};

Permit permit_of(const Move& move) {
  return {.trouble = move.trouble, .asks_once = move.gives_up};
}

bool stays_behind(const Move& move) {
  return move.trouble.late_copies > 0;
}

/// All processes and their servers.
class Stage {
 public:
  Stage(const Witness& witness, const Telling& telling, SessionFactory& stores, CacheHand& hand)
      : clock_(context_), hand_(hand) {
    const Scope& scope = witness.options.scope;
    const bool late = std::ranges::any_of(telling.moves, stays_behind);
    for (std::size_t server = 0; server < servers_of(scope); ++server) {
      local_.push_back(std::make_unique<MemoryCache>(clock_));
    }
    const auto add = [&](std::size_t server, auto make_session) {
      const auto number = static_cast<std::uint8_t>(processes_.size());
      std::unique_ptr<Session> second = late ? stores.make_session(context_, number) : nullptr;
      processes_.push_back(std::make_unique<LiveProcess>(witness, number, make_session(number, *local_[server]),
                                                         std::move(second), *local_[server]));
    };
    for (const ScopeProcess& process : scope.processes) {
      add(process.server, [&](std::uint8_t number, MemoryCache&) { return stores.make_session(context_, number); });
    }
    for (std::size_t server = 0; server < backgrounds_of(*witness.options.pattern, scope); ++server) {
      backgrounds_.push_back(processes_.size());
      add(server, [&](std::uint8_t, MemoryCache& local) { return stores.make_background(context_, local); });
    }
    survey_ = stores.make_survey(context_);
  }

  Result<void> open() {
    for (const auto& process : processes_) {
      if (Result<void> connected = run_task(context_, process->connect()); !connected) {
        return connected;
      }
    }
    if (Result<void> connected = run_task(context_, survey_->connect()); !connected) {
      return connected;
    }
    for (const auto& process : processes_) {
      process->start();
    }
    return {};
  }

  /// `step` is 0 at first.
  Result<void> make(const Move& move, std::size_t step) {
    switch (move.kind) {
      case ChoiceKind::act:
      case ChoiceKind::crash: return act(move, step);
      case ChoiceKind::arrive: return run_task(context_, processes_[move.process]->arrives(move.sent_in));
      case ChoiceKind::strike:
      case ChoiceKind::change: return carry_out(move.change);
      case ChoiceKind::begin:
      case ChoiceKind::receive: break;
    }
    STALEMATE_ASSERT(false, "a step that can be forced");
  }

  /// Row and entry (`absent`: none there).
  Result<std::pair<Value, Value>> look() {
    std::pair<Value, Value> seen = {absent, absent};
    const Result<void> row = run_task(context_, survey_->rows().read_rows(live_key, std::span(&seen.first, 1)));
    if (!row) {
      return std::unexpected(row.error());
    }
    const Result<void> entry =
        run_task(context_, survey_->entries().read_entries(live_key, std::span(&seen.second, 1)));
    if (!entry) {
      return std::unexpected(entry.error());
    }
    return seen;
  }

  [[nodiscard]] std::map<std::uint8_t, Ending> ended() const {
    std::map<std::uint8_t, Ending> all;
    for (const auto& process : processes_) {
      for (const EndedOp& op : process->ended()) {
        all[op.op] = op.ending;
      }
    }
    return all;
  }

 private:
  Result<void> act(const Move& move, std::size_t step) {
    LiveProcess& process = *processes_[move.process];
    if (!process.waits_for_its_turn()) {
      return failed(ErrorCode::defect, fmt::format("before step {} its process has nothing more to call", step + 1));
    }
    if (move.kind == ChoiceKind::crash) {
      process.die();
      return {};
    }
    process.keep_calls_of(step);
    process.go_on(permit_of(move));
    const auto deadline = std::chrono::steady_clock::now() + step_limit;
    while (!process.has_stopped() && std::chrono::steady_clock::now() < deadline) {
      context_.restart();
      context_.run_one_for(std::chrono::seconds(1));
    }
    return process.has_stopped()
               ? Result<void>()
               : failed(ErrorCode::timed_out, fmt::format("step {} did not come to its end", step + 1));
  }

  /// What no process does.
  Result<void> carry_out(const StoreChange& change) {
    switch (change.kind) {
      case StoreChange::Kind::remember: return hand_.remember();
      case StoreChange::Kind::put_back: return hand_.put_back();
      case StoreChange::Kind::lose_push:
        return run_task(context_, processes_[backgrounds_.at(change.server)]->lose_change());
      case StoreChange::Kind::drop: return drop(change);
      case StoreChange::Kind::database:
      case StoreChange::Kind::replica: break;
    }
    STALEMATE_ASSERT(false, "a change of the stores that can be forced");
  }

  Result<void> drop(const StoreChange& change) {
    if (change.local) {
      const Result<bool> gone = run_task(context_, local_[change.server]->erase(live_key));
      return without_value(gone);
    }
    Result<void> dropped = change.leaves_queue ? hand_.leave_queue() : Result<void>();
    for (const Slot slot : change.slots) {
      dropped = dropped ? hand_.drop(slot) : dropped;
    }
    return dropped;
  }

  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  LiveClock clock_;
  std::vector<std::unique_ptr<MemoryCache>> local_ = {};
  std::vector<std::unique_ptr<LiveProcess>> processes_ = {};
  std::vector<std::size_t> backgrounds_ = {};  // their places in processes_, by server
  std::unique_ptr<SurveySession> survey_ = {};
  CacheHand& hand_;
};

std::string words_of(const Ending& ending, OpKind kind) {
  if (ending.outcome != Outcome::ok) {
    return ending.outcome == Outcome::fail ? "it failed" : "it ended without an answer";
  }
  return kind == OpKind::write ? "it was acknowledged"
                               : "it returned " + (ending.value == absent ? "nothing" : std::to_string(ending.value));
}

std::vector<std::string> differences_of(const Witness& witness, const Telling& telling, const Stage& stage,
                                        const std::pair<Value, Value>& seen) {
  std::vector<std::string> differences;
  const std::vector<ScopeOp> ops = ops_of(witness.options.scope);
  const std::map<std::uint8_t, Ending> ended = stage.ended();
  for (const EndedOp& op : telling.ended) {
    Ending expected = op.ending;
    expected.value = ops[op.op].kind == OpKind::write ? absent : live_value(expected.value);
    const auto found = ended.find(op.op);
    if (found == ended.end() || found->second != expected) {
      differences.push_back(
          fmt::format("{}'s {}: {}, where the explorer says that {}",
                      name_of_process(witness.options.scope, ops[op.op].process), name_of(ops[op.op].kind),
                      found == ended.end() ? std::string("it has not ended") : words_of(found->second, ops[op.op].kind),
                      words_of(expected, ops[op.op].kind)));
    }
  }
  const auto compare = [&](std::string_view what, Value live, Value expected) {
    if (live != expected) {
      const auto words = [](Value value) { return value == absent ? "nothing" : std::to_string(value); };
      differences.push_back(
          fmt::format("the {} holds {} in the end, where the explorer says {}", what, words(live), words(expected)));
    }
  };
  compare("row", seen.first, live_value(telling.row));
  compare("entry", seen.second, telling.entry ? live_value(*telling.entry) : absent);
  return differences;
}

}  // namespace

Result<void> can_be_forced(const Witness& witness, const Telling& telling) {
  const auto refuse = [](const std::string& what) {
    return failed(ErrorCode::wrong_type, what + " cannot be forced on real servers; leave --live out");
  };
  if (witness.options.every_event) {
    return refuse("requests and replies as separate steps");
  }
  for (std::size_t step = 0; step < telling.moves.size(); ++step) {
    const Move& move = telling.moves[step];
    const bool stores = move.kind == ChoiceKind::strike || move.kind == ChoiceKind::change;
    const bool of_memory = stores && move.change.kind == StoreChange::Kind::drop && move.change.local &&
                           (move.change.leaves_queue || move.change.slots != std::vector{Slot::entry});
    const bool of_database =
        stores && (move.change.kind == StoreChange::Kind::replica || move.change.kind == StoreChange::Kind::database);
    if (of_database || of_memory || move.expires_soon || move.in_log_only) {
      return refuse(fmt::format("step {} ({})", step + 1, telling.steps[step].act));
    }
  }
  return {};
}

Result<std::vector<std::string>> replay_live(const Witness& witness, const Telling& telling, SessionFactory& stores,
                                             CacheHand& hand) {
  Stage stage(witness, telling, stores, hand);
  if (const Result<void> open = stage.open(); !open) {
    return std::unexpected(open.error());
  }
  for (std::size_t step = 0; step < telling.moves.size(); ++step) {
    if (const Result<void> made = stage.make(telling.moves[step], step); !made) {
      return std::vector{made.error().detail};
    }
  }
  const Result<std::pair<Value, Value>> seen = stage.look();
  if (!seen) {
    return std::unexpected(seen.error());
  }
  return differences_of(witness, telling, stage, *seen);
}

}  // namespace stalemate
