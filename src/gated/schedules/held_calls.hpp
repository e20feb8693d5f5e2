// The keeper of the gates while an application is explored: every call of a schedule waits.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/types.hpp"
#include "gated/backstage.hpp"
#include "proxy/gate.hpp"

namespace stalemate {

/// What happened since it was taken last.
struct GateNews {
  std::vector<std::pair<std::uint64_t, StoreReply>> replies = {};
  std::vector<Value> committed = {};  ///< values that the database applied, in order
  /// Instances, 0 the first, that a store told something that they had not asked for.
  std::set<std::size_t> told_unasked = {};
  /// An instance began or ceased to listen to a store, or one that is not in the schedule made a call.
  bool touches_everything = false;
};

/// Connections to which a store may tell something unasked.
struct Listening {
  bool to_cache = false;
  std::vector<std::int32_t> to_database = {};  ///< the server's processes that serve them; 0: not known
};

/// Thread rule: any thread.
class HeldCalls final : public GateKeeper {
 public:
  /// From now on calls wait, or are let through. Those that open a connection or set it up are always let through, and
  /// so is what begins a transaction: neither can be told from outside from a pause.
  void hold(bool whether);
  /// Forgets what schedules before had to do with. Calls of all but the first so many instances are let through.
  void begin_schedule(std::size_t instances);

  /// Goes up whenever something happens at a gate.
  [[nodiscard]] std::uint64_t events() const;
  /// In the order in which they came.
  [[nodiscard]] std::vector<GateCall> waiting() const;
  /// Calls that went to their store and were not answered.
  [[nodiscard]] std::vector<GateCall> unanswered() const;
  /// To be told before Gates::let_go. `awaited`: the store gets it and its answer matters.
  void left(std::uint64_t call, bool awaited);
  /// To be told before Gates::send_copy.
  void copy_leaves();
  /// Late copies that were sent and not answered.
  [[nodiscard]] std::size_t copies_under_way() const;
  [[nodiscard]] GateNews take_news();
  [[nodiscard]] Listening listening() const;
  /// Whether a transaction is open in which one of the scope's values was written.
  [[nodiscard]] bool has_uncommitted() const;
  /// The keys of the cache that calls of this schedule named.
  [[nodiscard]] std::set<std::string> cache_keys() const;
  /// What the gates could not read or reach, last; empty: nothing.
  [[nodiscard]] std::string trouble() const;
  /// Whether a store was called since the schedule began.
  [[nodiscard]] bool was_called(bool cache) const;

  [[nodiscard]] Passage arrived(const GateCall& call) override;
  void answered(const GateCall& call, const StoreReply& reply) override;
  void closed(std::size_t link, std::uint64_t connection) override;
  void pushed(std::size_t link, std::uint64_t connection) override;
  void copy_answered(const GateCall& call, const StoreReply& reply) override;
  void troubled(std::size_t link, const std::string& sentence) override;

 private:
  using Connection = std::pair<std::size_t, std::uint64_t>;
  [[nodiscard]] bool note_listening(const GateCall& call);
  void note_commit(const GateCall& call, const StoreReply& reply);

  mutable std::mutex mutex_;
  bool holds_ = false;
  std::uint64_t events_ = 0;
  std::vector<GateCall> waiting_ = {};
  std::vector<GateCall> unanswered_ = {};
  std::map<Connection, std::vector<Value>> written_ = {};  // by transactions that have not ended
  std::map<Connection, std::int32_t> listening_ = {};      // with the server's process
  std::size_t instances_ = std::numeric_limits<std::size_t>::max();
  std::size_t copies_under_way_ = 0;
  GateNews news_ = {};
  std::set<std::string> cache_keys_ = {};
  std::string trouble_ = {};
  bool cache_called_ = false;
  bool database_called_ = false;
};

}  // namespace stalemate
