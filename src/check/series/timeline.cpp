#include "check/series/timeline.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "check/passes/entry_and_row.hpp"
#include "check/passes/fetch.hpp"
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

std::array<std::vector<std::uint64_t>*, 14> counts_of(Timeline& timeline) {
  OpsOverTime& reads = timeline.reads;
  OpsOverTime& writes = timeline.writes;
  return {&reads.planned,  &reads.ok,         &reads.fail,       &reads.info,    &writes.planned,
          &writes.ok,      &writes.fail,      &writes.info,      &timeline.hits, &timeline.misses,
          &timeline.loads, &timeline.retries, &timeline.faulted, &timeline.stale};
}

Timeline empty_timeline(const History& history, std::size_t stretches_max) {
  Timeline timeline;
  timeline.end_ns = end_of(history);
  timeline.stretch_ns = stretch_of(timeline.end_ns, stretches_max);
  timeline.stretches = static_cast<std::size_t>((timeline.end_ns - 1) / timeline.stretch_ns) + 1;
  for (std::vector<std::uint64_t>* counts : counts_of(timeline)) {
    counts->assign(timeline.stretches, 0);
  }
  timeline.stale_worst_ns.assign(timeline.stretches, 0);
  return timeline;
}

/// Tells which stretch an instant is in.
class StretchFinder {
 public:
  explicit StretchFinder(const Timeline& timeline) : stretch_ns_(timeline.stretch_ns), last_(timeline.stretches - 1) {}

  [[nodiscard]] std::size_t of(Nanoseconds instant_ns) {
    // Most are where the one before was, and a division takes as long as all else that is done with an op.
    if (instant_ns < begin_ns_ || instant_ns >= end_ns_) {
      at_ = std::min(static_cast<std::size_t>(instant_ns / stretch_ns_), last_);
      begin_ns_ = static_cast<Nanoseconds>(at_) * stretch_ns_;
      end_ns_ = at_ == last_ ? never : begin_ns_ + stretch_ns_;
    }
    return at_;
  }

 private:
  Nanoseconds stretch_ns_;
  std::size_t last_;
  std::size_t at_ = 0;
  Nanoseconds begin_ns_ = 0;
  Nanoseconds end_ns_ = 0;
};

/// How long the ok ops of one kind took.
struct Lasted {
  std::vector<LatencyHistogram> response;
  std::vector<LatencyHistogram> service;

  explicit Lasted(std::size_t stretches) : response(stretches), service(stretches) {}

  void absorb(const Lasted& other) {
    for (std::size_t i = 0; i < response.size(); ++i) {
      response[i].merge(other.response[i]);
      service[i].merge(other.service[i]);
    }
  }
  void tell(OpsOverTime& ops) const {
    for (std::size_t i = 0; i < response.size(); ++i) {
      ops.response_p50_ns.push_back(response[i].quantile_ns(0.5));
      ops.response_p99_ns.push_back(response[i].quantile_ns(0.99));
      ops.response_max_ns.push_back(response[i].max_ns());
      ops.service_p99_ns.push_back(service[i].quantile_ns(0.99));
    }
  }
};

/// What one member of a crew adds up.
class TimelinePart {
 public:
  explicit TimelinePart(const Timeline& empty)
      : timeline_(empty), reads_(empty.stretches), writes_(empty.stretches), start_(empty), end_(empty) {}

  void walk(const History& history, std::span<const OpRecord> ops, std::span<const StepRecord> steps) {
    for (const OpRecord& op : ops) {
      fetch_ahead(&op);
      if (op.kind() == OpKind::read) {
        add(op, timeline_.reads, reads_);
      } else if (op.kind() != OpKind::background) {
        add(op, timeline_.writes, writes_);
      }
    }
    const BlindCommands blind(history.header);
    for (const StepRecord& step : steps) {
      fetch_ahead(&step);
      if (step.op() != no_op) {  // else it is what held a server
        add(step, blind);
      }
    }
  }
  void absorb(TimelinePart& other) {
    const auto sums = counts_of(timeline_);
    const auto more = counts_of(other.timeline_);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      std::ranges::transform(*sums.at(i), *more.at(i), sums.at(i)->begin(), std::plus<>());
    }
    reads_.absorb(other.reads_);
    writes_.absorb(other.writes_);
  }
  [[nodiscard]] Timeline tell() {
    reads_.tell(timeline_.reads);
    writes_.tell(timeline_.writes);
    return std::move(timeline_);
  }

 private:
  void add(const OpRecord& op, OpsOverTime& ops, Lasted& lasted) {
    // An op may have been due before the run's first instant in a history of others.
    const std::size_t due = start_.of(std::max<Nanoseconds>(0, op.intended_ns()));
    ++ops.planned[due];
    if (op.outcome() == Outcome::ok) {
      ++ops.ok[end_.of(op.completion_ns())];
      lasted.response[due].record(op.completion_ns() - op.intended_ns());
      lasted.service[due].record(op.completion_ns() - op.invocation_ns());
    } else if (op.outcome() == Outcome::fail) {
      ++ops.fail[end_.of(op.completion_ns())];
    } else {
      ++ops.info[end_.of(op.invocation_ns())];
    }
  }
  void add(const StepRecord& step, const BlindCommands& blind) {
    const std::size_t at = start_.of(step.start_ns());
    timeline_.retries[at] += step.retries();
    timeline_.faulted[at] += step.fault() == no_fault ? 0 : 1;
    if (step.role() == Role::load && !was_left_out(step)) {
      ++timeline_.loads[at];
    } else if (step.role() == Role::lookup && step.outcome() == Outcome::ok && !blind.has(step)) {
      ++(step.value() == absent ? timeline_.misses : timeline_.hits)[end_.of(step.end_ns())];
    }
  }

  Timeline timeline_;
  Lasted reads_;
  Lasted writes_;
  StretchFinder start_;
  StretchFinder end_;
};

/// A member's share of the records.
template <class Record>
std::span<const Record> share_of(std::span<const Record> all, std::uint32_t member, const Crew& crew) {
  const std::size_t begin = share_begin(all.size(), member, crew.size);
  return all.subspan(begin, share_begin(all.size(), member + 1, crew.size) - begin);
}

void add_stale_reads(const History& history, std::span<const StaleRead> stale, Timeline& timeline) {
  StretchFinder stretch(timeline);
  for (const StaleRead& read : stale) {
    if (const OpRecord* op = history.find_op(read.read); op != nullptr && op->is_completed()) {
      const std::size_t at = stretch.of(op->completion_ns());
      ++timeline.stale[at];
      timeline.stale_worst_ns[at] = std::max(timeline.stale_worst_ns[at], read.lower_ns);
    }
  }
}

}  // namespace

Timeline timeline_of(const History& history, std::span<const StaleRead> stale, const Crew& crew,
                     std::size_t stretches_max) {
  STALEMATE_ASSERT(stretches_max >= 1, "a timeline has at least one stretch");
  const std::size_t by_ops = std::max(stretches_least, history.ops().size() / ops_a_stretch_min);
  const Timeline empty = empty_timeline(history, std::min(stretches_max, by_ops));
  std::vector<std::optional<TimelinePart>> parts(crew.size);
  crew([&](std::uint32_t member) {
    parts[member].emplace(empty).walk(history, share_of(history.ops(), member, crew),
                                      share_of(history.steps(), member, crew));
  });
  for (std::uint32_t member = 1; member < crew.size; ++member) {
    parts.front()->absorb(*parts[member]);
  }
  Timeline timeline = parts.front()->tell();
  add_stale_reads(history, stale, timeline);
  return timeline;
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
