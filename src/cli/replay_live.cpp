#include "cli/replay_live.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <utility>

#include "cli/turns.hpp"
#include "core/key_names.hpp"
#include "core/memory_cache.hpp"
#include "core/random.hpp"
#include "drive/live_clock.hpp"
#include "drivers/run_task.hpp"

namespace stalemate {
namespace {

constexpr Key the_key = {0};
constexpr std::chrono::seconds step_limit{30};

/// One process of the witness.
class LiveProcess {
 public:
  LiveProcess(const Witness& witness, std::uint8_t number, std::unique_ptr<Session> session, MemoryCache& local)
      : witness_(witness),
        session_(std::move(session)),
        random_(1, number),
        database_(turn_, session_->database()),
        cache_(turn_, session_->cache()),
        local_(turn_, local) {
    const std::vector<ScopeOp> all = ops_of(witness.options.scope);
    for (std::size_t op = 0; op < all.size(); ++op) {
      if (all[op].process == number) {
        ops_.emplace_back(static_cast<std::uint8_t>(op), all[op]);
      }
    }
  }

  [[nodiscard]] Task<Result<void>> connect() { return session_->connect(); }
  void start() {
    serving_ = serve();
    serving_.start();
  }
  [[nodiscard]] bool has_stopped() const { return turn_.is_awaited() || serving_.done(); }
  [[nodiscard]] bool waits_for_its_turn() const { return turn_.is_awaited(); }
  void go_on(Permit permit) { turn_.give(permit); }
  /// Requires: waits_for_its_turn(), so that no driver holds on to what dies.
  void die() {
    turn_.forget();
    serving_ = {};
  }
  [[nodiscard]] const std::vector<EndedOp>& ended() const { return ended_; }

 private:
  Task<void> serve() {
    const Pattern& pattern = witness_.options.pattern->instance();
    const Ports ports{database_, cache_, clock_, random_, local_, feed_, witness_.options.time_to_live_ns};
    for (const auto& [number, op] : ops_) {
      EndedOp ended{number, {}};
      if (op.kind == OpKind::read) {
        const Result<Value> value = co_await pattern.read(ports, the_key);
        ended.ending.outcome = value ? Outcome::ok : value.error().outcome;
        ended.ending.value = value ? *value : absent;
      } else {
        const Result<void> written = co_await pattern.write(ports, the_key, live_value(op.value));
        ended.ending.outcome = written ? Outcome::ok : written.error().outcome;
      }
      ended_.push_back(ended);
    }
  }

  const Witness& witness_;
  std::vector<std::pair<std::uint8_t, ScopeOp>> ops_ = {};
  std::unique_ptr<Session> session_;
  Turn turn_ = {};
  HastyClock clock_ = {};
  NoFeed feed_ = {};
  SeededRandom random_;
  DatabaseInTurn database_;
  CacheInTurn cache_;
  CacheInTurn local_;
  std::vector<EndedOp> ended_ = {};
  Task<void> serving_ = {};
};

/// All processes and their servers.
class Stage {
 public:
  Stage(const Witness& witness, Stores& stores) : clock_(context_) {
    const Scope& scope = witness.options.scope;
    for (std::size_t server = 0; server < servers_of(scope); ++server) {
      local_.push_back(std::make_unique<MemoryCache>(clock_));
    }
    for (std::size_t number = 0; number < scope.processes.size(); ++number) {
      processes_.push_back(std::make_unique<LiveProcess>(witness, static_cast<std::uint8_t>(number),
                                                         stores.make_session(context_, static_cast<ClientId>(number)),
                                                         *local_[scope.processes[number].server]));
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

  Result<void> make(const Move& move, std::size_t step) {
    LiveProcess& process = *processes_[move.process];
    if (!process.waits_for_its_turn()) {
      return failed(ErrorCode::defect, fmt::format("before step {} its process has nothing more to call", step));
    }
    if (move.kind == ChoiceKind::crash) {
      process.die();
      return {};
    }
    process.go_on(!move.arrives ? Permit::lose_request : !move.answered ? Permit::lose_reply : Permit::go);
    const auto deadline = std::chrono::steady_clock::now() + step_limit;
    while (!process.has_stopped() && std::chrono::steady_clock::now() < deadline) {
      context_.restart();
      context_.run_one_for(std::chrono::seconds(1));
    }
    return process.has_stopped() ? Result<void>()
                                 : failed(ErrorCode::timed_out, fmt::format("step {} did not come to its end", step));
  }

  /// Row and entry (`absent`: none there).
  Result<std::pair<Value, Value>> look() {
    std::pair<Value, Value> seen = {absent, absent};
    const Result<void> row = run_task(context_, survey_->rows().read_rows(the_key, std::span(&seen.first, 1)));
    if (!row) {
      return std::unexpected(row.error());
    }
    const Result<void> entry = run_task(context_, survey_->entries().read_entries(the_key, std::span(&seen.second, 1)));
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
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  LiveClock clock_;
  std::vector<std::unique_ptr<MemoryCache>> local_ = {};
  std::vector<std::unique_ptr<LiveProcess>> processes_ = {};
  std::unique_ptr<SurveySession> survey_ = {};
};

Result<void> can_be_forced(const Witness& witness, const Telling& telling) {
  const auto refuse = [](const std::string& what) {
    return failed(ErrorCode::wrong_type, what + " cannot be forced on real servers; leave --live out");
  };
  if (witness.options.pattern->needs.feed != FeedKind::none) {
    return refuse(fmt::format("{} has a background part, whose steps", witness.options.pattern->name));
  }
  if (witness.options.every_event) {
    return refuse("requests and replies as steps of their own");
  }
  for (std::size_t step = 0; step < telling.moves.size(); ++step) {
    const Move& move = telling.moves[step];
    if (move.kind != ChoiceKind::act && move.kind != ChoiceKind::crash) {
      return refuse(fmt::format("step {} ({})", step + 1, telling.steps[step].act));
    }
  }
  return {};
}

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

Scenario scenario_of(const Witness& witness) {
  Scenario scenario;
  scenario.name = "replay";
  scenario.pattern = witness.options.pattern->name;
  scenario.clients = static_cast<std::uint16_t>(witness.options.scope.processes.size());
  return scenario;
}

}  // namespace

Value live_value(Value explored) {
  return explored == absent ? absent : initial_value + explored;
}

Result<LiveReplay> replay_live(const Witness& witness, const Telling& telling, const StoresWanted& wanted) {
  if (const Result<void> possible = can_be_forced(witness, telling); !possible) {
    return std::unexpected(possible.error());
  }
  const Result<std::unique_ptr<Stores>> stores = Stores::prepare(scenario_of(witness), wanted);
  if (!stores) {
    return std::unexpected(stores.error());
  }
  LiveReplay replay;
  for (const EngineUsed& engine : (*stores)->engines()) {
    replay.engines.push_back(engine.name + " " + engine.version);
  }
  Stage stage(witness, **stores);
  if (const Result<void> open = stage.open(); !open) {
    return std::unexpected(open.error());
  }
  for (std::size_t step = 0; step < telling.moves.size(); ++step) {
    if (const Result<void> made = stage.make(telling.moves[step], step + 1); !made) {
      replay.differences.push_back(made.error().detail);
      return replay;
    }
  }
  const Result<std::pair<Value, Value>> seen = stage.look();
  if (!seen) {
    return std::unexpected(seen.error());
  }
  replay.differences = differences_of(witness, telling, stage, *seen);
  return replay;
}

}  // namespace stalemate
