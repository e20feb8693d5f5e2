#include "check/imported.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "check/words.hpp"

namespace stalemate {

namespace {

bool is_collection(const ValueTable& values, ValueId id) {
  if (values.kind(id) != ValueKind::form) {
    return false;
  }
  const std::string& text = values.text(id);
  return text.starts_with('[') || text.starts_with('{') || text.starts_with("#{");
}

/// Of a check that could not decide and was not asked to: it had nothing to judge, say.
constexpr std::string_view undecided = "undecided";

void withhold(CheckResult& result, const JudgedCheck& judged) {
  const bool was_decided = judged.verdict != name_of(Verdict::unknown) && judged.verdict != undecided;
  const std::string sentence = "The run that this file was exported from was judged " +
                               (was_decided ? judged.verdict : "unknown") + ", by more than the file holds.";
  CheckResult withheld{.name = result.name, .sample_of = result.sample_of};
  withheld.decides = judged.verdict != undecided;
  withheld.note = sentence;
  result = std::move(withheld);
}

/// The same verdict, though the file shows other violations than the run.
void withhold_figures(CheckResult& result, const JudgedCheck& judged) {
  result.note = "In the run that this file was exported from this check found " + std::to_string(judged.count) +
                ", by more than the file holds, so figures of the file alone are left out.";
  result.count = judged.count;
  result.worst.reset();
  result.figures.clear();
  result.distributions.clear();
  result.violations.clear();
  result.stale_reads.clear();
}

OpNames names_of_op(const HistoryHeader& header, const Op& op) {
  return {.client = words_of_client(header, op.client),
          .kind = std::string(name_of(op.kind)),
          .key = words_of_key(header, op.key),
          .value = op.value == absent ? "nil" : words_of_value(header, op.value)};
}

}  // namespace

std::optional<std::string> find_other_object(const EventHistory& events) {
  const auto is_change = [&events](const EventOp& op) {
    const bool sets = op.kind == EventKind::write || op.kind == EventKind::cas;
    return sets && (is_collection(events.values, op.value) || is_collection(events.values, op.expected));
  };
  if (is_collection(events.values, events.initial) || std::ranges::any_of(events.ops, is_change)) {
    return std::nullopt;
  }
  const auto read = std::ranges::find_if(events.ops, [&events](const EventOp& op) {
    return op.kind == EventKind::read && op.outcome == Outcome::ok && is_collection(events.values, op.value);
  });
  if (read == events.ops.end()) {
    return std::nullopt;
  }
  return "Op " + std::to_string(read->index) + ", a read, returned " + events.values.edn(read->value) +
         ", which no op wrote as a whole: what the file is about is a set, a list or a bank, and no register, counter "
         "or "
         "text, so nothing of it was judged.";
}

std::optional<std::string> find_earlier_value(const EventHistory& events, Model model) {
  if (events.has_initial || (model != Model::distinct_register && model != Model::cas_register)) {
    return std::nullopt;
  }
  std::set<std::pair<std::uint32_t, ValueId>> written;
  for (const EventOp& op : events.ops) {
    if (op.kind != EventKind::read) {
      written.emplace(op.key, op.value);
    }
  }
  const auto read = std::ranges::find_if(events.ops, [&](const EventOp& op) {
    const bool says_something = op.kind == EventKind::read && op.outcome == Outcome::ok && op.value != nil_value;
    return says_something && !written.contains({op.key, op.value});
  });
  if (read == events.ops.end()) {
    return std::nullopt;
  }
  const std::string value = events.values.edn(read->value);
  return "Op " + std::to_string(read->index) + ", a read, returned " + value +
         ", which no op of the file wrote, and the file does not say what was there at first: if every key held that, "
         "say so with --initial '" +
         value + "'.";
}

void name_ops(Report& report, const HistoryHeader& header) {
  report.is_imported = true;
  for (CheckResult& result : report.results) {
    for (Violation& violation : result.violations) {
      violation.key_name = words_of_key(header, violation.key);
      violation.names.clear();
      for (const Op& op : violation.ops) {
        violation.names.push_back(names_of_op(header, op));
      }
    }
  }
}

std::vector<JudgedCheck> verdicts_of(const Report& report) {
  std::vector<JudgedCheck> verdicts;
  for (const CheckResult& result : report.results) {
    const bool is_measure = !result.decides && result.verdict != Verdict::unknown;
    if (!is_measure) {
      verdicts.push_back({.name = result.name,
                          .verdict = std::string(result.decides ? name_of(result.verdict) : undecided),
                          .count = result.count});
    }
  }
  return verdicts;
}

void withhold_beyond(Report& report, std::span<const JudgedCheck> verdicts, const CheckOptions& options) {
  for (const JudgedCheck& judged : verdicts) {
    const bool is_wanted = options.only.empty() || std::ranges::find(options.only, judged.name) != options.only.end();
    if (!is_wanted) {
      continue;
    }
    const bool was_undecided = judged.verdict == undecided;
    const bool was_valid = judged.verdict == name_of(Verdict::valid);
    const auto found = std::ranges::find(report.results, judged.name, &CheckResult::name);
    if (found == report.results.end()) {
      if (!was_undecided && !was_valid) {
        CheckResult& result = report.results.emplace_back();
        result.name = judged.name;
        withhold(result, judged);
      }
      continue;
    }
    const bool says_the_same =
        was_undecided ? found->verdict == Verdict::unknown : name_of(found->verdict) == judged.verdict;
    const bool is_weaker = was_valid && found->verdict == Verdict::unknown;
    if (!says_the_same && !is_weaker) {
      withhold(*found, judged);
    } else if (says_the_same && found->verdict == Verdict::unknown) {
      found->decides = found->decides || !was_undecided;
    } else if (says_the_same && found->count != judged.count && options.clock_error_ns == 0) {
      withhold_figures(*found, judged);
    }
  }
  std::ranges::sort(report.results, {}, &CheckResult::name);
  report.verdict = verdict_of(report.results);
}

}  // namespace stalemate
