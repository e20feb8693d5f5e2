#include "check/causes/causes.hpp"

#include <algorithm>
#include <utility>

namespace stalemate {

namespace {

constexpr std::size_t proof_steps_max = 8;

}  // namespace

struct CauseFinder::State {
  explicit State(const History& of_history) : history(of_history), finder(of_history) {
    for (const CauseInfo& cause : CauseRegistry::all()) {
      causes.push_back(&cause);
    }
    std::ranges::stable_sort(causes, {}, &CauseInfo::order);
  }

  const History& history;
  EvidenceFinder finder;
  std::vector<const CauseInfo*> causes = {};  // in the order in which they are asked
};

CauseFinder::CauseFinder(const History& history) : state_(std::make_unique<State>(history)) {}
CauseFinder::CauseFinder(CauseFinder&&) noexcept = default;
CauseFinder& CauseFinder::operator=(CauseFinder&&) noexcept = default;
CauseFinder::~CauseFinder() = default;

Explanation CauseFinder::explain(const StaleRead& stale) {
  return explain(stale.read, stale.newer_write);
}

Explanation CauseFinder::explain(OpIndex read, OpIndex newer_write) {
  Explanation explanation{.read = read, .newer_write = newer_write};
  const OpRecord* op = state_->history.find_op(read);
  if (op == nullptr || op->kind() != OpKind::read || op->outcome() != Outcome::ok) {
    return explanation;
  }
  const Evidence evidence = state_->finder.find(*op, newer_write);
  if (evidence.answer == nullptr) {
    return explanation;
  }
  explanation.filler = evidence.set == nullptr ? no_op : evidence.set->op();
  Steps proof;
  for (const CauseInfo* cause : state_->causes) {
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

std::vector<const CauseInfo*> causes_of(const History& history, std::span<const StaleRead> stale) {
  std::vector<const CauseInfo*> causes(stale.size(), nullptr);
  if (stale.empty()) {
    return causes;
  }
  CauseFinder finder(history);
  std::vector<std::pair<std::uint32_t, std::size_t>> by_key;
  for (std::size_t i = 0; i < stale.size(); ++i) {
    const OpRecord* op = history.find_op(stale[i].read);
    by_key.emplace_back(op == nullptr ? 0 : op->key().index, i);
  }
  std::ranges::sort(by_key);
  for (const auto& [key, i] : by_key) {
    causes[i] = finder.explain(stale[i]).cause;
  }
  return causes;
}

std::vector<CauseCount> count_causes(const History& history, std::span<const StaleRead> stale) {
  return count_causes(causes_of(history, stale));
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
