// Checks of histories in general form: linearizability by the general search, key by key.

#include <algorithm>
#include <string>
#include <vector>

#include "check/check.hpp"
#include "check/imported.hpp"
#include "check/search/search_keys.hpp"
#include "check/words.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {

namespace {

/// Whether the op can matter for an order: a read that told something, or a change that may have happened.
bool may_matter(const EventOp& op) {
  return op.kind == EventKind::read ? op.outcome == Outcome::ok : op.outcome != Outcome::fail;
}

SearchOp search_op_of(const EventOp& op, std::uint32_t position, Nanoseconds clock_error_ns) {
  return {.invocation_ns = op.invocation - clock_error_ns,
          .completion_ns = op.completion == never ? never : op.completion + clock_error_ns,
          .kind = op.kind,
          .value = op.value,
          .expected = op.expected,
          .origin = position};
}

std::string words_of_event(const EventHistory& events, const EventOp& op) {
  std::string what = std::string(name_of(op.kind)) + " of " + events.values.edn(op.value);
  if (op.kind == EventKind::write && op.value == nil_value) {
    what = "delete";
  } else if (op.kind == EventKind::cas) {
    what = "cas from " + events.values.edn(op.expected) + " to " + events.values.edn(op.value);
  }
  return "process " + events.processes[op.process] + "'s " + what + " (op " + std::to_string(op.index) + ", " +
         words_of_interval(op.invocation, op.completion, events.timed) + ")";
}

/// An EventOp as far as an Op can tell it: kinds and values that it has no room for stay in the sentence.
Op plain_op(const EventOp& op) {
  return {.index = op.index,
          .key = Key{op.key},
          .client = static_cast<ClientId>(op.process),
          .kind = op.kind == EventKind::read  ? OpKind::read
                  : op.kind == EventKind::add ? OpKind::add
                                              : OpKind::write,
          .outcome = op.outcome,
          .error = op.error,
          .value = static_cast<Value>(op.value),
          .intended_ns = op.intended,
          .invocation_ns = op.invocation,
          .completion_ns = op.completion};
}

OpNames names_of_event(const EventHistory& events, const EventOp& op) {
  const std::string value = events.values.edn(op.value);
  return {.client = events.processes[op.process],
          .kind = std::string(name_of(op.kind)),
          .key = events.values.edn(events.keys[op.key]),
          .value = op.kind == EventKind::cas ? "[" + events.values.edn(op.expected) + " " + value + "]" : value};
}

Violation violation_of(const EventHistory& events, std::uint32_t key, const SearchOutcome& outcome,
                       const ObjectStates& states, std::size_t op_count) {
  Violation violation{.key = Key{key}, .key_name = events.values.edn(events.keys[key])};
  const EventOp& stuck = events.ops[outcome.stuck.value_or(0)];
  violation.at_ns = stuck.invocation;
  violation.ops.push_back(plain_op(stuck));
  violation.names.push_back(names_of_event(events, stuck));
  const bool is_keyed = events.keys[key] != nil_value;
  violation.sentence =
      "No order of the " + with_thousands(op_count) + " ops" +
      (is_keyed ? " of key " + events.values.edn(events.keys[key]) : std::string()) +
      ", each placed at one instant between its invocation and its completion, explains what all of them returned. The "
      "longest order found has " +
      with_thousands(outcome.longest.size()) + " of them and leaves the value " + states.words(outcome.stuck_state);
  // The last change in that order is what the stuck op disagrees with.
  const auto last = std::find_if(outcome.longest.rbegin(), outcome.longest.rend(), [&events](std::uint32_t position) {
    return events.ops[position].kind != EventKind::read;
  });
  if (last != outcome.longest.rend()) {
    violation.ops.insert(violation.ops.begin(), plain_op(events.ops[*last]));
    violation.names.insert(violation.names.begin(), names_of_event(events, events.ops[*last]));
    violation.sentence += ", which came from " + words_of_event(events, events.ops[*last]);
  }
  violation.sentence += ". Of the others, the one that ended first is " + words_of_event(events, stuck);
  if (stuck.kind == EventKind::read || stuck.kind == EventKind::cas) {
    const ValueId needed = stuck.kind == EventKind::cas ? stuck.expected : stuck.value;
    violation.sentence += ": nothing that may come before it leaves the value " + events.values.edn(needed);
  }
  violation.sentence += ".";
  return violation;
}

/// Positions of the ops of each key that can matter.
std::vector<std::vector<std::uint32_t>> positions_by_key(const EventHistory& events) {
  std::vector<std::vector<std::uint32_t>> positions(events.keys.size());
  for (std::size_t i = 0; i < events.ops.size(); ++i) {
    if (may_matter(events.ops[i])) {
      positions[events.ops[i].key].push_back(static_cast<std::uint32_t>(i));
    }
  }
  return positions;
}

/// What a key may have held at first. Where the file does not say, a text was empty or not there, a counter 0 or not
/// there.
std::vector<ObjectState> starts_of(const EventHistory& events, Model model, ObjectStates& states) {
  if (!events.has_initial && model == Model::kv) {
    return {states.empty_text(), nil_value};
  }
  if (!events.has_initial && model == Model::rmw_register) {
    return {states.zero(), nil_value};
  }
  return {events.initial};
}

/// From the first start from which there is an order, or else from the first of all.
SearchOutcome search_from(std::span<const ObjectState> starts, std::span<const SearchOp> ops, ObjectStates& states,
                          const SearchLimits& limits) {
  SearchOutcome first = search_order(ops, states, starts.front(), limits);
  for (const ObjectState start : starts.subspan(1)) {
    if (first.verdict == Verdict::invalid) {
      const SearchOutcome other = search_order(ops, states, start, limits);
      if (other.verdict != Verdict::invalid) {
        return other;
      }
    }
  }
  return first;
}

/// One key, whose violation is added to the result's.
SearchOutcome search_key(const EventHistory& events, std::uint32_t key, std::span<const std::uint32_t> positions,
                         Model model, const CheckOptions& options, std::uint64_t states_max, CheckResult& result) {
  ObjectStates states(events.values);
  std::vector<SearchOp> ops;
  for (const std::uint32_t position : positions) {
    ops.push_back(search_op_of(events.ops[position], position, options.clock_error_ns));
  }
  const std::vector<ObjectState> starts = starts_of(events, model, states);
  const SearchLimits limits{
      .states_max = states_max, .bytes_max = options.search_bytes_max, .should_stop = &options.should_stop};
  if (!states.understands(ops, starts.front())) {
    return {.has_meaning = false};
  }
  SearchOutcome outcome = search_from(starts, ops, states, limits);
  if (outcome.verdict == Verdict::invalid && result.violations.size() < options.violations_max) {
    result.violations.push_back(violation_of(events, key, outcome, states, ops.size()));
  }
  return outcome;
}

CheckResult search_all(const EventHistory& events, Model model, const CheckOptions& options) {
  CheckResult result;
  result.name = "linearizable";
  result.sample_of = "keys";
  const auto positions = positions_by_key(events);
  std::vector<std::uint32_t> keys;
  for (std::uint32_t key = 0; key < positions.size(); ++key) {
    if (!positions[key].empty()) {
      keys.push_back(key);
    }
  }
  const auto search = [&](std::uint32_t key, std::uint64_t states_max) {
    return search_key(events, key, positions[key], model, options, states_max, result);
  };
  const KeysSearched found = search_keys(keys, search, options);
  result.count = found.invalid;
  result.sample = found.valid + found.invalid;
  result.unjudged = found.given_up + found.left;
  std::ranges::stable_sort(result.violations, {}, &Violation::at_ns);
  // Ops that nobody answered say nothing against any order; no op at all is no history to pass.
  const bool is_unknown = found.given_up > 0 || events.ops.empty();
  result.verdict = result.count > 0 ? Verdict::invalid : is_unknown ? Verdict::unknown : Verdict::valid;
  result.figures.push_back({.name = std::string(keys_searched), .value = static_cast<double>(found.keys())});
  result.figures.push_back({.name = "states visited", .value = static_cast<double>(found.states)});
  result.note = words_of_undecided(found);
  return result;
}

/// Of a history whose objects, or whose beginning, no check understands.
void judge_nothing(Report& report, std::string why) {
  for (CheckResult& result : report.results) {
    result = CheckResult{.name = std::move(result.name), .sample_of = result.sample_of};
  }
  report.notes.push_back(std::move(why));
  report.verdict = Verdict::unknown;
}

/// What is missing may hold the ops that explain what is there, or others that nothing explains.
void judge_nothing_cut(Report& report) {
  for (CheckResult& result : report.results) {
    result.verdict = Verdict::unknown;
    result.note = "The history is cut, and the general search cannot tell what the missing part would explain.";
    result.violations.clear();
    result.count = 0;
  }
  report.verdict = Verdict::unknown;
}

/// By the general search.
Report search_report(const EventHistory& events, const CheckOptions& options, Model model) {
  Report report;
  report.is_timed = events.timed;
  report.is_imported = true;
  report.notes = events.notes;
  report.has_end_mark = events.has_end_mark;
  report.model = model;
  report.ops = events.ops.size();
  report.keys = events.keys.size();
  report.clock_error_ns = options.clock_error_ns;
  const bool is_wanted = options.only.empty() || std::ranges::find(options.only, "linearizable") != options.only.end();
  if (is_wanted) {
    report.results.push_back(search_all(events, model, options));
  }
  report.verdict = verdict_of(report.results);
  if (!events.facts.truncation.empty()) {
    judge_nothing_cut(report);
  }
  return report;
}

/// As a native history if it can be one, else by the general search.
Report judge_whole(const EventHistory& events, const CheckOptions& options, Model model) {
  if (model != Model::distinct_register) {
    return search_report(events, options, model);
  }
  const Result<History> history = to_history(events);
  if (!history) {
    Report report = search_report(events, options, model);
    report.notes.push_back("Only linearizable is judged, by the general search: " + history.error().detail + ".");
    return report;
  }
  Report report = check_all(*history, options);
  report.notes = events.notes;
  report.has_end_mark = events.has_end_mark;
  const bool has_adds = std::ranges::find(events.ops, EventKind::add, &EventOp::kind) != events.ops.end();
  if (has_adds && !events.facts.is_native) {
    report.notes.emplace_back(
        "Of the model register an add counts as a write of its value; where it adds to what is there, the model is "
        "rmw-register.");
  }
  return report;
}

/// With what may have held before it.
Report judge_excerpt(const EventHistory& excerpt, const CheckOptions& options, std::optional<Model> model) {
  EventHistory whole = with_what_came_before(excerpt, false);
  const Model used = model.value_or(guess_model(whole));
  if (used == Model::kv || used == Model::rmw_register) {
    Report report = search_report(excerpt, options, used);
    judge_nothing(report,
                  "Of an excerpt of appends or adds nothing can be judged: what its reads return depends on what held "
                  "before.");
    return report;
  }
  if (used == Model::cas_register) {
    whole = with_what_came_before(excerpt, true);
  }
  Report report = judge_whole(whole, options, used);
  report.ops = excerpt.ops.size();
  report.notes.push_back(
      used == Model::cas_register
          ? "What held before the excerpt is not known: whatever can be explained by it is taken to be right."
          : "What held before the excerpt is not known: whatever can be explained by it is taken to be right, but that "
            "no value was written twice; --model cas-register leaves that open too.");
  return report;
}

}  // namespace

Report check_all(const EventHistory& events, const CheckOptions& options, std::optional<Model> model) {
  const Model guessed = events.facts.is_native ? Model::distinct_register : guess_model(events);
  const Model used = model.value_or(guessed);
  if (std::optional<std::string> other = find_other_object(events)) {
    Report report = search_report({.timed = events.timed, .notes = events.notes}, options, used);
    report.ops = events.ops.size();
    report.keys = events.keys.size();
    judge_nothing(report, *std::move(other));
    return report;
  }
  Report report = events.facts.is_excerpt ? judge_excerpt(events, options, model) : judge_whole(events, options, used);
  withhold_beyond(report, events.facts.verdicts, options);
  if (report.verdict == Verdict::invalid) {
    if (std::optional<std::string> earlier = find_earlier_value(events, used)) {
      report.notes.push_back(*std::move(earlier));
    }
  }
  return report;
}

}  // namespace stalemate
