#include "check/causes/causes.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace stalemate {

namespace {

constexpr std::size_t proof_steps_max = 8;

}  // namespace

class CauseFinder::State {
 public:
  State(const History& history, const Crew& crew) : history_(history), crew_(crew) {
    for (const CauseInfo& cause : CauseRegistry::all()) {
      causes_.push_back(&cause);
    }
    std::ranges::stable_sort(causes_, {}, &CauseInfo::order);
  }

  /// One for each member of the crew.
  std::vector<EvidenceFinder>& finders() {
    if (!changes_) {
      changes_.emplace(history_, crew_);
      finders_ = std::vector<EvidenceFinder>(crew_.size, EvidenceFinder(history_, *changes_));
    }
    return finders_;
  }
  Explanation explain(EvidenceFinder& finder, OpIndex read, OpIndex newer_write) const;
  std::vector<const CauseInfo*> causes_of(std::span<const StaleRead> stale);

 private:
  const History& history_;
  Crew crew_;
  std::vector<const CauseInfo*> causes_ = {};  // in the order in which they are asked
  std::optional<KeyChanges> changes_ = {};
  std::vector<EvidenceFinder> finders_ = {};
};

CauseFinder::CauseFinder(const History& history, const Crew& crew) : state_(std::make_unique<State>(history, crew)) {}
CauseFinder::CauseFinder(CauseFinder&&) noexcept = default;
CauseFinder& CauseFinder::operator=(CauseFinder&&) noexcept = default;
CauseFinder::~CauseFinder() = default;

Explanation CauseFinder::explain(const StaleRead& stale) {
  return explain(stale.read, stale.newer_write);
}

Explanation CauseFinder::explain(OpIndex read, OpIndex newer_write) {
  return state_->explain(state_->finders().front(), read, newer_write);
}

std::vector<const CauseInfo*> CauseFinder::causes_of(std::span<const StaleRead> stale) {
  return state_->causes_of(stale);
}

Explanation CauseFinder::State::explain(EvidenceFinder& finder, OpIndex read, OpIndex newer_write) const {
  Explanation explanation{.read = read, .newer_write = newer_write};
  const OpRecord* op = history_.find_op(read);
  if (op == nullptr || op->kind() != OpKind::read || op->outcome() != Outcome::ok) {
    return explanation;
  }
  const Evidence evidence = finder.find(*op, newer_write);
  if (evidence.answer == nullptr) {
    return explanation;
  }
  explanation.filler = evidence.set == nullptr ? no_op : evidence.set->op();
  Steps proof;
  for (const CauseInfo* cause : causes_) {
    proof = cause->prove(evidence);
    if (!proof.empty()) {
      explanation.cause = cause;
      const std::string_view own = cause->conclude == nullptr ? std::string_view() : cause->conclude(evidence);
      explanation.conclusion = own.empty() ? cause->conclusion : own;
      proof.insert(proof.end(), evidence.copied.begin(), evidence.copied.end());
      break;
    }
  }
  for (const StepRecord* step : proof) {
    if (explanation.steps.size() < proof_steps_max) {
      explanation.steps.push_back(to_step(*step));
    }
  }
  std::ranges::stable_sort(explanation.steps, {}, &Step::start_ns);
  return explanation;
}

std::vector<const CauseInfo*> CauseFinder::State::causes_of(std::span<const StaleRead> stale) {
  std::vector<const CauseInfo*> causes(stale.size(), nullptr);
  if (stale.empty()) {
    return causes;
  }
  std::vector<std::pair<std::uint32_t, std::size_t>> by_key;
  for (std::size_t i = 0; i < stale.size(); ++i) {
    const OpRecord* op = history_.find_op(stale[i].read);
    by_key.emplace_back(op == nullptr ? 0 : op->key().index, i);
  }
  std::ranges::sort(by_key);
  std::vector<EvidenceFinder>& finders = this->finders();
  crew_([&](std::uint32_t member) {
    const std::size_t end = share_begin(by_key.size(), member + 1, crew_.size);
    for (std::size_t place = share_begin(by_key.size(), member, crew_.size); place < end; ++place) {
      const std::size_t i = by_key[place].second;
      causes[i] = explain(finders[member], stale[i].read, stale[i].newer_write).cause;
    }
  });
  return causes;
}

std::vector<CauseCount> count_causes(const History& history, std::span<const StaleRead> stale) {
  return count_causes(CauseFinder(history).causes_of(stale));
}

std::vector<CauseCount> count_causes(std::span<const CauseInfo* const> causes) {
  const std::span<const CauseInfo> known = CauseRegistry::all();
  std::vector<std::uint64_t> counts(known.size() + 1, 0);
  for (const CauseInfo* cause : causes) {
    ++counts[cause == nullptr ? known.size() : static_cast<std::size_t>(cause - known.data())];
  }
  std::vector<CauseCount> found;
  for (std::size_t cause = 0; cause < counts.size(); ++cause) {
    if (counts[cause] > 0) {
      found.push_back({cause == known.size() ? nullptr : &known[cause], counts[cause]});
    }
  }
  return found;
}

std::string_view name_of(const CauseInfo* cause) {
  return cause == nullptr ? "unexplained" : cause->name;
}

}  // namespace stalemate
