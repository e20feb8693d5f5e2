#include "cli/run/application_faults.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "core/faults/call_names.hpp"
#include "core/faults/fault.hpp"

namespace stalemate {
namespace {

// The plan and its clients draw from other streams.
constexpr std::uint64_t untold_calls_stream = 0xe0000;

constexpr std::string_view no_such_key = "key= names a row of the origin's, and its rows are its own";

RoleMask calls_to(Store store) {
  return find_call(store == Store::cache ? "cache" : "db")->calls;
}

/// Why a fault is not for an application; `why` is empty of one that is.
struct Unfit {
  std::string_view why = {};
  std::string_view to_leave_out = "it";
};

Unfit unfit_calls(const CallClause& clause, const ApplicationStores& stores) {
  if (clause.crash) {
    return {"instances are killed by 'explore --faults crash' alone"};
  }
  if ((clause.calls & find_call("push")->calls) != 0) {
    return {"what a cache tells unasked passes the gates as it comes"};
  }
  if (is_skip(clause.trouble) && (clause.calls & calls_to(Store::database)) != 0) {
    return {"a gate cannot answer in the database's stead; lost-request loses the call, and its connection with it"};
  }
  if (!clause.key.empty()) {
    return {no_such_key};
  }
  if (!stores.wants_cache && (clause.calls & calls_to(Store::database)) == 0) {
    return {"it has no cache"};
  }
  if (!stores.wants_database && (clause.calls & calls_to(Store::cache)) == 0) {
    return {"it has no database"};
  }
  return {};
}

Unfit unfit_event(const ServerEvent& event, const ApplicationStores& stores) {
  const bool is_cache = event.target == Target::cache;
  if (event.target == Target::replica) {
    return {"which of its calls go to a replica is not known"};
  }
  if (is_cache ? !stores.wants_cache : !stores.wants_database) {
    return {is_cache ? "it has no cache" : "it has no database"};
  }
  switch (event.kind) {
    case ServerEventKind::remember:
      return {is_cache ? "'explore --faults rollback' alone puts back what a cache held"
                       : "a gate cannot take back what a database has committed"};
    case ServerEventKind::evict:
      if (stores.cache) {
        return {"a cache of yours is written to by your own requests alone"};
      }
      return event.key.empty() ? Unfit() : Unfit{no_such_key};
    case ServerEventKind::expire: return {"when what it keeps expires is its own"};
    case ServerEventKind::kill:
      if (is_cache ? stores.cache : stores.database) {
        return {"a store of yours is not killed; unreachable and stall are done at the gates"};
      }
      return event.keeps_data ? Unfit{"its private cache keeps nothing over a restart", "'kept'"} : Unfit();
    default: return {};
  }
}

Unfit unfit_fault(const ConfiguredFault& fault, const ApplicationStores& stores) {
  for (const CallClause& clause : fault.clauses) {
    if (const Unfit unfit = unfit_calls(clause, stores); !unfit.why.empty()) {
      return unfit;
    }
  }
  for (const ServerEvent& event : fault.events) {
    if (const Unfit unfit = unfit_event(event, stores); !unfit.why.empty()) {
      return unfit;
    }
  }
  return {};
}

}  // namespace

Result<void> check_application_faults(const Scenario& scenario, const Application& application) {
  for (const auto& [name, text] : scenario.faults) {
    const Result<ConfiguredFault> whole = configure_fault(name, text);
    if (!whole) {
      return std::unexpected(whole.error());
    }
    for (const std::string_view clause : clauses_of_fault(text)) {
      const Result<ConfiguredFault> fault = configure_fault(name, clause);
      const Unfit unfit = fault ? unfit_fault(*fault, application.stores) : Unfit();
      if (!unfit.why.empty()) {
        return failed(ErrorCode::wrong_type,
                      fmt::format("the fault '{}' is not for this application: {}; leave {} out",
                                  fault_statements(name, clause).front(), unfit.why, unfit.to_leave_out));
      }
    }
  }
  return {};
}

ApplicationFaults::ApplicationFaults(const Plan& plan)
    : plan_(plan), chance_(plan.scenario().seed, untold_calls_stream), counts_(plan.call_clauses().size()) {}

CallHit ApplicationFaults::hit(const CallAtGate& call) {
  const std::scoped_lock lock(mutex_);
  const RoleMask every = calls_to(call.store);
  // Any one call of its store stands for one that may be each of them.
  const Role role = call.role.value_or(call.store == Store::cache ? Role::lookup : Role::load);
  const CallMoment moment = {.fault_draw = call.role ? call.fault_draw : chance_.draw(),
                             .call = role_bit(role),
                             .key = call.key,
                             .at_ns = call.at_ns};
  CallEffect effect;
  for (std::size_t place = 0; place < counts_.size(); ++place) {
    const PlannedClause& clause = plan_.call_clauses()[place];
    const bool speaks = call.role || (clause.clause.calls & every) == every;
    if (speaks && fits(clause, moment) && (clause.clause.nth == 0 || ++counts_[place] == clause.clause.nth)) {
      effect.add(clause);
    }
  }
  const bool changes_nothing = !call.writes && effect.trouble.answered && effect.trouble.late_copies > 0;
  const bool stays = is_skip(effect.trouble) && !call.can_be_skipped;
  not_skipped_ += effect.fault != no_fault && stays ? 1 : 0;
  if (effect.fault == no_fault || changes_nothing || stays) {
    return {};
  }
  hits_.at(effect.fault).note(call.at_ns);
  return {effect.trouble, effect.fault};
}

std::uint64_t ApplicationFaults::not_skipped() const {
  const std::scoped_lock lock(mutex_);
  return not_skipped_;
}

std::array<FaultHits, faults_max + 1> ApplicationFaults::hits() const {
  const std::scoped_lock lock(mutex_);
  return hits_;
}

}  // namespace stalemate
