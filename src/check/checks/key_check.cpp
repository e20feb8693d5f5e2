#include "check/checks/key_check.hpp"

#include <algorithm>
#include <tuple>

#include "core/text/number_text.hpp"

namespace stalemate {

namespace {

/// A total order of suspects that does not depend on who found them.
auto order_of(const Suspect& suspect) {
  return std::tie(suspect.at_ns, suspect.key.index, suspect.ops);
}

}  // namespace

void Suspects::add(const Suspect& suspect) {
  if (!wants(suspect.at_ns)) {
    return;
  }
  const auto next = std::ranges::upper_bound(
      kept_, suspect, [](const Suspect& left, const Suspect& right) { return order_of(left) < order_of(right); });
  kept_.insert(next, suspect);
  if (kept_.size() > kept_max_) {
    kept_.pop_back();
  }
}

void Suspects::absorb(const Suspects& other) {
  for (const Suspect& suspect : other.kept_) {
    add(suspect);
  }
}

void Tally::absorb(const Tally& other) {
  suspects.absorb(other.suspects);
  count += other.count;
  sample += other.sample;
  unjudged += other.unjudged;
  outside += other.outside;
  worst = std::max(worst, other.worst);
}

std::vector<Op> ops_of(const Suspect& suspect, const Summary& summary) {
  std::vector<Op> ops;
  ops.reserve(suspect.op_count);
  for (std::size_t i = 0; i < suspect.op_count; ++i) {
    ops.push_back(to_op(summary.history.ops()[suspect.ops[i]]));
  }
  return ops;
}

Violation make_violation(const Suspect& suspect, std::vector<Op> ops, std::string sentence) {
  std::ranges::sort(ops, {}, [](const Op& op) { return std::pair(op.invocation_ns, op.index); });
  const auto repeated = std::ranges::unique(ops, {}, &Op::index);
  ops.erase(repeated.begin(), repeated.end());
  return {.key = suspect.key, .at_ns = suspect.at_ns, .ops = std::move(ops), .sentence = std::move(sentence)};
}

Distribution distribution_of(std::string name, Unit unit, const LatencyHistogram& histogram, FigureId id) {
  return {.id = id,
          .name = std::move(name),
          .unit = unit,
          .count = histogram.count(),
          .min = histogram.min_ns(),
          .p50 = histogram.quantile_ns(0.5),
          .p90 = histogram.quantile_ns(0.9),
          .p99 = histogram.quantile_ns(0.99),
          .max = histogram.max_ns()};
}

CheckResult result_without_times(std::string_view sample_of) {
  CheckResult result;
  result.decides = false;
  result.sample_of = sample_of;
  result.note = "The history has no times, which this check measures.";
  return result;
}

CheckResult result_of(const Tally& tally, std::string_view sample_of) {
  CheckResult result;
  result.verdict = tally.count > 0 ? Verdict::invalid : Verdict::valid;
  result.count = tally.count;
  result.sample = tally.sample;
  result.sample_of = sample_of;
  result.unjudged = tally.unjudged + tally.outside;
  return result;
}

namespace {

void add_sentence(std::string& note, const std::string& sentence) {
  note += (note.empty() ? "" : " ") + sentence;
}

std::string counted(std::uint64_t count, std::string_view plural) {
  return with_thousands(count) + " " + std::string(count == 1 ? plural.substr(0, plural.size() - 1) : plural);
}

}  // namespace

void judge_by_told_versions(CheckResult& result, const Tally& tally, const Summary& summary) {
  if (summary.versions_known || !summary.has_writes) {
    judge_by_versions(result, tally, summary);
    return;
  }
  result.note =
      "Judged where the history tells in which order the database applied the writes, and this one does not. It would "
      "if each write that was applied had a version: docs/history-format.md says how.";
  if (result.count == 0) {
    result.verdict = Verdict::unknown;
    result.decides = false;
    result.unjudged += result.sample;
    result.sample = 0;
  }
}

void judge_by_versions(CheckResult& result, const Tally& tally, const Summary& summary) {
  if (tally.outside > 0) {
    add_sentence(result.note, counted(tally.outside, result.sample_of) +
                                  " could not be judged, since the database never had the value (its write was lost, "
                                  "overtaken by a newer one, failed, or is not in the history).");
  }
  if (tally.unjudged == 0) {
    return;
  }
  if (!summary.versions_known) {
    add_sentence(result.note, "The history does not tell in which order the database applied the writes, and " +
                                  counted(tally.unjudged, result.sample_of) +
                                  " could not be judged by their times, for writes of one key overlapped.");
    if (result.verdict == Verdict::valid) {
      result.verdict = Verdict::unknown;
      // The zone test decides such a history alone: what is linearizable may have been fresh.
      result.decides = false;
    }
    return;
  }
  add_sentence(result.note, counted(tally.unjudged, result.sample_of) +
                                " could not be judged: the place of the value among the versions is not known.");
  if (result.verdict == Verdict::valid) {
    result.verdict = Verdict::unknown;
  }
}

}  // namespace stalemate
