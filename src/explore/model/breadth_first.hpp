// Breadth-first search over states: those of one run, or of two runs that are compared.
#pragma once

#include <algorithm>
#include <new>
#include <utility>

#include "explore/model/search.hpp"
#include "explore/model/state_set.hpp"

namespace stalemate {

/// `Walker` has a type State; `first()`; `expand(state, steps)`, which fills a vector with every step that can follow,
/// in a fixed order; `violated_in(state)`, the judges that see trouble in a state by itself; and `machine()`, on whose
/// panel the judges sit.
template <class Walker>
class BreadthFirst {
 public:
  BreadthFirst(const MachineOptions& options, const ExploreLimits& limits, const StepBounds& bounds)
      : walker_(options), limits_(limits), bounds_(bounds) {}

  SearchResult run() {
    try {
      result_.end = meet_states();
    } catch (const std::bad_alloc&) {
      result_.end = SearchEnd::out_of_memory;
    }
    result_.complete = result_.end == SearchEnd::complete;
    for (std::size_t judge = 0; !result_.complete && judge < machine().panel().judges().size(); ++judge) {
      if ((machine().panel().sitting() >> judge & 1U) != 0) {
        result_.open.push_back(machine().panel().judges()[judge]);
      }
    }
    result_.steps_searched = distance_;
    result_.states = states_.size();
    result_.bytes = states_.bytes() + machine().bytes();
    return std::move(result_);
  }

 private:
  using State = typename Walker::State;
  using Step = StepTo<State>;
  using States = StateSet<State>;

  SearchEnd meet_states() {
    (void)states_.add(walker_.first(), States::no_parent, {});
    note(walker_.violated_in(walker_.first()), 0, nullptr);
    give_up_beyond(0);
    std::vector<Step> steps;
    SearchEnd end = SearchEnd::complete;
    std::size_t farther = 1;  // where the states begin that are farther away
    std::uint32_t next = 0;
    for (; next < states_.size() && !is_decided() && end == SearchEnd::complete; ++next) {
      if (next == farther) {
        farther = states_.size();
        give_up_beyond(++distance_);
      }
      const State state = states_.state(next);
      walker_.expand(state, steps);
      for (const Step& step : steps) {
        visit(next, step);
      }
      end = limit_passed(next);
    }
    const bool complete = is_decided() || (next == states_.size() && !machine().overflowed());
    return complete ? SearchEnd::complete : end;
  }

  /// Ignores from now on the judges whose violations may have at most `distance` steps.
  void give_up_beyond(std::size_t distance) {
    unsigned mask = 0;
    for (std::size_t judge = 0; judge < bounds_.size(); ++judge) {
      mask |= bounds_[judge] <= distance ? 1U << judge : 0U;
    }
    mask &= machine().panel().sitting();
    if (mask != 0) {
      machine().panel().dismiss(static_cast<JudgeMask>(mask));
    }
  }

  [[nodiscard]] SearchEnd limit_passed(std::uint32_t expanded) {
    if (machine().overflowed()) {
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
    return states_.bytes() + machine().bytes() < limits_.bytes_max ? SearchEnd::complete : SearchEnd::bytes_max;
  }

  [[nodiscard]] bool is_decided() { return !limits_.exhaust && machine().panel().sitting() == 0; }

  void visit(std::uint32_t from, const Step& step) {
    ++result_.transitions;
    note(step.violated, from, &step);
    const typename States::Added added = states_.add(step.state, from, step.choice);
    result_.trace_hash = mixed(result_.trace_hash, static_cast<std::uint64_t>(from) << 32U | added.id);
    if (added.is_new) {
      note(walker_.violated_in(step.state), added.id, nullptr);
    }
  }

  /// `step` leads from state `id` to the violation; nullptr: the state itself is it.
  void note(JudgeMask violated, std::uint32_t id, const Step* step) {
    violated = static_cast<JudgeMask>(violated & machine().panel().sitting() & ~found_);
    if (violated == 0) {
      return;
    }
    std::vector<Choice> choices;
    if (step != nullptr) {
      choices.push_back(step->choice);
    }
    for (; states_.parent(id) != States::no_parent; id = states_.parent(id)) {
      choices.push_back(states_.choice(id));
    }
    std::ranges::reverse(choices);
    const std::span<const JudgeInfo* const> judges = machine().panel().judges();
    for (std::size_t judge = 0; judge < judges.size(); ++judge) {
      if ((violated >> judge & 1U) != 0) {
        result_.violations.push_back({judges[judge], choices});
      }
    }
    found_ = static_cast<JudgeMask>(found_ | violated);
    if (!limits_.exhaust) {
      machine().panel().dismiss(violated);
    }
  }

  [[nodiscard]] Machine& machine() { return walker_.machine(); }

  Walker walker_;
  ExploreLimits limits_;
  StepBounds bounds_;
  States states_;
  SearchResult result_;
  std::size_t distance_ = 0;  // from the first state, in steps, of the state that is expanded
  JudgeMask found_ = 0;
};

}  // namespace stalemate
