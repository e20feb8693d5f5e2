// The rules that are in force at the gates, what they did so far, and how they change while everything runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/error.hpp"
#include "core/random.hpp"
#include "proxy/call_log.hpp"
#include "proxy/gate.hpp"
#include "proxy/rules.hpp"

namespace stalemate {

/// A rule in force.
struct StandingRule {
  std::uint64_t id = 0;  ///< 1, 2, ..., never used again
  std::string text = {};
  bool is_by_share = false;   ///< it befalls some of these requests, by chance
  bool is_of_links = false;   ///< it befalls bytes and no single requests: what follows stays 0
  std::uint64_t matched = 0;  ///< requests of which it speaks, while its window was open
  std::uint64_t hit = 0;      ///< those that it befell
};

/// What went through a link so far.
struct LinkCounts {
  std::uint64_t calls = 0;
  std::uint64_t answered = 0;
  std::uint64_t errors = 0;                ///< among those answered
  std::uint64_t late_copies = 0;           ///< that were answered
  std::uint64_t connections = 0;           ///< that have ended
  std::vector<std::string> troubles = {};  ///< sentences of GateKeeper::troubled, each once, the first ten
};

/// Keeps the gates by rules. Rules are asked in the order in which they came; the first that hits a request decides.
/// Use: add rules, open the gates with this as their keeper and `conditions()` of each link, then tell `govern`.
/// Thread rule: add, remove, rules and counts by any one thread at a time, which waits until a change is in force.
class FaultBoard final : public GateKeeper {
 public:
  /// `log` may be nullptr; outlives this. The seed decides which calls a share hits, by the order in which they arrive.
  FaultBoard(std::vector<LinkAddress> links, std::uint64_t seed, CallLog* log);

  /// The gates that this keeps; they outlive all calls. nullptr: they are gone.
  void govern(Gates* gates) { gates_ = gates; }

  /// Puts a rule in force and gives its id.
  /// Errors: wrong_type: as parse_gate_rule, or it speaks of a side that no link has.
  [[nodiscard]] Result<std::uint64_t> add(const std::string& text);
  /// Takes it away: what it makes wait goes on. Errors: unavailable: there is no such rule.
  [[nodiscard]] Result<void> remove(std::uint64_t id);
  [[nodiscard]] std::vector<StandingRule> rules() const;
  [[nodiscard]] std::vector<LinkCounts> counts() const;
  /// How links of a side carry bytes: latencies add up, and the narrowest band counts.
  [[nodiscard]] LinkConditions conditions(Protocol side) const;

  Passage arrived(const GateCall& call) override;
  void answered(const GateCall& call, const StoreReply& reply) override;
  void closed(std::size_t link, std::uint64_t connection) override;
  void copy_answered(const GateCall& call, const StoreReply& reply) override;
  void troubled(std::size_t link, const std::string& sentence) override;

 private:
  struct Active {
    StandingRule standing = {};
    GateRule rule = {};
    std::chrono::steady_clock::time_point since = {};
    SeededRandom chance;
    bool is_spent = false;  // a blackhole opens once
  };

  template <class Work>
  void in_between(Work work) const;
  [[nodiscard]] Result<void> check_side(const GateRule& rule) const;
  void renew_conditions();
  [[nodiscard]] static Passage passage_of(Active& hit, std::chrono::steady_clock::time_point now);
  [[nodiscard]] static bool hits(Active& active, std::chrono::steady_clock::time_point now);

  std::vector<LinkAddress> links_;
  std::uint64_t seed_;
  CallLog* log_;
  Gates* gates_ = nullptr;
  std::uint64_t next_id_ = 1;
  std::vector<Active> active_ = {};
  std::vector<LinkCounts> counts_;
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> lost_replies_ = {};  // calls by connection
};

}  // namespace stalemate
