// The explorer's slow twin: every path, one by one, with no memory of states.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "explore/model/machine.hpp"

namespace stalemate::testing_explore {

/// The fewest steps to a violation of each judge, by its name; no entry: none within `steps_max` steps.
class Naive {
 public:
  explicit Naive(const MachineOptions& options) : machine_(options) {}

  /// Iterative deepening, so that the first violation met is a shortest one.
  std::map<std::string, std::size_t> run(std::size_t steps_max) {
    note(machine_.violated_at_rest(machine_.first()), 0);
    for (std::size_t depth = 1; depth <= steps_max && machine_.panel().sitting() != 0 && (depth == 1 || cut_off_);
         ++depth) {
      cut_off_ = false;
      walk(machine_.first(), 0, depth);
    }
    return lengths_;
  }
  /// True if every path came to its end within the steps of the last run.
  [[nodiscard]] bool exhausted() const { return !cut_off_; }
  /// How many states all paths lead through.
  std::size_t distinct_states() {
    std::vector<MachineState> met;
    gather(machine_.first(), met);
    return met.size();
  }

 private:
  void note(JudgeMask violated, std::size_t steps) {
    const auto judges = machine_.panel().judges();
    for (std::size_t judge = 0; judge < judges.size(); ++judge) {
      if ((violated >> judge & 1U) != 0) {
        lengths_.try_emplace(std::string(judges[judge]->name), steps);
      }
    }
  }
  void walk(const MachineState& state, std::size_t steps, std::size_t depth) {
    std::vector<Successor> successors;
    machine_.expand(state, successors);
    if (steps == depth) {
      cut_off_ = cut_off_ || !successors.empty();
      return;
    }
    for (const Successor& successor : successors) {
      note(static_cast<JudgeMask>(successor.violated | machine_.violated_at_rest(successor.state)), steps + 1);
      walk(successor.state, steps + 1, depth);
    }
  }

  void gather(const MachineState& state, std::vector<MachineState>& met) {
    if (std::ranges::find(met, state) != met.end()) {
      return;
    }
    met.push_back(state);
    std::vector<Successor> successors;
    machine_.expand(state, successors);
    for (const Successor& successor : successors) {
      gather(successor.state, met);
    }
  }

  Machine machine_;
  std::map<std::string, std::size_t> lengths_ = {};
  bool cut_off_ = false;
};

}  // namespace stalemate::testing_explore
