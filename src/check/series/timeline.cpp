#include "check/series/timeline.hpp"

#include <algorithm>

#include "check/passes/entry_and_row.hpp"
#include "check/passes/step_facts.hpp"
#include "core/assert.hpp"
#include "core/histogram.hpp"

namespace stalemate {

namespace {

constexpr std::size_t ops_a_stretch_min = 50;
constexpr std::size_t stretches_least = 20;
constexpr Nanoseconds stretch_ns_min = 1'000;

/// The least of 1, 2 and 5 times a power of ten that cuts `whole_ns` into no more than so many stretches.
Nanoseconds stretch_of(Nanoseconds whole_ns, std::size_t stretches_max) {
  const auto parts = static_cast<Nanoseconds>(stretches_max);
  const Nanoseconds least = whole_ns / parts + (whole_ns % parts == 0 ? 0 : 1);
  for (Nanoseconds power = stretch_ns_min;; power *= 10) {
    for (const Nanoseconds times : {1, 2, 5}) {
      if (power * times >= least) {
        return power * times;
      }
    }
  }
}

/// How long the ok ops of one kind took.
struct Lasted {
  std::vector<LatencyHistogram> response;
  std::vector<LatencyHistogram> service;

  explicit Lasted(std::size_t stretches) : response(stretches), service(stretches) {}

  void tell(OpsOverTime& ops) const {
    for (std::size_t i = 0; i < response.size(); ++i) {
      ops.response_p50_ns.push_back(response[i].quantile_ns(0.5));
      ops.response_p99_ns.push_back(response[i].quantile_ns(0.99));
      ops.response_max_ns.push_back(response[i].max_ns());
      ops.service_p99_ns.push_back(service[i].quantile_ns(0.99));
    }
  }
};

void make_room(OpsOverTime& ops, std::size_t stretches) {
  for (std::vector<std::uint64_t>* counts : {&ops.planned, &ops.ok, &ops.fail, &ops.info}) {
    counts->assign(stretches, 0);
  }
}

class TimelineMaker {
 public:
  TimelineMaker(const History& history, std::size_t stretches_max) : history_(history) {
    const Nanoseconds end_ns = end_of(history);
    timeline_.end_ns = end_ns;
    timeline_.stretch_ns = stretch_of(end_ns, stretches_max);
    timeline_.stretches = static_cast<std::size_t>((end_ns - 1) / timeline_.stretch_ns) + 1;
    make_room(timeline_.reads, timeline_.stretches);
    make_room(timeline_.writes, timeline_.stretches);
    for (std::vector<std::uint64_t>* counts : {&timeline_.hits, &timeline_.misses, &timeline_.loads, &timeline_.retries,
                                               &timeline_.faulted, &timeline_.stale}) {
      counts->assign(timeline_.stretches, 0);
    }
    timeline_.stale_worst_ns.assign(timeline_.stretches, 0);
  }

  Timeline make(std::span<const StaleRead> stale) {
    walk_ops();
    walk_steps();
    for (const StaleRead& read : stale) {
      if (const OpRecord* op = history_.find_op(read.read); op != nullptr && op->is_completed()) {
        const std::size_t at = place_of(op->completion_ns());
        ++timeline_.stale[at];
        timeline_.stale_worst_ns[at] = std::max(timeline_.stale_worst_ns[at], read.lower_ns);
      }
    }
    return std::move(timeline_);
  }

 private:
  [[nodiscard]] std::size_t place_of(Nanoseconds instant_ns) const {
    return std::min(static_cast<std::size_t>(instant_ns / timeline_.stretch_ns), timeline_.stretches - 1);
  }

  void walk_ops() {
    Lasted reads(timeline_.stretches);
    Lasted writes(timeline_.stretches);
    for (const OpRecord& op : history_.ops()) {
      if (op.kind() == OpKind::read) {
        add(op, timeline_.reads, reads);
      } else if (op.kind() != OpKind::background) {
        add(op, timeline_.writes, writes);
      }
    }
    reads.tell(timeline_.reads);
    writes.tell(timeline_.writes);
  }

  void add(const OpRecord& op, OpsOverTime& ops, Lasted& lasted) const {
    // An op may have been due before the run's first instant in a history of others.
    const std::size_t due = place_of(std::max<Nanoseconds>(0, op.intended_ns()));
    ++ops.planned[due];
    if (op.outcome() == Outcome::ok) {
      ++ops.ok[place_of(op.completion_ns())];
      lasted.response[due].record(op.completion_ns() - op.intended_ns());
      lasted.service[due].record(op.completion_ns() - op.invocation_ns());
    } else if (op.outcome() == Outcome::fail) {
      ++ops.fail[place_of(op.completion_ns())];
    } else {
      ++ops.info[place_of(op.invocation_ns())];
    }
  }

  void walk_steps() {
    const BlindCommands blind(history_.header);
    for (const StepRecord& step : history_.steps()) {
      if (step.op() == no_op) {
        continue;  // what held a server
      }
      const std::size_t at = place_of(step.start_ns());
      timeline_.retries[at] += step.retries();
      timeline_.faulted[at] += step.fault() == no_fault ? 0 : 1;
      if (step.role() == Role::load && !was_left_out(step)) {
        ++timeline_.loads[at];
      } else if (step.role() == Role::lookup && step.outcome() == Outcome::ok && !blind.has(step)) {
        ++(step.value() == absent ? timeline_.misses : timeline_.hits)[place_of(step.end_ns())];
      }
    }
  }

  const History& history_;
  Timeline timeline_;
};

}  // namespace

Timeline timeline_of(const History& history, std::span<const StaleRead> stale, std::size_t stretches_max) {
  STALEMATE_ASSERT(stretches_max >= 1, "a timeline has at least one stretch");
  const std::size_t by_ops = std::max(stretches_least, history.ops().size() / ops_a_stretch_min);
  return TimelineMaker(history, std::min(stretches_max, by_ops)).make(stale);
}

Nanoseconds end_of(const History& history) {
  Nanoseconds end_ns = 1;
  if (history.trailer && history.trailer->duration_ns > 0) {
    return history.trailer->duration_ns;
  }
  for (const OpRecord& op : history.ops()) {
    end_ns = std::max(end_ns, op.is_completed() ? op.completion_ns() : op.invocation_ns() + 1);
  }
  for (const StepRecord& step : history.steps()) {
    end_ns = std::max(end_ns, step.end_ns() == never ? step.start_ns() + 1 : step.end_ns());
  }
  return end_ns;
}

}  // namespace stalemate
