// The virtual stores: a database with its replica, log and outbox, a cache, and the memory of each application server.
//
// Every request takes effect in one instant, so each store is linearizable. A world is a small value without pointers;
// worlds, cache contents and outcomes of requests are numbered and remembered, so that trying one again is a look-up.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/pattern/pattern.hpp"
#include "explore/model/intern.hpp"
#include "explore/model/request.hpp"
#include "explore/scope.hpp"

namespace stalemate {

using WorldId = std::uint32_t;
using SlotsId = std::uint16_t;

/// Rows as committed, oldest first.
struct CommitQueue {
  static constexpr std::size_t size_max = 8;
  std::uint8_t size = 0;
  std::array<std::uint8_t, size_max> values = {};
  std::array<std::uint8_t, size_max> versions = {};
  friend bool operator==(const CommitQueue&, const CommitQueue&) = default;
};

/// Everything the stores hold of the one key. What a pattern does not need stays at its default.
struct World {
  std::uint8_t row = 0;
  std::uint8_t version = 0;          ///< of the row, where versions are told: 1 at first
  std::uint8_t unseen = 0;           ///< a write that is in the log and not yet in the row; 0: none
  std::uint8_t messages = 0;         ///< in the outbox, not acknowledged
  bool lags = false;                 ///< the replica follows later, not at once
  std::uint8_t replica_row = 0;      ///< while it lags, or is left behind
  std::uint8_t replica_version = 0;  ///< the same
  CommitQueue unreplicated = {};     ///< while it lags
  bool left_behind = false;        ///< the replica, a standby, stopped following the database, and will take its place
  std::uint8_t kept_messages = 0;  ///< in the outbox of that standby
  CommitQueue changes = {};        ///< of the change log, not acknowledged
  std::uint16_t now = 1;           ///< the cache's clock; moves only when a command makes use of it
  SlotsId cache = 0;               ///< SlotsId 0: empty
  bool standby = false;            ///< the cache has a standby that stopped following it, with the contents `kept`
  SlotsId kept = 0;
  std::array<SlotsId, servers_max> local = {};
  std::array<std::uint8_t, servers_max> pushes = {};  ///< invalidations on their way to each application server
  friend bool operator==(const World&, const World&) = default;
};

/// One way in which a request can take effect.
struct Effect {
  WorldId world = 0;
  Reply reply = {};
  std::uint32_t reply_id = 0;  ///< filled in by whoever numbers replies
  Value committed = absent;    ///< the row was set to this
  bool gave_up = false;        ///< busy, and the caller waits no longer
  bool expires_soon = false;   ///< the command was told so
};

/// One way in which a world can change by itself or by a fault, in words: "the entry expires".
struct WorldChange {
  WorldId world = 0;
  std::string words = {};
};

/// All worlds of an exploration. Single-threaded.
class WorldTable {
 public:
  WorldTable(const PatternNeeds& needs, const Scope& scope);

  [[nodiscard]] WorldId first() const { return 0; }
  /// Valid until the next call that is not const.
  [[nodiscard]] const World& operator[](WorldId id) const { return worlds_[id]; }
  WorldId id_of(const World& world) { return worlds_.id(world); }
  [[nodiscard]] const CacheSlots& slots(SlotsId id) const { return slots_[id]; }
  SlotsId id_of(const CacheSlots& slots);
  [[nodiscard]] const PatternNeeds& needs() const { return needs_; }
  [[nodiscard]] std::size_t servers() const { return servers_; }

  /// Every way in which `request` of a process beside `server` can take effect now; none where it has to wait.
  [[nodiscard]] std::vector<Effect> effects(WorldId world, const Request& request, std::uint8_t server);
  /// A write that is in the log of changes but not in the row yet. The next effect of the same request shows the row;
  /// other writes wait until then. Requires: no write is unseen.
  [[nodiscard]] WorldId in_log_only(WorldId world, Value value);
  /// The database's standby stops following it. Requires: none has yet, and no write is unseen.
  [[nodiscard]] WorldId standby_left_behind(WorldId world);
  /// What can happen without a fault: expiry of entries with a time to live, a lagging replica that catches up, a
  /// standby that takes over.
  [[nodiscard]] std::vector<WorldChange> free_changes(WorldId world);

  /// The cache's contents become `slots`; invalidations are pushed if the entry changed.
  void set_cache(World& world, const CacheSlots& slots);
  /// True where the feed has nothing to take.
  [[nodiscard]] bool feed_empty(const World& world, std::uint8_t server) const;
  /// True once a bound was passed (worlds_max, CommitQueue::size_max); the exploration must be given up.
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  [[nodiscard]] std::size_t size() const { return worlds_.size(); }

 private:
  struct WorldHash {
    std::size_t operator()(const World& world) const;
  };
  struct SlotsHash {
    std::size_t operator()(const CacheSlots& slots) const;
  };

  void commit(World& world, Value value, Effect& effect);
  void append(CommitQueue& queue, std::uint8_t value, std::uint8_t version);
  void write_row(const World& world, const Request& request, std::vector<Effect>& effects);
  [[nodiscard]] Effect row_as_reply(std::uint8_t row, std::uint8_t version) const;
  [[nodiscard]] WorldChange failed_over(const World& world);
  void take_change(const World& world, std::uint8_t server, std::vector<Effect>& effects);
  void acknowledge(World& world, std::uint8_t server) const;
  void run_command(const World& world, const Request& request, std::uint8_t server, std::vector<Effect>& effects);
  void use_entry(const World& world, const Request& request, std::uint8_t server, std::vector<Effect>& effects);
  void store(World& world, bool local, std::uint8_t server, const CacheSlots& slots);
  [[nodiscard]] const CacheSlots& slots_of(const World& world, bool local, std::uint8_t server) const;

  PatternNeeds needs_;
  bool counts_versions_;
  std::size_t servers_;
  Interned<World, WorldHash> worlds_;
  Interned<CacheSlots, SlotsHash> slots_;
  bool overflowed_ = false;
};

/// "empty", or "entry 1, guard 0@3".
[[nodiscard]] std::string words_of(const CacheSlots& slots);
/// "entry", "guard", "mark" or "counter".
[[nodiscard]] std::string_view name_of(Slot slot);

}  // namespace stalemate
