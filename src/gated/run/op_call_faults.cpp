// What a run's faults do to the calls of an application, and to what is recorded of them.
#include <algorithm>

#include "gated/backstage.hpp"
#include "gated/run/op_calls.hpp"
#include "wire/usual_answer.hpp"

namespace stalemate {

/// Of a call with several keys, the first hit decides.
CallHit OpCalls::hit_of(const GateCall& call, const std::vector<Sent>& sent) const {
  if (!watches_ || !faults_) {
    return {};
  }
  CallAtGate at_gate = {
      .store = is_cache_link(call.link) ? Store::cache : Store::database,
      .writes = call.request.writes,
      .can_be_skipped =
          !usual_answer(is_cache_link(call.link) ? Protocol::redis : Protocol::postgres, call.request).empty(),
      .at_ns = now_ns()};
  if (sent.empty() || is_of_no_entry(call.link, sent.front())) {
    return faults_(at_gate);
  }
  for (const Sent& one : sent) {
    at_gate.role = one.step.role;
    at_gate.key = one.key;
    at_gate.fault_draw = one.fault_draw;
    if (const CallHit hit = faults_(at_gate); hit.fault != no_fault) {
      return hit;
    }
  }
  return {};
}

/// Has the call's steps be what the gate makes of them.
void OpCalls::befall(const GateCall& call, const CallHit& hit, Call& kept) {
  if (hit.fault == no_fault) {
    return;
  }
  const CallTrouble& trouble = hit.trouble;
  kept.loses_reply = trouble.takes_effect && !trouble.answered;
  for (Sent& sent : kept.sent) {
    sent.step.fault = hit.fault;
    sent.step.start_ns += trouble.delay_ns;
    if (trouble.late_copies > 0 && sent.step.role == Role::update) {
      last_writes_.expect_copy(sent.key, sent.step.value);
    }
  }
  if (trouble.late_copies > 0) {
    Call& copy = copies_[call.id] = kept;
    for (Sent& sent : copy.sent) {
      sent.step.start_ns += trouble.late_ns;
    }
  }
  if (trouble.refused || is_skip(trouble)) {
    for (Sent& sent : kept.sent) {
      sent.step.outcome = Outcome::fail;
      sent.step.skipped = is_skip(trouble);
      sent.step.error = trouble.refused ? ErrorCode::refused_by_server : ErrorCode::none;
      // A call that took no time is one that was left out.
      sent.step.end_ns = sent.step.start_ns + (trouble.refused ? 1 : 0);
      ++counts_.told;
      emit(sent.step);
    }
    kept.sent.clear();
  }
}

void OpCalls::copy_answered(const GateCall& call, const StoreReply& reply) {
  const std::scoped_lock lock(mutex_);
  const auto found = copies_.find(call.id);
  if (found == copies_.end()) {
    return;
  }
  for (Sent& sent : found->second.sent) {
    Step& step = sent.step;
    const bool changes = step.command != Command::get && step.command != Command::read;
    if (!watches_ || !changes || is_of_no_entry(call.link, sent)) {
      continue;
    }
    step.end_ns = std::max(step.start_ns, now_ns());
    step.outcome = reply.is_error || reply.text == "(nil)" ? Outcome::fail : Outcome::ok;
    step.error = reply.is_error ? ErrorCode::refused_by_server : ErrorCode::none;
    ++counts_.told;
    emit(step);
  }
  copies_.erase(found);
}

void OpCalls::expect_outage(bool expected) {
  const std::scoped_lock lock(mutex_);
  outage_is_expected_ = expected;
}

std::set<std::string> OpCalls::entry_names() const {
  const std::scoped_lock lock(mutex_);
  return entries_;
}

Nanoseconds OpCalls::copies_due_in_ns() const {
  const std::scoped_lock lock(mutex_);
  Nanoseconds due_in_ns = 0;
  for (const auto& [id, copy] : copies_) {
    for (const Sent& sent : copy.sent) {
      due_in_ns = std::max(due_in_ns, sent.step.start_ns - now_ns());
    }
  }
  return due_in_ns;
}

}  // namespace stalemate
