// The four session guarantees as one property: what an earlier op of a process wrote or read bounds a later op of that
// process. A later read may not return anything older; a later write may not be applied before it.
//
// Source: Terry et al., "Session guarantees for weakly consistent replicated data", PDIS 1994.
#pragma once

#include <algorithm>

#include "explore/chronicle.hpp"

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
  /// The chronicle, then for each op the values that bound it.
  [[nodiscard]] std::string start(const JudgedScope& scope) const override {
    std::string memory;
    Chronicle().append_to(memory);
    return memory + std::string(scope.ops.size(), '\0');
  }
  [[nodiscard]] bool observe(const JudgedScope& scope, std::string& memory, const JudgedEvent& event) const override {
    Chronicle chronicle = Chronicle::from(memory);
    chronicle.observe(scope, event);
    std::string bounds = memory.substr(Chronicle::bytes);
    bool holds = true;
    if (event.kind == JudgedEventKind::end) {
      holds = end_op(scope, chronicle, bounds, event);
    }
    for (std::size_t op = 0; op < scope.ops.size() && Later == OpKind::write; ++op) {
      holds = holds && (scope.ops[op].kind != OpKind::write || in_order(chronicle, scope.ops[op].value, bounds[op]));
    }
    memory.clear();
    chronicle.append_to(memory);
    memory += bounds;
    return holds;
  }

 private:
  static bool end_op(const JudgedScope& scope, const Chronicle& chronicle, std::string& bounds,
                     const JudgedEvent& event) {
    const ScopeOp& op = scope.ops[event.op];
    const bool told = event.ending.outcome == Outcome::ok;
    bool holds = true;
    if (op.kind == OpKind::read && Later == OpKind::read) {
      holds = !told || !chronicle.older_than_one_of(event.ending.value, static_cast<ValueMask>(bounds[event.op]));
      bounds[event.op] = 0;
    }
    const Value value = op.kind == OpKind::read ? event.ending.value : op.value;
    const bool bounds_later = told && op.kind == Earlier && value > 0 && value <= static_cast<Value>(writes_max);
    for (std::size_t later = event.op + 1U; bounds_later && later < scope.ops.size(); ++later) {
      if (scope.ops[later].process == op.process && scope.ops[later].kind == Later) {
        bounds[later] = static_cast<char>(static_cast<ValueMask>(bounds[later]) | value_bit(value));
      }
    }
    return holds;
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
