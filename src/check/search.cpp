#include "check/search.hpp"

#include <algorithm>

#include "check/search_memory.hpp"

namespace stalemate {

namespace {

/// A choice that can be taken back.
struct Step {
  std::uint32_t op;  // chosen, in Search's numbering
  ObjectState before;
  std::uint32_t first_before;  // Search::first_ before it
  std::uint32_t tried;         // how many choices had been tried before it at this place
  bool is_forced;              // nothing else needs to be tried
};

/// The completed ops come first, then those that may never have happened; each sorted by invocation.
class Search {
 public:
  Search(std::span<const SearchOp> ops, ObjectStates& states, ObjectState initial, const SearchLimits& limits);
  SearchOutcome run();

 private:
  /// The word that holds the op's bit.
  [[nodiscard]] std::uint64_t& word_of(std::uint32_t op) {
    return op < completed_ ? done_[op / 64] : perhaps_done_[(op - completed_) / 64];
  }
  [[nodiscard]] std::uint64_t bit_of(std::uint32_t op) const {
    return std::uint64_t{1} << ((op < completed_ ? op : op - completed_) % 64);
  }
  [[nodiscard]] bool is_done(std::uint32_t op) { return (word_of(op) & bit_of(op)) != 0; }
  void find_candidates();
  bool advance(std::uint32_t tried);
  void take(std::uint32_t op, ObjectState after, std::uint32_t tried, bool is_forced);
  std::optional<std::uint32_t> take_back();
  bool remember();
  [[nodiscard]] bool is_out_of_budget();
  void note_longest();

