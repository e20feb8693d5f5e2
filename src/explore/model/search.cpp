#include "explore/model/search.hpp"

#include "explore/model/breadth_first.hpp"

namespace stalemate {
namespace {

/// One run.
class OneRun {
 public:
  using State = MachineState;

  explicit OneRun(const MachineOptions& options) : machine_(options) {}

  [[nodiscard]] Machine& machine() { return machine_; }
  [[nodiscard]] State first() const { return machine_.first(); }
  [[nodiscard]] JudgeMask violated_in(const State& state) const { return machine_.violated_at_rest(state); }
  void expand(const State& state, std::vector<Successor>& steps) { machine_.expand(state, steps); }

 private:
  Machine machine_;
};

}  // namespace

SearchResult search(const MachineOptions& options, const ExploreLimits& limits, const StepBounds& bounds) {
  return BreadthFirst<OneRun>(options, limits, bounds).run();
}

}  // namespace stalemate
