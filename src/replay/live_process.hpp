// One process of a witness on real servers: the pattern's own coroutines, where each call waits for its turn.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "core/pattern/feed.hpp"
#include "core/pattern/memory_cache.hpp"
#include "core/random.hpp"
#include "drive/session.hpp"
#include "explore/telling/telling.hpp"
#include "replay/turns.hpp"

namespace stalemate {

/// On real stores the row holds initial_value where the explorer's holds 0, and so on.
[[nodiscard]] Value live_value(Value explored);

/// The one key all processes work on.
inline constexpr Key live_key = {0};

/// A client with its ops, or a background process, whose session has a feed. Thread rule: one thread.
class LiveProcess {
 public:
  /// `late` takes the calls that arrive after their process has moved on; nullptr where there are none.
  LiveProcess(const Witness& witness, std::uint8_t number, std::unique_ptr<Session> session,
              std::unique_ptr<Session> late, MemoryCache& local);

  [[nodiscard]] Task<Result<void>> connect();
  void start();
  [[nodiscard]] bool has_stopped() const { return turn_.is_awaited() || serving_.done(); }
  [[nodiscard]] bool waits_for_its_turn() const { return turn_.is_awaited(); }
  /// Lets the waiting call continue. Requires: waits_for_its_turn().
  void go_on(const Permit& permit) { turn_.give(permit); }
  /// Late copies of the call that waits are those of that step, until `arrives` is asked for with the same.
  void keep_calls_of(std::size_t step) { step_ = step; }
  /// The call kept in that step, to be run now.
  [[nodiscard]] Task<Result<void>> arrives(std::size_t step);
  /// A client dies; a background process begins its round again.
  /// Requires: waits_for_its_turn(), so that no driver refers to what is destroyed.
  void die();
  /// The next change for a background process never reaches it.
  [[nodiscard]] Task<Result<void>> lose_change();
  [[nodiscard]] const std::vector<EndedOp>& ended() const { return ended_; }

 private:
  [[nodiscard]] Ports ports();
  [[nodiscard]] TroubleSetting trouble_setting();
  Task<void> serve();
  Task<void> serve_in_background();
  [[nodiscard]] bool is_background() const { return session_->feed() != nullptr; }

  const Witness& witness_;
  std::vector<std::pair<std::uint8_t, ScopeOp>> ops_ = {};
  std::unique_ptr<Session> session_;
  std::unique_ptr<Session> late_;
  Turn turn_ = {};
  HastyClock clock_ = {};
  NoFeed no_feed_ = {};
  SeededRandom random_;
  DatabaseInTurn database_;
  CacheInTurn cache_;
  CacheInTurn local_;
  FeedInTurn feed_;
  std::size_t step_ = 0;
  std::map<std::size_t, LateCall> late_calls_ = {};
  std::vector<EndedOp> ended_ = {};
  Task<void> serving_ = {};
};

}  // namespace stalemate
