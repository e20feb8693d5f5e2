#include "check/search/search.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "check/search/search_memory.hpp"

namespace stalemate {

namespace {

/// A choice that can be taken back.
struct Step {
  std::uint32_t op;  // chosen, in Search's numbering
  ObjectState before;
  std::uint32_t first_before;  // Search::first_ before it
  std::uint32_t tried;         // how many choices had been tried before it at this point
  bool is_forced;              // nothing else needs to be tried
};

/// Ops that may never have happened and do the same, by invocation: which of them happened does not matter.
struct Alike {
  std::vector<std::uint32_t> ops;
  std::uint32_t done = 0;  // the first so many
};

/// The completed ops come first, then those that may never have happened; each sorted by invocation.
class Search {
 public:
  Search(std::span<const SearchOp> ops, ObjectStates& states, ObjectState initial, const SearchLimits& limits);
  SearchOutcome run();

 private:
  [[nodiscard]] Verdict find_order();
  [[nodiscard]] bool is_done(std::uint32_t completed_op) const {
    return (done_[completed_op / 64] >> completed_op % 64 & 1U) != 0;
  }
  void leave_out_unasked();
  void find_alike();
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
  std::vector<std::uint64_t> done_;      // bits by completed op
  std::vector<Alike> alike_;             // of the others, by when their first one began
  std::vector<std::uint32_t> alike_of_;  // by op, less completed_
  std::uint32_t first_ = 0;              // the first completed op not done
  std::uint32_t first_alike_ = 0;        // the first of alike_ not all done
  ObjectState state_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> longest_;     // the ops of the longest order so far
  std::size_t shared_ = 0;                 // so many of them are those of steps_
  std::vector<std::uint32_t> candidates_;  // ops that may be next
  std::vector<std::uint64_t> key_;         // scratch for remember
  SearchMemory memory_;
  SearchOutcome outcome_;
};

Search::Search(std::span<const SearchOp> ops, ObjectStates& states, ObjectState initial, const SearchLimits& limits)
    : ops_(ops.begin(), ops.end()), states_(states), limits_(limits), state_(initial) {
  leave_out_unasked();
  std::ranges::stable_sort(ops_, {},
                           [](const SearchOp& op) { return std::pair(op.completion_ns == never, op.invocation_ns); });
  completed_ = static_cast<std::uint32_t>(
      std::ranges::count_if(ops_, [](const SearchOp& op) { return op.completion_ns != never; }));
  done_.assign(completed_ / 64 + 1, 0);
  find_alike();
}

/// Writes that may not have happened, of values that no read returned and no cas expected: where there is an order with
/// one there is one without it. Where values are changed rather than replaced, anything may be asked for.
void Search::leave_out_unasked() {
  const auto changes = [](const SearchOp& op) { return op.kind == EventKind::append || op.kind == EventKind::add; };
  if (std::ranges::any_of(ops_, changes)) {
    return;
  }
  std::vector<ValueId> asked;
  for (const SearchOp& op : ops_) {
    if (op.kind != EventKind::write) {
      asked.push_back(op.kind == EventKind::read ? op.value : op.expected);
    }
  }
  std::ranges::sort(asked);
  std::erase_if(ops_, [&asked](const SearchOp& op) {
    return op.completion_ns == never && op.kind != EventKind::read && !std::ranges::binary_search(asked, op.value);
  });
}

void Search::find_alike() {
  std::map<std::tuple<EventKind, ValueId, ValueId>, std::uint32_t> numbers;
  for (std::uint32_t op = completed_; op < ops_.size(); ++op) {
    const auto [found, is_new] = numbers.try_emplace({ops_[op].kind, ops_[op].value, ops_[op].expected},
                                                     static_cast<std::uint32_t>(alike_.size()));
    if (is_new) {
      alike_.emplace_back();
    }
    alike_[found->second].ops.push_back(op);
    alike_of_.push_back(found->second);
  }
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
  for (std::size_t i = first_alike_; i < alike_.size(); ++i) {
    const Alike& alike = alike_[i];
    if (ops_[alike.ops.front()].invocation_ns > first_completion_ns) {
      break;
    }
    if (alike.done < alike.ops.size() && ops_[alike.ops[alike.done]].invocation_ns <= first_completion_ns) {
      candidates_.push_back(alike.ops[alike.done]);
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
  state_ = after;
  if (op >= completed_) {
    ++alike_[alike_of_[op - completed_]].done;
    while (first_alike_ < alike_.size() && alike_[first_alike_].done == alike_[first_alike_].ops.size()) {
      ++first_alike_;
    }
    return;
  }
  done_[op / 64] |= std::uint64_t{1} << op % 64;
  while (first_ < completed_ && is_done(first_)) {
    ++first_;
  }
}

/// Undoes the last choice; where to go on from there, or none if it was forced.
std::optional<std::uint32_t> Search::take_back() {
  const Step step = steps_.back();
  steps_.pop_back();
  shared_ = std::min(shared_, steps_.size());
  state_ = step.before;
  first_ = step.first_before;
  if (step.op >= completed_) {
    const std::uint32_t alike = alike_of_[step.op - completed_];
    --alike_[alike].done;
    first_alike_ = std::min(first_alike_, alike);
  } else {
    done_[step.op / 64] &= ~(std::uint64_t{1} << step.op % 64);
  }
  return step.is_forced ? std::nullopt : std::optional(step.tried + 1);
}

/// The pair of what is done and the state, short: what comes before the first that is not done goes without saying, and
/// so do words of zeros.
bool Search::remember() {
  key_.assign(1, std::uint64_t{first_} << 32U | state_);
  if (!alike_.empty()) {
    std::size_t alike_end = alike_.size();
    while (alike_end > first_alike_ && alike_[alike_end - 1].done == 0) {
      --alike_end;
    }
    key_.push_back(std::uint64_t{first_alike_} << 32U | alike_end);
    for (std::size_t i = first_alike_; i < alike_end; ++i) {
      key_.push_back(alike_[i].done);
    }
  }
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
  outcome_.reached_states_max = outcome_.states > limits_.states_max;
  return outcome_.reached_states_max || memory_.bytes() > limits_.bytes_max;
}

void Search::note_longest() {
  if (steps_.size() <= longest_.size() && outcome_.stuck) {
    return;
  }
  longest_.resize(shared_);
  for (; shared_ < steps_.size(); ++shared_) {
    longest_.push_back(steps_[shared_].op);
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
  outcome_.verdict = find_order();
  if (outcome_.verdict == Verdict::invalid) {
    for (const std::uint32_t op : longest_) {
      outcome_.longest.push_back(ops_[op].origin);
    }
  }
  return std::move(outcome_);
}

Verdict Search::find_order() {
  std::uint32_t tried = 0;
  while (first_ < completed_) {
    if (is_out_of_budget()) {
      return Verdict::unknown;
    }
    if (advance(tried)) {
      tried = 0;
      continue;
    }
    note_longest();
    std::optional<std::uint32_t> next;
    while (!next) {
      if (steps_.empty()) {
        return Verdict::invalid;
      }
      next = take_back();
    }
    tried = *next;
  }
  return Verdict::valid;
}

}  // namespace

SearchOutcome search_order(std::span<const SearchOp> ops, ObjectStates& states, ObjectState initial,
                           const SearchLimits& limits) {
  return Search(ops, states, initial, limits).run();
}

}  // namespace stalemate