  std::vector<SearchOp> ops_;
  std::uint32_t completed_ = 0;  // how many of ops_ completed
  ObjectStates& states_;
  SearchLimits limits_;
  std::vector<std::uint64_t> done_;          // bits by completed op
  std::vector<std::uint64_t> perhaps_done_;  // bits by the others
  std::uint32_t first_ = 0;                  // the first completed op not done
  ObjectState state_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> candidates_;  // ops that may be next
  std::vector<std::uint64_t> key_;         // scratch for remember
  SearchMemory memory_;
  SearchOutcome outcome_;
  std::size_t longest_ = 0;
};

Search::Search(std::span<const SearchOp> ops, ObjectStates& states, ObjectState initial, const SearchLimits& limits)
    : ops_(ops.begin(), ops.end()), states_(states), limits_(limits), state_(initial) {
  std::ranges::stable_sort(ops_, {},
                           [](const SearchOp& op) { return std::pair(op.completion_ns == never, op.invocation_ns); });
  completed_ = static_cast<std::uint32_t>(
      std::ranges::count_if(ops_, [](const SearchOp& op) { return op.completion_ns != never; }));
  done_.assign(completed_ / 64 + 1, 0);
  perhaps_done_.assign((ops_.size() - completed_) / 64 + 1, 0);
}

/// Those not done that no op not done had completed before; reads first, then by completion, so that the likeliest
/// order is tried first.
void Search::find_candidates() {
  candidates_.clear();
  Nanoseconds first_completion_ns = never;
  for (std::uint32_t op = first_; op < completed_ && ops_[op].invocation_ns <= first_completion_ns; ++op) {
    if (!is_done(op)) {
      candidates_.push_back(op);
      first_completion_ns = std::min(first_completion_ns, ops_[op].completion_ns);
    }
  }
  std::erase_if(candidates_, [&](std::uint32_t op) { return ops_[op].invocation_ns > first_completion_ns; });
  std::ranges::sort(candidates_, {}, [this](std::uint32_t op) { return std::pair(ops_[op].completion_ns, op); });
  for (auto op = completed_; op < ops_.size() && ops_[op].invocation_ns <= first_completion_ns; ++op) {
    if (!is_done(op)) {
      candidates_.push_back(op);
    }
  }
}

/// Takes the next choice that leads somewhere new, leaving out the first `tried`; false if there is none.
bool Search::advance(std::uint32_t tried) {
  find_candidates();
  if (tried == 0) {
    for (const std::uint32_t op : candidates_) {
      if (ops_[op].kind == EventKind::read && states_.after(state_, ops_[op])) {
        take(op, state_, 0, true);
        return true;
      }
    }
  }
  for (; tried < candidates_.size(); ++tried) {
    const std::uint32_t op = candidates_[tried];
    const std::optional<ObjectState> after = states_.after(state_, ops_[op]);
    if (!after || ops_[op].kind == EventKind::read) {
      continue;
    }
    // One that may not have happened and changes nothing is as good as left out.
    if (op >= completed_ && *after == state_) {
      continue;
    }
    take(op, *after, tried, false);
    if (remember()) {
      return true;
    }
    (void)take_back();
  }
  return false;
}

void Search::take(std::uint32_t op, ObjectState after, std::uint32_t tried, bool is_forced) {
  steps_.push_back({op, state_, first_, tried, is_forced});
  word_of(op) |= bit_of(op);
  state_ = after;
  while (first_ < completed_ && is_done(first_)) {
    ++first_;
  }
}

/// Undoes the last choice; where to go on from there, or none if it was forced.
std::optional<std::uint32_t> Search::take_back() {
  const Step step = steps_.back();
  steps_.pop_back();
  word_of(step.op) &= ~bit_of(step.op);
  state_ = step.before;
  first_ = step.first_before;
  return step.is_forced ? std::nullopt : std::optional(step.tried + 1);
}

/// The pair of what is done and the state, short: done ops before first_ go without saying, and so do words of zeros.
bool Search::remember() {
  key_.assign(1, std::uint64_t{first_} << 32U | state_);
  key_.insert(key_.end(), perhaps_done_.begin(), perhaps_done_.end());
  const std::size_t first_word = first_ / 64;
  std::size_t last_word = done_.size();
  while (last_word > first_word && done_[last_word - 1] == 0) {
    --last_word;
  }
  key_.insert(key_.end(), done_.begin() + static_cast<std::ptrdiff_t>(first_word),
              done_.begin() + static_cast<std::ptrdiff_t>(last_word));
  return memory_.insert(key_);
}

bool Search::is_out_of_budget() {
  if (++outcome_.states % 4096 == 0 && limits_.should_stop != nullptr && *limits_.should_stop &&
      (*limits_.should_stop)()) {
    return true;
  }
  return outcome_.states > limits_.states_max || memory_.bytes() > limits_.bytes_max;
}

void Search::note_longest() {
  if (steps_.size() <= longest_ && outcome_.stuck) {
    return;
  }
  longest_ = steps_.size();
  outcome_.longest.clear();
  for (const Step& step : steps_) {
    outcome_.longest.push_back(ops_[step.op].origin);
  }
  outcome_.stuck_state = state_;
  // Of the ops that must follow, the one that ended first has to come next, or before one that changes the state.
  const auto stuck =
      std::ranges::min_element(candidates_, {}, [this](std::uint32_t op) { return ops_[op].completion_ns; });
  if (stuck != candidates_.end()) {
    outcome_.stuck = ops_[*stuck].origin;
  }
}

SearchOutcome Search::run() {
  std::uint32_t tried = 0;
  while (first_ < completed_) {
    if (is_out_of_budget()) {
      outcome_.verdict = Verdict::unknown;
      return outcome_;
    }
    if (advance(tried)) {
      tried = 0;
      continue;
    }
    note_longest();
    std::optional<std::uint32_t> next;
    while (!next) {
      if (steps_.empty()) {
        outcome_.verdict = Verdict::invalid;
        return outcome_;
      }
      next = take_back();
    }
    tried = *next;
  }
  outcome_.verdict = Verdict::valid;
  return outcome_;
}

}  // namespace

SearchOutcome search_order(std::span<const SearchOp> ops, ObjectStates& states, ObjectState initial,
                           const SearchLimits& limits) {
  return Search(ops, states, initial, limits).run();
}

}  // namespace stalemate
