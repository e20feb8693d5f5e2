#include "explore/application/run_judging.hpp"

#include "explore/chronicle.hpp"

namespace stalemate {

std::optional<RunViolation> violation_in(std::span<const TakenStep> run, const Scope& scope, const JudgeInfo& judge) {
  const JudgedScope judged{scope, ops_of(scope)};
  std::string memory = judge.instance().start(judged);
  Chronicle writes;
  for (std::size_t step = 0; step < run.size(); ++step) {
    for (const JudgedEvent& event : run[step].events) {
      writes.observe(judged, event);
      if (!judge.instance().observe(judged, memory, event)) {
        return RunViolation{step, {}};
      }
    }
    if (run[step].reads) {
      std::string trouble = judge.instance().trouble_at_rest(judged, memory, *run[step].reads, writes);
      if (!trouble.empty()) {
        return RunViolation{step, std::move(trouble)};
      }
    }
  }
  return std::nullopt;
}

StrangeReads strange_reads_in(std::span<const TakenStep> run, const Scope& scope) {
  const std::vector<ScopeOp> ops = ops_of(scope);
  StrangeReads strange;
  const auto note = [&](Value value) {
    strange.foreign += value == foreign_value ? 1 : 0;
    strange.missing += value == absent ? 1 : 0;
  };
  for (const TakenStep& step : run) {
    for (const JudgedEvent& event : step.events) {
      if (event.kind == JudgedEventKind::end && event.ending.outcome == Outcome::ok &&
          ops[event.op].kind == OpKind::read) {
        note(event.ending.value);
      }
    }
    for (const std::optional<Value>& value :
         step.reads ? step.reads->by_instance : std::vector<std::optional<Value>>()) {
      note(value.value_or(0));
    }
  }
  return strange;
}

}  // namespace stalemate
