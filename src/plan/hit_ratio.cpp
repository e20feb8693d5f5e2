// The hit ratio and the stale reads that a plan predicts: its own ops, one after the other, on a cache that is empty at
// first.
//
// Nothing is estimated: which key is asked for when, what a fault leaves out and when an entry expires is all in the
// plan. So cold keys count as the misses they are, and a warm-up's lookups are told apart from those after it. At rest
// and with Poisson arrivals it comes to r / (r + w), reads filling and writes removing;
// tests/unit/plan/hit_ratio_test.cpp holds it against that and against the exact expectation for constant arrivals.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"

namespace stalemate {
namespace {

struct Lookups {
  std::uint64_t hits = 0;
  std::uint64_t all = 0;

  [[nodiscard]] std::optional<double> ratio() const {
    return all == 0 ? std::nullopt : std::optional(static_cast<double>(hits) / static_cast<double>(all));
  }
};

/// What a read finds.
struct PredictedRead {
  std::optional<bool> hits = {};  ///< none where the lookup itself is left out
  bool is_stale = false;
};

/// What a cache holds while a plan's ops go over it, each of which takes no time.
class PredictedCache {
 public:
  PredictedCache(const Plan& plan, const PatternInfo& pattern)
      : plan_(plan), pattern_(pattern), life_ns_(life_ns(plan.scenario(), pattern)), keys_(plan.scenario().keys) {}

  static Nanoseconds life_ns(const Scenario& scenario, const PatternInfo& pattern) {
    return scenario.time_to_live_ns > 0 ? scenario.time_to_live_ns : pattern.needs.time_to_live_ns;
  }

  void write(const PlannedOp& op) {
    KeyState& key = keys_[op.key.index];
    key.row_version += is_left_out(op, Role::update) ? 0 : 1;
    switch (pattern_.entry_after_write) {
      case EntryAfterWrite::removed:
        if (!is_left_out(op, Role::invalidate)) {
          key.expires_ns = before_all;
        }
        return;
      case EntryAfterWrite::replaced:
        if (!is_left_out(op, Role::refresh)) {
          set(key, op);
        }
        return;
      case EntryAfterWrite::kept:
      case EntryAfterWrite::no_cache: return;
    }
  }

  PredictedRead read(const PlannedOp& op) {
    KeyState& key = keys_[op.key.index];
    const bool is_asked = !is_left_out(op, Role::lookup);
    const bool is_hit = is_asked && op.intended_ns < key.expires_ns;
    const PredictedRead found = {.hits = is_asked ? std::optional(is_hit) : std::nullopt,
                                 .is_stale = is_hit && key.entry_version != key.row_version};
    const bool expires_soon = is_hit && life_ns_ > 0 && key.expires_ns - op.intended_ns < life_ns_ / 2;
    if (is_hit ? pattern_.needs.refreshes_ahead && expires_soon
               : !is_left_out(op, Role::load) && !is_left_out(op, Role::fill)) {
      set(key, op);
    }
    return found;
  }

 private:
  static constexpr Nanoseconds before_all = -1;

  struct KeyState {
    Nanoseconds expires_ns = before_all;  // of the entry; before_all where there is none
    std::uint32_t entry_version = 0;
    std::uint32_t row_version = 0;  // how often it was written
  };

  void set(KeyState& key, const PlannedOp& op) const {
    key.expires_ns = life_ns_ > 0 ? op.intended_ns + life_ns_ : never;
    key.entry_version = key.row_version;
  }
  [[nodiscard]] bool is_left_out(const PlannedOp& op, Role role) const {
    if (plan_.call_clauses().empty()) {
      return false;
    }
    return is_skip(plan_.effect({op.fault_draw, role_bit(role), op.key, op.intended_ns}).trouble);
  }

  const Plan& plan_;
  const PatternInfo& pattern_;
  Nanoseconds life_ns_;
  std::vector<KeyState> keys_;
};

/// 'db: restart 5s..7s', 'cache: restart 8s..9s'.
std::string named(std::string_view fault, std::string_view text) {
  std::string names;
  for (const std::string& statement : fault_statements(fault, text)) {
    names += (names.empty() ? "'" : ", '") + statement + "'";
  }
  return names;
}

/// Why no plan tells what such a run's lookups find; empty where it does.
std::string not_predictable(const Plan& plan, const PatternInfo& pattern) {
  constexpr std::uint64_t ops_max = 50'000'000;
  for (const ServerEvent& event : plan.server_events()) {
    const PlannedFault& fault = plan.faults()[event.fault - 1U];
    return "the fault " + named(fault.name, fault.text) + " hits the " +
           (event.target == Target::database ? "database"
            : event.target == Target::cache  ? "cache"
                                             : "replica") +
           ", and the plan does not tell what is left in the cache then";
  }
  for (const PlannedClause& planned : plan.call_clauses()) {
    const CallClause& clause = planned.clause;
    if (clause.crash || clause.nth > 0 || !clause.trouble.answered || clause.trouble.late_copies > 0) {
      const PlannedFault& fault = plan.faults()[planned.fault - 1U];
      return "the plan does not tell which calls follow those that the fault " + named(fault.name, clause.words) +
             " hits";
    }
  }
  if (pattern.needs.feed == FeedKind::invalidations && PredictedCache::life_ns(plan.scenario(), pattern) > 0) {
    return "each server's own copies expire at times of their own";
  }
  if (plan.scenario().delete_share > 0 && !plan.scenario().negative_entries) {
    return "a read that finds no row fills nothing";
  }
  if (std::uint64_t{plan.reads()} + plan.writes() > ops_max) {
    return "the plan has more than 50 million ops, and going over them would take too long";
  }
  return "";
}

// Why no plan tells which reads are stale, where it tells which hit.
std::string stale_not_predictable(const PatternInfo& pattern) {
  if (pattern.needs.replica) {
    return "how far the replica is behind is not in the plan";
  }
  if (pattern.needs.feed != FeedKind::none) {
    return "how soon the pattern's background part follows is not in the plan";
  }
  return "";
}

}  // namespace

PredictedHits predict_hits(const Plan& plan, const PatternInfo& pattern, Nanoseconds until_ns) {
  PredictedHits predicted;
  if (!plan.scenario().has_cache || pattern.entry_after_write == EntryAfterWrite::no_cache) {
    return predicted;
  }
  predicted.why_none = not_predictable(plan, pattern);
  if (!predicted.why_none.empty()) {
    predicted.why_no_stale = predicted.why_none;
    return predicted;
  }
  predicted.why_no_stale = stale_not_predictable(pattern);
  PredictedCache cache(plan, pattern);
  Lookups warm_up;
  Lookups measured;
  std::uint64_t reads = 0;
  std::uint64_t stale_reads = 0;
  PlanCursor cursor = plan.cursor();
  for (std::optional<PlannedOp> op = cursor.next(); op && op->intended_ns <= until_ns; op = cursor.next()) {
    if (op->kind != OpKind::read) {
      cache.write(*op);
      continue;
    }
    const PredictedRead read = cache.read(*op);
    ++reads;
    stale_reads += read.is_stale ? 1 : 0;
    if (read.hits) {
      Lookups& lookups = plan.is_warm_up(op->intended_ns) ? warm_up : measured;
      ++lookups.all;
      lookups.hits += *read.hits ? 1 : 0;
    }
  }
  if (reads > 0 && predicted.why_no_stale.empty()) {
    predicted.stale_share = static_cast<double>(stale_reads) / static_cast<double>(reads);
  }
  predicted.warm_up = warm_up.ratio();
  predicted.measured = measured.ratio();
  return predicted;
}

}  // namespace stalemate
