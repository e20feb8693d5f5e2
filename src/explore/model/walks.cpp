#include "explore/model/walks.hpp"

#include <algorithm>
#include <new>

#include "core/random.hpp"

namespace stalemate {
namespace {

constexpr std::size_t steps_max = 1000;    // of a run; a pattern that goes on for longer is cut off
constexpr std::uint32_t usual_steps = 40;  // where changes of priority are drawn from
constexpr std::size_t stores_actor = processes_max;

std::size_t actor_of(const Choice& choice) {
  const bool process = choice.kind == ChoiceKind::act || choice.kind == ChoiceKind::begin ||
                       choice.kind == ChoiceKind::receive || choice.kind == ChoiceKind::crash;
  return process ? choice.who : stores_actor;
}

/// Draws the next step of one run after another.
class Lots {
 public:
  explicit Lots(const WalkOptions& walks) : walks_(walks), random_(walks.seed) {}

  void begin_run() {
    step_ = 0;
    for (std::uint64_t& priority : priorities_) {
      priority = random_.draw() | 1ULL << 63U;  // above those given at changes
    }
    changes_.clear();
    for (std::uint32_t change = 1; change < walks_.depth; ++change) {
      changes_.push_back(random_.draw_below(usual_steps));
    }
  }
  const Successor& draw(const std::vector<Successor>& successors) {
    if (walks_.depth == 0) {
      return successors[random_.draw_below(static_cast<std::uint32_t>(successors.size()))];
    }
    std::size_t best = highest(successors);
    if (const auto change = std::ranges::find(changes_, step_); change != changes_.end()) {
      priorities_.at(best) = static_cast<std::uint64_t>(change - changes_.begin());
      best = highest(successors);
    }
    ++step_;
    std::vector<const Successor*> own;
    for (const Successor& successor : successors) {
      if (actor_of(successor.choice) == best) {
        own.push_back(&successor);
      }
    }
    return *own[random_.draw_below(static_cast<std::uint32_t>(own.size()))];
  }

 private:
  [[nodiscard]] std::size_t highest(const std::vector<Successor>& successors) const {
    return actor_of(std::ranges::max_element(successors, {}, [this](const Successor& successor) {
                      return priorities_.at(actor_of(successor.choice));
                    })->choice);
  }

  WalkOptions walks_;
  SeededRandom random_;
  std::uint32_t step_ = 0;
  std::array<std::uint64_t, processes_max + 1> priorities_ = {};
  std::vector<std::uint32_t> changes_ = {};
};

SearchEnd walk(Machine& machine, const WalkOptions& walks, SearchResult& result) {
  Lots lots(walks);
  std::vector<Successor> successors;
  for (std::uint64_t run = 0; run < walks.runs && machine.panel().sitting() != 0 && !machine.overflowed(); ++run) {
    if (walks.is_stopped && walks.is_stopped()) {
      return SearchEnd::stopped;
    }
    lots.begin_run();
    MachineState state = machine.first();
    std::vector<Choice> choices;
    while (choices.size() < steps_max && machine.panel().sitting() != 0) {
      machine.expand(state, successors);
      if (successors.empty()) {
        break;
      }
      const Successor chosen = lots.draw(successors);
      choices.push_back(chosen.choice);
      state = chosen.state;
      ++result.states;
      const auto violated =
          static_cast<JudgeMask>((chosen.violated | machine.violated_at_rest(state)) & machine.panel().sitting());
      result.trace_hash = mixed(result.trace_hash, static_cast<std::uint64_t>(state.world) << 32U | state.panel);
      const std::span<const JudgeInfo* const> judges = machine.panel().judges();
      for (std::size_t judge = 0; judge < judges.size(); ++judge) {
        if ((violated >> judge & 1U) != 0) {
          result.violations.push_back({judges[judge], choices});
        }
      }
      if (violated != 0) {
        machine.panel().dismiss(violated);
      }
    }
  }
  return machine.panel().sitting() == 0 ? SearchEnd::complete
         : machine.overflowed()         ? SearchEnd::bounds
                                        : SearchEnd::runs_over;
}

}  // namespace

SearchResult random_search(const MachineOptions& options, const WalkOptions& walks) {
  Machine machine(options);
  SearchResult result;
  try {
    result.end = walk(machine, walks, result);
  } catch (const std::bad_alloc&) {
    result.end = SearchEnd::out_of_memory;
  }
  result.transitions = result.states;
  result.bytes = machine.bytes();
  result.complete = result.end == SearchEnd::complete;
  return result;
}

}  // namespace stalemate
