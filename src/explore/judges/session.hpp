// The four session guarantees as one property: what an earlier op of a process wrote or read bounds a later op of that
// process. A later read may not return anything older; a later write may not be applied before it.
//
// Source: Terry et al., "Session guarantees for weakly consistent replicated data", PDIS 1994.
#pragma once

#include <algorithm>

#include "explore/judges/open_reads.hpp"

namespace stalemate {

/// The guarantee between ops of kind `Earlier` and later ones of kind `Later` of one process. Only ops with outcome
/// `ok` bound later ones.
template <OpKind Earlier, OpKind Later>
class SessionJudge final : public Judge {
 public:
  [[nodiscard]] bool concerns(const Scope& scope) const override {
    return last_value_of(scope) > 0 && std::ranges::any_of(scope.processes, [](const ScopeProcess& process) {
             const auto place = std::ranges::find(process.ops, Earlier);
             return place != process.ops.end() && std::find(place + 1, process.ops.end(), Later) != process.ops.end();
           });
  }
  /// The chronicle, then for each op the values that bound it, then the reads that are open.
  [[nodiscard]] std::string start(const JudgedScope& scope) const override {
    std::string memory;
    Chronicle().append_to(memory);
    return memory + std::string(scope.ops.size(), '\0');
  }
  [[nodiscard]] bool observe(const JudgedScope& scope, std::string& memory, const JudgedEvent& event) const override {
    Chronicle chronicle = Chronicle::from(memory);
    chronicle.observe(scope, event);
    std::string bounds = memory.substr(Chronicle::bytes, scope.ops.size());
    OpenReads open = OpenReads::from(memory, Chronicle::bytes + scope.ops.size());
    bool holds = true;
    if (event.kind == JudgedEventKind::end) {
      if (Later == OpKind::read && scope.ops[event.op].kind == OpKind::read) {
        holds = event.ending.outcome != Outcome::ok ||
                open.add(chronicle, event.ending.value, static_cast<ValueMask>(bounds[event.op]));
        bounds[event.op] = 0;
      }
      bound_later_ops(scope, bounds, event);
    } else if (event.kind == JudgedEventKind::commit) {
      holds = open.settle(chronicle);
    }
    for (std::size_t op = 0; op < scope.ops.size() && Later == OpKind::write; ++op) {
      holds = holds && (scope.ops[op].kind != OpKind::write || in_order(chronicle, scope.ops[op].value, bounds[op]));
    }
    memory.clear();
    chronicle.append_to(memory);
    memory += bounds;
    open.append_to(memory);
    return holds;
  }
  [[nodiscard]] std::string trouble_at_rest(const JudgedScope& scope, const std::string& memory,
                                            const WorldTable& /*table*/, const World& /*world*/) const override {
    return trouble_of_open_reads(scope, memory);
  }
  [[nodiscard]] std::string trouble_at_rest(const JudgedScope& scope, const std::string& memory,
                                            const RestReads& /*reads*/, const Chronicle& /*writes*/) const override {
    return trouble_of_open_reads(scope, memory);
  }

 private:
  static std::string trouble_of_open_reads(const JudgedScope& scope, const std::string& memory) {
    return OpenReads::from(memory, Chronicle::bytes + scope.ops.size()).trouble_at_rest(Chronicle::from(memory));
  }
  static void bound_later_ops(const JudgedScope& scope, std::string& bounds, const JudgedEvent& event) {
    const ScopeOp& op = scope.ops[event.op];
    const Value value = op.kind == OpKind::read ? event.ending.value : op.value;
    const bool bounds_later = event.ending.outcome == Outcome::ok && op.kind == Earlier && value > 0 &&
                              value <= static_cast<Value>(writes_max);
    for (std::size_t later = event.op + 1U; bounds_later && later < scope.ops.size(); ++later) {
      if (scope.ops[later].process == op.process && scope.ops[later].kind == Later) {
        bounds[later] = static_cast<char>(static_cast<ValueMask>(bounds[later]) | value_bit(value));
      }
    }
  }
  static bool in_order(const Chronicle& chronicle, Value written, char bound) {
    for (Value earlier = 1; earlier <= static_cast<Value>(writes_max); ++earlier) {
      if ((static_cast<ValueMask>(bound) & value_bit(earlier)) != 0 && chronicle.applied_before(written, earlier)) {
        return false;
      }
    }
    return true;
  }
};

}  // namespace stalemate
