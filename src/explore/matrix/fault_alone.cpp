#include "explore/matrix/fault_alone.hpp"

#include <algorithm>

#include "explore/model/breadth_first.hpp"

namespace stalemate {
namespace {

/// A run with faults, and the run without faults that follows it. Before the first fault they are the same.
struct TwoRuns {
  MachineState with = {};
  MachineState without = {};
  JudgeMask settled = 0;  // judges whose property one of the two has violated: the pair says nothing more about it
  std::uint16_t zero = 0;
  friend bool operator==(const TwoRuns&, const TwoRuns&) = default;
};

// Far more than needed to end all ops and to empty all feeds of a scope.
constexpr int steps_to_the_end_max = 1000;

class TwoRunsWalker {
 public:
  using State = TwoRuns;

  explicit TwoRunsWalker(const MachineOptions& options) : machine_(options) {}

  [[nodiscard]] Machine& machine() { return machine_; }
  [[nodiscard]] State first() const { return {machine_.first(), machine_.first()}; }
  [[nodiscard]] static JudgeMask violated_in(const State& /*state*/) { return 0; }

  void expand(const State& state, std::vector<StepTo<State>>& steps) {
    steps.clear();
    machine_.expand(state.with, successors_);
    for (const Successor& next : successors_) {
      StepTo<State> step{{next.state, state.without, state.settled}, next.choice, 0};
      const JudgeMask seen = all_of(next.violated, next.state);
      JudgeMask seen_without = seen;
      if (state.with == state.without && next.choice.fault == 0) {
        step.state.without = next.state;
      } else {
        seen_without = follow(step.state.without, state.with, next);
      }
      step.violated = static_cast<JudgeMask>(seen & ~seen_without & ~state.settled & machine_.panel().sitting());
      if (step.violated != 0) {
        MachineState end = step.state.without;
        step.violated = static_cast<JudgeMask>(step.violated & ~bring_to_an_end(end, true));
      }
      settle(step.state, static_cast<JudgeMask>(seen | seen_without));
      if (step.violated != 0 || has_more_to_tell(step.state)) {
        steps.push_back(step);
      }
    }
  }

 private:
  [[nodiscard]] JudgeMask all_of(JudgeMask by_step, const MachineState& state) const {
    return static_cast<JudgeMask>(by_step | machine_.violated_at_rest(state));
  }

  void settle(TwoRuns& runs, JudgeMask seen) {
    runs.settled = static_cast<JudgeMask>(runs.settled | seen);
    if (runs.settled != 0) {
      runs.with.panel = machine_.panel().forget(runs.with.panel, runs.settled);
      runs.without.panel = machine_.panel().forget(runs.without.panel, runs.settled);
    }
  }

  /// False where no property is open, and where both runs are the same for good.
  [[nodiscard]] bool has_more_to_tell(const TwoRuns& runs) {
    MachineState unharmed = runs.with;
    unharmed.faults = 0;
    const bool differ = runs.with.faults < machine_.options().faults_max || unharmed != runs.without;
    return differ && (machine_.panel().sitting() & ~runs.settled) != 0;
  }

  /// Takes in `state` the step that `next` is from `other`, without a fault. What is violated on the way.
  JudgeMask follow(MachineState& state, const MachineState& other, const Successor& next) {
    switch (next.choice.kind) {
      case ChoiceKind::crash:
      case ChoiceKind::strike:
      case ChoiceKind::arrive: return 0;  // faults, and what only faults leave behind
      case ChoiceKind::change: return follow_change(state, other, next.choice);
      case ChoiceKind::act:
      case ChoiceKind::begin:
      case ChoiceKind::receive: break;
    }
    JudgeMask violated = 0;
    const bool begins = machine_.behaviour().node(state.at.at(next.choice.who)).kind == NodeKind::idle;
    if (machine_.options().one_after_another && begins && next.choice.who < machine_.behaviour().clients()) {
      violated = bring_to_an_end(state, false);
    }
    const bool gives_up = machine_.gives_up(other, next.choice);
    machine_.expand_faultless(state, next.choice.who, possible_);
    std::erase_if(possible_, [&](const Successor& step) { return !gives_up && machine_.gives_up(state, step.choice); });
    const auto alike = std::ranges::find_if(
        possible_, [&](const Successor& step) { return step.choice.variant == next.choice.variant; });
    if (!possible_.empty()) {
      const Successor taken = alike == possible_.end() ? possible_.front() : *alike;
      state = taken.state;
      violated = static_cast<JudgeMask>(violated | all_of(taken.violated, state));
    }
    return violated;
  }

  JudgeMask follow_change(MachineState& state, const MachineState& other, const Choice& choice) {
    const std::string words = machine_.changes(other.world, Machine::by_itself)[choice.variant].words;
    const std::span<const WorldChange> possible = machine_.changes(state.world, Machine::by_itself);
    const auto same = std::ranges::find(possible, words, &WorldChange::words);
    if (same == possible.end()) {
      return 0;
    }
    state.world = same->world;
    return machine_.violated_at_rest(state);
  }

  /// Ends the ops under way, client by client, and with `feeds` also the work of the background processes. Returns what
  /// is violated on the way.
  JudgeMask bring_to_an_end(MachineState& state, bool feeds) {
    JudgeMask violated = 0;
    for (int steps = 0; steps < steps_to_the_end_max; ++steps) {
      std::optional<Successor> next = next_to_the_end(state, feeds, true);
      if (!next) {
        next = next_to_the_end(state, feeds, false);
      }
      if (!next) {
        return violated;
      }
      state = next->state;
      violated = static_cast<JudgeMask>(violated | all_of(next->violated, state));
    }
    return violated;
  }

  /// With `patient` no step that gives up waiting for what another process holds.
  std::optional<Successor> next_to_the_end(const MachineState& state, bool feeds, bool patient) {
    const std::size_t processes = feeds ? machine_.behaviour().processes() : machine_.behaviour().clients();
    for (std::size_t process = 0; process < processes; ++process) {
      if (process < machine_.behaviour().clients() && !machine_.is_in_op(state, process)) {
        continue;
      }
      machine_.expand_faultless(state, static_cast<std::uint8_t>(process), possible_);
      for (const Successor& step : possible_) {
        if (!patient || !machine_.gives_up(state, step.choice)) {
          return step;
        }
      }
    }
    return std::nullopt;
  }

  Machine machine_;
  std::vector<Successor> successors_ = {};
  std::vector<Successor> possible_ = {};
};

}  // namespace

SearchResult search_fault_alone(const MachineOptions& options, const ExploreLimits& limits, const StepBounds& bounds) {
  ExploreLimits of_pairs = limits;
  of_pairs.states_max = limits.pairs_max;
  return BreadthFirst<TwoRunsWalker>(options, of_pairs, bounds).run();
}

}  // namespace stalemate
