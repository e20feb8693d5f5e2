#include "explore/application/schedule.hpp"

#include <algorithm>
#include <tuple>

#include "core/assert.hpp"
#include "explore/model/intern.hpp"

namespace stalemate {
namespace {

std::uint64_t mixed_text(std::uint64_t hash, const std::string& text) {
  hash = mixed(hash, text.size());
  for (const char letter : text) {
    hash = mixed(hash, static_cast<unsigned char>(letter));
  }
  return hash;
}

// Of what same_call() compares: texts may hold tokens or times.
std::uint64_t mixed_call(std::uint64_t hash, const HeldCall& call) {
  hash = mixed_text(mixed(mixed(hash, call.process), static_cast<std::uint64_t>(call.store)), call.name);
  for (const std::string& key : call.keys) {
    hash = mixed_text(hash, key);
  }
  return mixed(hash, (call.touches_anything ? 2U : 0U) + (call.writes ? 1U : 0U));
}

StoreAccess access_of(const HeldCall& call) {
  return {call.store, call.keys, call.touches_anything, call.writes};
}

std::uint8_t process_bit(std::size_t process) {
  return static_cast<std::uint8_t>(1U << process);
}

// Calls that a process makes at once may come in any order; this one is the same in every run.
bool comes_first(const HeldCall& left, const HeldCall& right) {
  return std::tie(left.process, left.store, left.name, left.keys, left.text) <
         std::tie(right.process, right.store, right.name, right.keys, right.text);
}

StoreStrike strike_of(const ScheduleStep& step) {
  return step.kind == StepKind::remember            ? StoreStrike::remember
         : step.fault == ApplicationFault::evict    ? StoreStrike::evict
         : step.fault == ApplicationFault::rollback ? StoreStrike::rollback
                                                    : StoreStrike::restart;
}

}  // namespace

bool is_fault(const ScheduleStep& step) {
  return step.fault != ApplicationFault::none &&
         (step.kind != StepKind::strike || step.fault != ApplicationFault::rollback) && step.kind != StepKind::arrive;
}

ScheduleRun::ScheduleRun(ApplicationWorld& world, const Scope& scope, const ScheduleFaults& faults)
    : world_(world), scope_(scope), faults_(faults), ops_(ops_of(scope)), processes_(scope.processes.size()) {
  for (std::size_t op = 0; op < ops_.size(); ++op) {
    processes_[ops_[op].process].ops.push_back(static_cast<std::uint8_t>(op));
  }
}

Result<void> ScheduleRun::start() {
  const Result<Situation> situation = world_.next_schedule(scope_);
  if (!situation) {
    return std::unexpected(situation.error());
  }
  TakenStep before;
  absorb(*situation, before);
  return {};
}

bool ScheduleRun::is_somebody_busy() const {
  return std::ranges::any_of(processes_, [](const ProcessState& process) {
    return process.in_op ||
           std::ranges::any_of(process.calls, [](const KnownCall& known) { return known.state == CallState::waits; });
  });
}

std::vector<ScheduleStep> ScheduleRun::enabled() const {
  std::vector<ScheduleStep> steps;
  if (rested_) {
    return steps;
  }
  for (std::size_t number = 0; number < processes_.size(); ++number) {
    const auto process = static_cast<std::uint8_t>(number);
    const ProcessState& state = processes_[number];
    if (!state.dead && !state.in_op && state.next_op < state.ops.size()) {
      steps.push_back({.kind = StepKind::begin, .process = process});
    }
    for (std::size_t call = 0; call < state.calls.size(); ++call) {
      if (state.calls[call].state == CallState::held) {
        steps.push_back({.kind = StepKind::let_go, .process = process, .call = static_cast<std::uint8_t>(call)});
      }
    }
  }
  steps.insert(steps.end(), late_copies_.begin(), late_copies_.end());
  const bool is_over = steps.empty();
  add_faults(steps);
  if (is_over) {
    steps.push_back({.kind = StepKind::rest});
  }
  return steps;
}

void ScheduleRun::add_faults(std::vector<ScheduleStep>& steps) const {
  if (remembers_ && cache_changed_) {
    steps.push_back({.kind = StepKind::strike, .fault = ApplicationFault::rollback});
  }
  if (faults_taken_ >= faults_.faults_max) {
    return;
  }
  for (const ApplicationFault fault : faults_.faults) {
    for (std::size_t number = 0; number < processes_.size(); ++number) {
      const auto process = static_cast<std::uint8_t>(number);
      const ProcessState& state = processes_[number];
      bool has_calls = state.in_op;
      for (std::size_t call = 0; call < state.calls.size(); ++call) {
        const bool is_held = state.calls[call].state == CallState::held;
        has_calls = has_calls || state.calls[call].state != CallState::gone;
        if (is_held && befalls_calls(fault)) {
          steps.push_back(
              {.kind = StepKind::let_go, .process = process, .call = static_cast<std::uint8_t>(call), .fault = fault});
        }
      }
      if (fault == ApplicationFault::crash && !state.dead && has_calls) {
        steps.push_back({.kind = StepKind::crash, .process = process, .fault = fault});
      }
    }
    if ((fault == ApplicationFault::evict || fault == ApplicationFault::restart) && cache_changed_) {
      steps.push_back({.kind = StepKind::strike, .fault = fault});
    } else if (fault == ApplicationFault::rollback && !remembers_) {
      steps.push_back({.kind = StepKind::remember, .fault = fault});
    }
  }
}

Footprint ScheduleRun::own_footprint(const ScheduleStep& step, const HeldCall& call) {
  Footprint footprint;
  if (step.kind == StepKind::arrive || trouble_of(step.fault).late_copies > 0) {
    footprint.copy = static_cast<std::uint16_t>(step.process * 256 + step.call + 1);
  }
  switch (step.kind) {
    case StepKind::begin:
      footprint.begins = true;
      footprint.processes = process_bit(step.process);
      break;
    case StepKind::let_go:
      footprint.processes = process_bit(step.process);
      if (trouble_of(step.fault).takes_effect) {
        footprint.accesses.push_back(access_of(call));
      }
      if (step.fault != ApplicationFault::none && call.store == Store::database) {
        // Where a connection breaks, its transaction is rolled back, with whatever it had touched.
        footprint.accesses.push_back({.store = call.store, .touches_anything = true});
      }
      break;
    case StepKind::arrive: footprint.accesses.push_back(access_of(call)); break;
    case StepKind::remember:
      footprint.accesses.push_back({.store = Store::cache, .touches_anything = true, .writes = false});
      break;
    case StepKind::strike:
      footprint.everything = step.fault != ApplicationFault::evict;  // connections break
      footprint.accesses.push_back({.store = Store::cache, .touches_anything = true});
      break;
    case StepKind::crash:
    case StepKind::rest: footprint.everything = true; break;
  }
  return footprint;
}

Result<void> ScheduleRun::take(const ScheduleStep& step) {
  const std::vector<ScheduleStep> possible = enabled();
  STALEMATE_ASSERT(std::ranges::find(possible, step) != possible.end(), "a step that cannot be taken");
  TakenStep taken;
  taken.step = step;
  if (step.kind == StepKind::let_go || step.kind == StepKind::arrive) {
    taken.call = processes_[step.process].calls[step.call].call;
  }
  taken.footprint = own_footprint(step, taken.call);
  if (step.kind == StepKind::rest) {
    return come_to_rest(taken);
  }
  const Result<Situation> situation = carry_out(step, taken);
  if (!situation) {
    return std::unexpected(situation.error());
  }
  faults_taken_ = static_cast<std::uint8_t>(faults_taken_ + (is_fault(step) ? 1 : 0));
  absorb(*situation, taken);
  taken.call.id = 0;
  taken_.push_back(std::move(taken));
  return {};
}

Result<void> ScheduleRun::come_to_rest(TakenStep& taken) {
  rested_ = true;
  if (!is_somebody_busy()) {
    Result<RestReads> reads = world_.rest();
    if (!reads) {
      return std::unexpected(reads.error());
    }
    taken.reads = *std::move(reads);
    for (const std::optional<Value>& value : taken.reads->by_instance) {
      taken.seen = mixed(taken.seen, value ? static_cast<std::uint64_t>(*value) : 0x5eed);
    }
  }
  taken_.push_back(std::move(taken));
  return {};
}

Result<Situation> ScheduleRun::carry_out(const ScheduleStep& step, TakenStep& taken) {
  ProcessState& process = processes_[step.process];
  switch (step.kind) {
    case StepKind::begin: {
      const std::uint8_t op = process.ops[process.next_op++];
      process.in_op = true;
      taken.events.push_back({.kind = JudgedEventKind::begin, .op = op});
      return world_.begin(step.process, ops_[op].kind, ops_[op].value);
    }
    case StepKind::let_go:
    case StepKind::arrive: {
      KnownCall& known = process.calls[step.call];
      cache_changed_ = cache_changed_ || (known.call.store == Store::cache && known.call.writes);
      if (step.kind == StepKind::arrive) {
        std::erase(late_copies_, step);
        return world_.arrive(known.call.id);
      }
      known.state = CallState::gone;
      if (trouble_of(step.fault).late_copies > 0) {
        late_copies_.push_back(
            {.kind = StepKind::arrive, .process = step.process, .call = step.call, .fault = step.fault});
      }
      return world_.let_go(known.call.id, trouble_of(step.fault));
    }
    case StepKind::crash: {
      process.dead = true;
      Result<Situation> situation = world_.crash(step.process);
      if (situation && process.in_op &&
          std::ranges::find(situation->answered, step.process, &AnsweredOp::process) == situation->answered.end()) {
        situation->answered.push_back({.process = step.process});
      }
      return situation;
    }
    case StepKind::strike:
      cache_changed_ = false;
      remembers_ = remembers_ && step.fault != ApplicationFault::rollback;
      return world_.strike(strike_of(step));
    case StepKind::remember:
      cache_changed_ = false;
      remembers_ = true;
      return world_.strike(strike_of(step));
    case StepKind::rest: break;
  }
  STALEMATE_ASSERT(false, "to rest is not for the world to carry out");
}

void ScheduleRun::end_op(ProcessState& process, Ending ending, TakenStep& taken) {
  if (!process.in_op) {
    return;
  }
  process.in_op = false;
  taken.footprint.ends = true;
  taken.events.push_back({.kind = JudgedEventKind::end, .op = process.ops[process.next_op - 1], .ending = ending});
}

std::string ScheduleRun::words_of_not_done(const AnsweredOp& answer) const {
  const ProcessState& process = processes_[answer.process];
  const std::string detail = answer.detail.empty() ? std::string(name_of(answer.outcome)) : answer.detail;
  return words_of_op(scope_, ops_[process.ops[process.next_op - 1]]) + ": " + detail;
}

void ScheduleRun::absorb(const Situation& situation, TakenStep& taken) {
  absorb_calls(situation, taken);
  taken.reply = situation.reply;
  taken.footprint.everything = taken.footprint.everything || situation.touches_everything;
  for (const std::uint8_t process : situation.told_unasked) {
    taken.footprint.processes = static_cast<std::uint8_t>(taken.footprint.processes | process_bit(process));
  }
  for (const Value value : situation.committed) {
    taken.footprint.commits = true;
    taken.events.push_back({.kind = JudgedEventKind::commit, .value = value});
  }
  for (const AnsweredOp& answer : situation.answered) {
    if (answer.process < processes_.size()) {
      taken.footprint.processes = static_cast<std::uint8_t>(taken.footprint.processes | process_bit(answer.process));
      if (answer.outcome != Outcome::ok && processes_[answer.process].in_op && faults_taken_ == 0) {
        taken.not_done = words_of_not_done(answer);
      }
      end_op(processes_[answer.process], {answer.outcome, answer.value}, taken);
    }
  }
  summarize(situation, taken);
}

void ScheduleRun::absorb_calls(const Situation& situation, TakenStep& taken) {
  std::vector<HeldCall> fresh;
  const auto move = [&](std::size_t process) {
    taken.footprint.processes = static_cast<std::uint8_t>(taken.footprint.processes | process_bit(process));
  };
  for (std::size_t number = 0; number < processes_.size(); ++number) {
    for (KnownCall& known : processes_[number].calls) {
      const bool waits = std::ranges::find(situation.blocked, known.call.id) != situation.blocked.end();
      const bool is_held = std::ranges::find(situation.held, known.call.id, &HeldCall::id) != situation.held.end();
      if (known.state == CallState::held && !is_held) {
        known.state = CallState::gone;  // its connection broke
        move(number);
      } else if (known.state == CallState::waits && !waits) {
        known.state = CallState::gone;
        move(number);
        taken.footprint.accesses.push_back(access_of(known.call));
        taken.footprint.accesses.back().writes = true;
        if (!processes_[number].dead) {
          taken.set_free.push_back(known.call.text);
        }
      } else if (known.state == CallState::gone && waits && number == taken.step.process) {
        known.state = CallState::waits;
        taken.waits = true;
        taken.footprint.accesses.push_back(access_of(known.call));
        taken.footprint.accesses.back().writes = true;
      }
    }
  }
  for (const HeldCall& held : situation.held) {
    STALEMATE_ASSERT(held.process < processes_.size(), "a call of a process of the scope");
    const std::vector<KnownCall>& known = processes_[held.process].calls;
    if (std::ranges::none_of(known, [&](const KnownCall& one) { return one.call.id == held.id; })) {
      fresh.push_back(held);
      move(held.process);
    }
  }
  std::ranges::stable_sort(fresh, comes_first);
  for (HeldCall& held : fresh) {
    ProcessState& process = processes_[held.process];
    STALEMATE_ASSERT(process.calls.size() < 255, "a schedule ends before a process has so many calls");
    process.calls.push_back({std::move(held), CallState::held});
  }
}

void ScheduleRun::summarize(const Situation& situation, TakenStep& taken) const {
  taken.seen = 0;
  for (std::size_t number = 0; number < processes_.size(); ++number) {
    for (const KnownCall& known : processes_[number].calls) {
      taken.seen = mixed(taken.seen, static_cast<std::uint64_t>(known.state));
      if (known.state == CallState::held) {
        taken.seen = mixed_call(taken.seen, known.call);
        taken.shown += (taken.shown.empty() ? "" : ", ") + name_of_process(scope_, number) + ": " + known.call.text;
      }
    }
    taken.seen = mixed(taken.seen, processes_[number].in_op ? 1 : 0);
  }
  for (const JudgedEvent& event : taken.events) {
    taken.seen = mixed(mixed(taken.seen, static_cast<std::uint64_t>(event.kind)), event.op);
    taken.seen = mixed(mixed(taken.seen, static_cast<std::uint64_t>(event.ending.outcome)),
                       static_cast<std::uint64_t>(event.ending.value));
    taken.seen = mixed(taken.seen, static_cast<std::uint64_t>(event.value));
  }
  taken.seen = mixed(taken.seen, situation.blocked.size());
  // Which steps commute hangs on it, so it has to be the same in every run.
  taken.seen = mixed(mixed(taken.seen, situation.told_unasked.size()), situation.touches_everything ? 1 : 0);
}

}  // namespace stalemate
