// The plan: every op's intended start, client, key, value and faults, fixed by a scenario and its seed before anything
// runs.
//
// A plan is a pure function of the scenario, so it is not held in memory: a cursor makes its ops one after the other,
// the same ones every time. Ten million ops cost no more memory than ten.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/faults/fault.hpp"
#include "core/op.hpp"
#include "core/pattern/pattern.hpp"
#include "core/types.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// A planned op.
struct PlannedOp {
  Nanoseconds intended_ns = 0;  ///< from the run's start; never falls from one op to the next
  OpIndex index = no_op;
  Key key = {};
  /// Written, also by an add, which adds what is lacking to it; `absent` for reads. Counts up from initial_value + 1
  /// over all writes; of a delete its name (core/absent_row.hpp).
  Value value = absent;
  std::uint64_t fault_draw = 0;  ///< chance for the call faults, all of which see it through mixers of their own
  ClientId client = 0;
  OpKind kind = OpKind::read;

  friend bool operator==(const PlannedOp&, const PlannedOp&) = default;
};

/// A fault of the plan, by FaultId - 1.
struct PlannedFault {
  std::string name;          ///< as registered, such as "skip"
  std::string text;          ///< as configured, such as "fill=1%"
  bool is_of_calls = false;  ///< it has clauses
};

/// A clause of a call fault, as planned.
struct PlannedClause {
  CallClause clause = {};
  std::optional<Key> key = {};  ///< of clause.key
  std::uint64_t salt = 0;       ///< of its fault: faults are drawn independently
  FaultId fault = no_fault;
};

/// A call that is about to be made.
struct CallMoment {
  std::uint64_t fault_draw = 0;  ///< PlannedOp::fault_draw
  RoleMask call = 0;             ///< its bit
  Key key = {};
  Nanoseconds at_ns = 0;
};

/// Whether the clause fits the call, its number among such calls apart.
[[nodiscard]] bool fits(const PlannedClause& clause, const CallMoment& moment);

/// What the faults do to one call: of all troubles the one with the most weight, a crash before any; the delays of all
/// are added up. `fault` is whose that trouble is.
struct CallEffect {
  CallTrouble trouble = {};
  bool crash = false;
  FaultId fault = no_fault;

  /// Takes in one more clause that hits the call.
  void add(const PlannedClause& clause);
};

class PlanCursor;

/// The plan of a run. Immutable and cheap to copy.
/// Thread rule: any thread; each cursor on one thread at a time.
///
/// When ops are wanted: reads and writes are two independent streams. `constant`: the i-th (from 1) at i / rate,
/// rounded to the nearest nanosecond from the exact product, so that nothing drifts; `poisson`: gaps drawn from an
/// exponential distribution. A stream ends with its last op at or before the scenario's duration. The two are merged by
/// time; at the same nanosecond the read comes first. Who does them: every block of `clients` ops is done by all
/// clients, once each, in a random order, so that each gets a mix of reads and writes; with Pacing::ticker client 0
/// reads and client 1 writes. Chance: read arrivals, write arrivals, read keys, write keys, which writes are
/// adds or deletes, clients and faults draw from a stream of their own, so changing one changes none of the others, and
/// a plan begins with all ops of any shorter one.
class Plan {
 public:
  /// Plans `scenario`, its faults found in the FaultRegistry. Takes a few nanoseconds an op with Poisson arrivals (they
  /// are counted), else no time.
  /// Errors: wrong_type: as validate; a fault that is unknown, cannot be read, begins after the run's end, happens to a
  /// cache the scenario has not, or to a server while another fault holds it, or names a row that there is not.
  [[nodiscard]] static Result<Plan> make(const Scenario& scenario);

  [[nodiscard]] const Scenario& scenario() const;
  /// The logical clients that do the ops: the scenario's, or 2 with Pacing::ticker.
  [[nodiscard]] std::uint16_t clients() const;
  [[nodiscard]] std::uint32_t reads() const;
  [[nodiscard]] std::uint32_t writes() const;
  [[nodiscard]] std::uint32_t ops() const { return reads() + writes(); }
  /// Whether an op of that intended start belongs to the warm-up.
  [[nodiscard]] bool is_warm_up(Nanoseconds intended_ns) const { return intended_ns < scenario().warm_up_ns; }
  [[nodiscard]] std::uint32_t reads_in_warm_up() const;
  [[nodiscard]] std::uint32_t writes_in_warm_up() const;

  /// A cursor before the first op. It may outlive the plan.
  [[nodiscard]] PlanCursor cursor() const;

  /// What happens to servers, sorted by at_ns. The end of an outage may lie after the scenario's duration.
  [[nodiscard]] std::span<const ServerEvent> server_events() const;
  /// In the scenario's order; the fault with FaultId f is faults()[f - 1].
  [[nodiscard]] std::span<const PlannedFault> faults() const;
  /// Of all call faults, in the scenario's order.
  [[nodiscard]] std::span<const PlannedClause> call_clauses() const;
  /// What the clauses do to the call, those that count calls (CallClause::nth) apart.
  [[nodiscard]] CallEffect effect(const CallMoment& moment) const;

 private:
  friend class PlanCursor;
  struct Body;
  explicit Plan(std::shared_ptr<const Body> body) : body_(std::move(body)) {}
  std::shared_ptr<const Body> body_;
};

/// Makes a plan's ops in the order of their intended starts. Memory: O(clients); where rows are deleted, a bit a key.
class PlanCursor {
 public:
  PlanCursor(PlanCursor&&) noexcept;
  PlanCursor& operator=(PlanCursor&&) noexcept;
  ~PlanCursor();

  /// The next op; std::nullopt after the last.
  [[nodiscard]] std::optional<PlannedOp> next();

 private:
  friend class Plan;
  struct State;
  explicit PlanCursor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Shares of the lookups that hit, and of the reads that are stale.
struct PredictedHits {
  std::optional<double> warm_up = {};   ///< of the reads planned in the warm-up; none without lookups
  std::optional<double> measured = {};  ///< of those after it
  std::string why_none = {};            ///< a clause: why nothing is predicted; empty where it is, and without a cache
  /// Of all planned reads, those in the warm-up among them: stale since an entry had not expired, or a call that should
  /// have changed it was left out. Races, and whatever else takes time, come on top. None without reads.
  std::optional<double> stale_share = {};
  std::string why_no_stale = {};  ///< as why_none, of stale_share
};

/// What the plan alone predicts: the hits of its ops begun until then, if each took no time and happened as planned,
/// and the cache was empty at first and lost only what expires. Calls that a fault leaves out are accounted for, delays
/// are not. Cost: a walk over the plan; 16 bytes a key.
[[nodiscard]] PredictedHits predict_hits(const Plan& plan, const PatternInfo& pattern, Nanoseconds until_ns = never);

}  // namespace stalemate
