#include "explore/search.hpp"

#include <algorithm>
#include <new>

#include "explore/state_set.hpp"

namespace stalemate {
namespace {

class BreadthFirst {
 public:
  BreadthFirst(const MachineOptions& options, const ExploreLimits& limits) : machine_(options), limits_(limits) {}

  SearchResult run() {
    try {
      result_.end = meet_states();
    } catch (const std::bad_alloc&) {
      result_.end = SearchEnd::out_of_memory;
    }
    result_.complete = result_.end == SearchEnd::complete;
    result_.states = states_.size();
    result_.bytes = states_.bytes() + machine_.bytes();
    return std::move(result_);
  }

 private:
  SearchEnd meet_states() {
    (void)states_.add(machine_.first(), StateSet::no_parent, {});
    note(machine_.violated_at_rest(machine_.first()), 0, nullptr);
    std::vector<Successor> successors;
    SearchEnd end = SearchEnd::complete;
    std::uint32_t next = 0;
    for (; next < states_.size() && !is_decided() && end == SearchEnd::complete; ++next) {
      const MachineState state = states_.state(next);
      machine_.expand(state, successors);
      for (const Successor& successor : successors) {
        visit(next, successor);
      }
      end = limit_passed(next);
    }
    const bool complete = is_decided() || (next == states_.size() && !machine_.overflowed());
    return complete ? SearchEnd::complete : end;
  }

  [[nodiscard]] SearchEnd limit_passed(std::uint32_t expanded) const {
    if (machine_.overflowed()) {
      return SearchEnd::bounds;
    }
    if (states_.size() >= limits_.states_max) {
      return SearchEnd::states_max;
    }
    if (expanded % 4096 != 0) {
      return SearchEnd::complete;
    }
    if (limits_.is_stopped && limits_.is_stopped()) {
      return SearchEnd::stopped;
    }
    return states_.bytes() + machine_.bytes() < limits_.bytes_max ? SearchEnd::complete : SearchEnd::bytes_max;
  }

  [[nodiscard]] bool is_decided() { return !limits_.exhaust && machine_.panel().sitting() == 0; }

  void visit(std::uint32_t from, const Successor& successor) {
    ++result_.transitions;
    note(successor.violated, from, &successor);
    const StateSet::Added added = states_.add(successor.state, from, successor.choice);
    result_.trace_hash = mixed(result_.trace_hash, static_cast<std::uint64_t>(from) << 32U | added.id);
    if (added.is_new) {
      note(machine_.violated_at_rest(successor.state), added.id, nullptr);
    }
  }

  /// `step` leads from state `id` to the violation; nullptr: the state itself is it.
  void note(JudgeMask violated, std::uint32_t id, const Successor* step) {
    violated = static_cast<JudgeMask>(violated & machine_.panel().sitting() & ~found_);
    if (violated == 0) {
      return;
    }
    std::vector<Choice> choices;
    if (step != nullptr) {
      choices.push_back(step->choice);
    }
    for (; states_.parent(id) != StateSet::no_parent; id = states_.parent(id)) {
      choices.push_back(states_.choice(id));
    }
    std::ranges::reverse(choices);
    const std::span<const JudgeInfo* const> judges = machine_.panel().judges();
    for (std::size_t judge = 0; judge < judges.size(); ++judge) {
      if ((violated >> judge & 1U) != 0) {
        result_.violations.push_back({judges[judge], choices});
      }
    }
    found_ = static_cast<JudgeMask>(found_ | violated);
    if (!limits_.exhaust) {
      machine_.panel().dismiss(violated);
    }
  }

  Machine machine_;
  ExploreLimits limits_;
  StateSet states_;
  SearchResult result_;
  JudgeMask found_ = 0;
};

}  // namespace

SearchResult search(const MachineOptions& options, const ExploreLimits& limits) {
  return BreadthFirst(options, limits).run();
}

}  // namespace stalemate
