// Making a plan: what is fixed before the first op. The ops themselves are in cursor.cpp.
#include "plan/plan.hpp"

#include <algorithm>
#include <string_view>

#include "core/duration.hpp"
#include "core/random.hpp"
#include "plan/arrivals.hpp"
#include "plan/body.hpp"
#include "plan/streams.hpp"

namespace stalemate {
namespace {

std::unexpected<Error> wrong_fault(std::string_view name, std::string_view sentence) {
  return failed(ErrorCode::wrong_type, "faults." + std::string(name) + ": " + std::string(sentence));
}

bool begins_outage(const ServerEvent& event) {
  return event.kind == ServerEventKind::pause || event.kind == ServerEventKind::kill;
}

std::string_view name_of_target(Target target) {
  return target == Target::database ? "database" : "cache";
}

// No outage begins while another holds the same server. Requires: events sorted by time.
Result<void> check_events(const Scenario& scenario, const std::vector<ServerEvent>& events,
                          const std::vector<PlannedFault>& faults) {
  for (auto event = events.begin(); event != events.end(); ++event) {
    if (!begins_outage(*event)) {
      continue;
    }
    const PlannedFault& fault = faults[event->fault - 1U];
    if (event->target == Target::cache && !scenario.has_cache) {
      return wrong_fault(fault.name, "it happens to the cache, and this scenario has none");
    }
    if (event->at_ns > scenario.duration_ns) {
      return wrong_fault(fault.name, "it begins at " + format_duration(event->at_ns) + ", after the run's end at " +
                                         format_duration(scenario.duration_ns));
    }
    const auto next =
        std::find_if(event + 1, events.end(), [&](const ServerEvent& other) { return other.target == event->target; });
    if (next != events.end() && (begins_outage(*next) || next->fault != event->fault)) {
      return wrong_fault(faults[next->fault - 1U].name, "at " + format_duration(next->at_ns) + " it meets the " +
                                                            std::string(name_of_target(event->target)) +
                                                            " while fault " + fault.name + " holds it");
    }
  }
  return {};
}

}  // namespace

Result<void> Plan::Body::add_faults() {
  for (const auto& [name, text] : scenario.faults) {
    Result<ConfiguredFault> configured = configure_fault(name, text);
    if (!configured) {
      return std::unexpected(configured.error());
    }
    const auto id = static_cast<FaultId>(faults.size() + 1);
    faults.push_back({name, text, std::nullopt});
    if (configured->call != nullptr) {
      if (call_faults.size() == call_faults_max) {
        return wrong_fault(name, "a run can have at most " + std::to_string(call_faults_max) +
                                     " faults of single calls, and this is one more");
      }
      faults.back().slot = static_cast<unsigned>(call_faults.size());
      call_faults.push_back({std::move(configured->call), id});
    }
    for (ServerEvent event : configured->events) {
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

CallEffect Plan::effect(std::uint32_t fault_marks, Role role) const {
  CallEffect effect;
  for (std::size_t slot = 0; fault_marks != 0; ++slot, fault_marks >>= 8U) {
    if ((fault_marks & role_bit(role)) == 0) {
      continue;
    }
    const CallFaultSlot& one = body_->call_faults[slot];
    const CallAction action = one.fault->action(role);
    const auto weight = [](const CallAction& of) { return of.skip ? 2 : of.roll_back ? 1 : 0; };
    if (effect.fault == no_fault || weight(action) > weight(effect.action)) {
      effect.fault = one.id;
    }
    effect.action.skip = effect.action.skip || action.skip;
    effect.action.roll_back = effect.action.roll_back || action.roll_back;
    effect.action.delay_before_ns += action.delay_before_ns;
  }
  return effect;
}

std::uint32_t Plan::draw_marks(Random& random, OpKind kind) const {
  std::uint32_t marks = 0;
  for (std::size_t slot = 0; slot < body_->call_faults.size(); ++slot) {
    marks |= static_cast<std::uint32_t>(body_->call_faults[slot].fault->draw(random, kind)) << (8 * slot);
  }
  return marks;
}

}  // namespace stalemate
