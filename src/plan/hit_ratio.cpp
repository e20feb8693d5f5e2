// The hit ratio a plan predicts: the plan's own ops, one after the other, on a cache that is empty at first.
//
// Nothing is estimated: which key is asked for when, what a fault leaves out and when an entry expires is all in the
// plan. So cold keys count as the misses they are, and a warm-up's lookups are told apart from those after it. At rest
// and with Poisson arrivals it comes to r / (r + w), reads filling and writes removing;
// tests/unit/plan/hit_ratio_test.cpp holds it against that and against the exact expectation for constant arrivals.
#include <algorithm>
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

/// What a cache holds while a plan's ops go over it, each of which takes no time.
class PredictedCache {
 public:
  PredictedCache(const Plan& plan, const PatternInfo& pattern)
      : plan_(plan),
        pattern_(pattern),
        life_ns_(life_ns(plan.scenario(), pattern)),
        expires_ns_(plan.scenario().keys, before_all) {}

  static Nanoseconds life_ns(const Scenario& scenario, const PatternInfo& pattern) {
    return scenario.time_to_live_ns > 0 ? scenario.time_to_live_ns : pattern.needs.time_to_live_ns;
  }

  void write(const PlannedOp& op) {
    switch (pattern_.entry_after_write) {
      case EntryAfterWrite::removed:
        if (!is_left_out(op, Role::invalidate)) {
          expires_ns_[op.key.index] = before_all;
        }
        return;
      case EntryAfterWrite::replaced:
        if (!is_left_out(op, Role::refresh)) {
          set(op);
        }
        return;
      case EntryAfterWrite::kept:
      case EntryAfterWrite::no_cache: return;
    }
  }

  /// Whether it hits; none where the lookup itself is left out.
  std::optional<bool> read(const PlannedOp& op) {
    const Nanoseconds expires_ns = expires_ns_[op.key.index];
    const bool is_asked = !is_left_out(op, Role::lookup);
    const bool is_hit = is_asked && op.intended_ns < expires_ns;
    const bool expires_soon = is_hit && life_ns_ > 0 && expires_ns - op.intended_ns < life_ns_ / 2;
    if (is_hit ? pattern_.needs.refreshes_ahead && expires_soon
               : !is_left_out(op, Role::load) && !is_left_out(op, Role::fill)) {
      set(op);
    }
    return is_asked ? std::optional(is_hit) : std::nullopt;
  }

 private:
  static constexpr Nanoseconds before_all = -1;

  void set(const PlannedOp& op) { expires_ns_[op.key.index] = life_ns_ > 0 ? op.intended_ns + life_ns_ : never; }
  [[nodiscard]] bool is_left_out(const PlannedOp& op, Role role) const {
    if (plan_.call_clauses().empty()) {
      return false;
    }
    return is_skip(plan_.effect({op.fault_draw, role_bit(role), op.key, op.intended_ns}).trouble);
  }

  const Plan& plan_;
  const PatternInfo& pattern_;
  Nanoseconds life_ns_;
  std::vector<Nanoseconds> expires_ns_;  // of each key's entry; before_all where there is none
};

/// Why no plan tells what such a run's lookups find; empty where it does.
std::string not_predictable(const Plan& plan, const PatternInfo& pattern) {
  constexpr std::uint64_t ops_max = 50'000'000;
  for (const ServerEvent& event : plan.server_events()) {
    const PlannedFault& fault = plan.faults()[event.fault - 1U];
    return "the fault " + fault.name + "=" + fault.text + " hits the " +
           (event.target == Target::database ? "database"
            : event.target == Target::cache  ? "cache"
                                             : "replica") +
           ", and the plan does not tell what is left in the cache then";
  }
  for (const PlannedClause& planned : plan.call_clauses()) {
    const CallClause& clause = planned.clause;
    if (clause.crash || clause.nth > 0 || !clause.trouble.answered || clause.trouble.late_copies > 0) {
      const PlannedFault& fault = plan.faults()[planned.fault - 1U];
      return "the plan does not tell which calls follow those that the fault " + fault.name + "=" + fault.text +
             " hits";
    }
  }
  if (pattern.needs.feed == FeedKind::invalidations && PredictedCache::life_ns(plan.scenario(), pattern) > 0) {
    return "each server's own copies expire at times of their own";
  }
  if (std::uint64_t{plan.reads()} + plan.writes() > ops_max) {
    return "the plan has more than 50 million ops, and going over them would take too long";
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
    return predicted;
  }
  PredictedCache cache(plan, pattern);
  Lookups warm_up;
  Lookups measured;
  PlanCursor cursor = plan.cursor();
  for (std::optional<PlannedOp> op = cursor.next(); op && op->intended_ns <= until_ns; op = cursor.next()) {
    if (op->kind != OpKind::read) {
      cache.write(*op);
    } else if (const std::optional<bool> is_hit = cache.read(*op)) {
      Lookups& lookups = plan.is_warm_up(op->intended_ns) ? warm_up : measured;
      ++lookups.all;
      lookups.hits += *is_hit ? 1 : 0;
    }
  }
  predicted.warm_up = warm_up.ratio();
  predicted.measured = measured.ratio();
  return predicted;
}

}  // namespace stalemate
