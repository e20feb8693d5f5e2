// Making a plan: what is fixed before the first op. The ops themselves are in cursor.cpp.
#include "plan/plan.hpp"

#include <algorithm>
#include <string_view>

#include "core/random.hpp"
#include "core/text/duration.hpp"
#include "core/text/key_names.hpp"
#include "core/text/number_text.hpp"
#include "plan/arrivals.hpp"
#include "plan/body.hpp"
#include "plan/row_named.hpp"
#include "plan/streams.hpp"

namespace stalemate {
namespace {

std::unexpected<Error> wrong_fault(std::string_view name, std::string_view sentence) {
  return failed(ErrorCode::wrong_type, "faults." + std::string(name) + ": " + std::string(sentence));
}

std::string_view name_of_target(Target target) {
  return target == Target::database ? "database" : target == Target::cache ? "cache" : "replica";
}

// Rows of the user's have no product ids.
std::optional<Key> find_key(const Scenario& scenario, std::string_view name) {
  const bool is_number = parse_number<std::uint32_t>(name).has_value();
  return is_number || !scenario.data ? row_named(name, scenario.keys) : std::nullopt;
}

std::string wrong_key(const Scenario& scenario, std::string_view name) {
  const std::string what = scenario.data
                               ? "; a row of '" + scenario.data->table + "' is named by its place in the order of keys"
                               : "; write a product id, such as " + std::string(product_id(Key{0}).view()) +
                                     ", or its place in the order of keys";
  return "there is no row " + std::string(name) + what + ", 1 to " + std::to_string(scenario.keys);
}

// From when on the replica is left behind, to take the database's place; `never`: it is not.
Nanoseconds replica_left_behind_ns(const std::vector<ServerEvent>& events) {
  const auto left = std::ranges::find_if(events, leaves_standby_behind);
  return left == events.end() ? never : left->at_ns;
}

// No outage begins while another holds the same server. Requires: events sorted by time.
Result<void> check_events(const Scenario& scenario, const std::vector<ServerEvent>& events,
                          const std::vector<PlannedFault>& faults) {
  const Nanoseconds left_behind_ns = replica_left_behind_ns(events);
  for (auto event = events.begin(); event != events.end(); ++event) {
    const PlannedFault& fault = faults[event->fault - 1U];
    if (event->target == Target::replica && event->at_ns >= left_behind_ns) {
      return wrong_fault(fault.name, "at " + format_duration(event->at_ns) +
                                         " it meets the replica, which the fault rollback takes from " +
                                         format_duration(left_behind_ns) + " on for the database's place");
    }
    if (is_end(event->kind)) {
      continue;
    }
    if (event->kind == ServerEventKind::kill && event->target == Target::cache &&
        std::ranges::any_of(events, [&](const ServerEvent& other) {
          return other.kind == event->kind && other.target == event->target && other.keeps_data != event->keeps_data;
        })) {
      return wrong_fault(fault.name, "a cache keeps what it holds in all its restarts of a run, or in none");
    }
    if (event->target == Target::cache && !scenario.has_cache) {
      return wrong_fault(fault.name, "it happens to the cache, and this scenario has none");
    }
    if (event->at_ns > scenario.duration_ns) {
      return wrong_fault(fault.name, "it begins at " + format_duration(event->at_ns) + ", after the run's end at " +
                                         format_duration(scenario.duration_ns));
    }
    const auto next =
        std::find_if(event + 1, events.end(), [&](const ServerEvent& other) { return other.target == event->target; });
    if (next != events.end() && (!is_end(next->kind) || next->fault != event->fault)) {
      return wrong_fault(faults[next->fault - 1U].name, "at " + format_duration(next->at_ns) + " it meets the " +
                                                            std::string(name_of_target(event->target)) +
                                                            " while fault " + fault.name + " holds it");
    }
  }
  return {};
}

}  // namespace

Result<void> Plan::Body::add_faults() {
  constexpr std::uint64_t fault_salt = 0xd1342543de82ef95ULL;
  std::uint64_t salt = 0;
  for (const auto& [name, text] : scenario.faults) {
    Result<ConfiguredFault> configured = configure_fault(name, text);
    if (!configured) {
      return std::unexpected(configured.error());
    }
    const auto id = static_cast<FaultId>(faults.size() + 1);
    faults.push_back({name, text, !configured->clauses.empty()});
    for (CallClause& clause : configured->clauses) {
      PlannedClause planned{.salt = salt, .fault = id};
      if (!clause.key.empty()) {
        planned.key = find_key(scenario, clause.key);
        if (!planned.key) {
          return wrong_fault(name, wrong_key(scenario, clause.key));
        }
      }
      if (clause.window.begin_ns > scenario.duration_ns) {
        return wrong_fault(name, "it begins at " + format_duration(clause.window.begin_ns) +
                                     ", after the run's end at " + format_duration(scenario.duration_ns));
      }
      planned.clause = std::move(clause);
      clauses.push_back(std::move(planned));
    }
    salt += faults.back().is_of_calls ? fault_salt : 0;
    for (ServerEvent event : configured->events) {
      if (!event.key.empty() && !find_key(scenario, event.key)) {
        return wrong_fault(name, wrong_key(scenario, event.key));
      }
      event.fault = id;
      events.push_back(event);
    }
  }
  std::ranges::stable_sort(events, {}, &ServerEvent::at_ns);
  return check_events(scenario, events, faults);
}

ArrivalStream Plan::Body::read_arrivals(Nanoseconds end_ns) const {
  return {scenario.arrivals, scenario.read_rate, end_ns, SeededRandom(scenario.seed, stream::read_arrivals)};
}

ArrivalStream Plan::Body::write_arrivals(Nanoseconds end_ns) const {
  return {scenario.arrivals, scenario.write_rate, end_ns, SeededRandom(scenario.seed, stream::write_arrivals)};
}

Result<Plan> Plan::make(const Scenario& scenario) {
  const Result<void> valid = validate(scenario);
  if (!valid) {
    return std::unexpected(valid.error());
  }
  auto body = std::make_shared<Body>();
  body->scenario = scenario;
  body->clients = scenario.pacing == Pacing::ticker ? std::uint16_t{2} : scenario.clients;
  const Result<void> added = body->add_faults();
  if (!added) {
    return std::unexpected(added.error());
  }
  // validate keeps both within OpIndex, Poisson's spread included.
  body->reads = static_cast<std::uint32_t>(body->read_arrivals(scenario.duration_ns).count());
  body->writes = static_cast<std::uint32_t>(body->write_arrivals(scenario.duration_ns).count());
  if (scenario.warm_up_ns > 0) {
    // Its end belongs to what is measured.
    const Nanoseconds last_ns = scenario.warm_up_ns - 1;
    body->reads_in_warm_up = static_cast<std::uint32_t>(body->read_arrivals(last_ns).count());
    body->writes_in_warm_up = static_cast<std::uint32_t>(body->write_arrivals(last_ns).count());
  }
  return Plan(std::move(body));
}

const Scenario& Plan::scenario() const {
  return body_->scenario;
}
std::uint16_t Plan::clients() const {
  return body_->clients;
}
std::uint32_t Plan::reads() const {
  return body_->reads;
}
std::uint32_t Plan::writes() const {
  return body_->writes;
}
std::uint32_t Plan::reads_in_warm_up() const {
  return body_->reads_in_warm_up;
}
std::uint32_t Plan::writes_in_warm_up() const {
  return body_->writes_in_warm_up;
}
std::span<const ServerEvent> Plan::server_events() const {
  return body_->events;
}
std::span<const PlannedFault> Plan::faults() const {
  return body_->faults;
}

std::span<const PlannedClause> Plan::call_clauses() const {
  return body_->clauses;
}

CallEffect Plan::effect(const CallMoment& moment) const {
  CallEffect effect;
  for (const PlannedClause& clause : body_->clauses) {
    if (clause.clause.nth == 0 && fits(clause, moment)) {
      effect.add(clause);
    }
  }
  return effect;
}

bool fits(const PlannedClause& planned, const CallMoment& moment) {
  const CallClause& clause = planned.clause;
  return (clause.calls & moment.call) != 0 && (!planned.key || *planned.key == moment.key) &&
         clause.window.holds(moment.at_ns) && is_in_share(clause, moment.call, moment.fault_draw, planned.salt);
}

void CallEffect::add(const PlannedClause& planned) {
  const auto weight = [](const CallTrouble& of, bool crashes) { return crashes ? 6 : weight_of(of); };
  const CallClause& clause = planned.clause;
  const Nanoseconds delay_ns = trouble.delay_ns + clause.trouble.delay_ns;
  if (fault == no_fault || weight(clause.trouble, clause.crash) > weight(trouble, crash)) {
    trouble = clause.trouble;
    crash = clause.crash;
    fault = planned.fault;
  }
  trouble.delay_ns = delay_ns;
}

}  // namespace stalemate
