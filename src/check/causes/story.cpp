#include "check/causes/story.hpp"

#include <algorithm>
#include <vector>

#include "check/words.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

bool is_cache(Store store) {
  return store == Store::cache || store == Store::local;
}

/// What became of a step: "ok, version 55", "skipped by the fault skip", "refused", "failed: timed_out", "outcome
/// unknown: timed_out, because of the fault lost-reply".
std::string words_of_outcome(const HistoryHeader& header, const Step& step) {
  const std::string fault =
      step.fault != no_fault && step.fault < header.fault_names.size() ? header.fault_names[step.fault] : std::string();
  if (step.outcome == Outcome::fail && step.error == ErrorCode::none) {
    return step.skipped ? "skipped by the fault " + fault : "refused";
  }
  if (step.outcome != Outcome::ok) {
    return (step.outcome == Outcome::fail ? "failed: " : "outcome unknown: ") + std::string(name_of(step.error)) +
           (fault.empty() ? "" : ", because of the fault " + fault);
  }
  const std::string after = fault.empty() ? "" : ", after the fault " + fault;
  if (step.version != unknown_version) {
    return (is_cache(step.store) ? "ok, stamp " : "ok, version ") + std::to_string(step.version) + after;
  }
  return "ok" + after;
}

/// What the step was: "db.update", or, where the cache ran a command of ours, "cache.lease-set".
std::string call_of(const HistoryHeader& header, const Step& step) {
  const bool is_named = step.cache_command != 0 && step.cache_command < header.cache_commands.size();
  return std::string(name_of(step.store)) + "." +
         (is_named ? header.cache_commands[step.cache_command].name : std::string(name_of(step.command)));
}

/// Whether it removed a copy because the cache had pushed the key's name.
bool is_pushed(const History& history, const Step& step) {
  const OpRecord* op = history.find_op(step.op);
  return step.store == Store::local && step.command == Command::erase && op != nullptr &&
         op->kind() == OpKind::background;
}

/// "db.update 1010: ok, version 55", "cache.get: 1007", "cache.lease-get: ok, stamp 17", "push, local.delete: ok".
std::string words_of_step(const History& history, const Step& step) {
  const HistoryHeader& header = history.header;
  if (is_pushed(history, step)) {
    return "push, " + call_of(header, step) + ": " + words_of_outcome(header, step);
  }
  const std::string call = call_of(header, step);
  const bool asks = step.command == Command::read || step.command == Command::get;
  if (asks && step.outcome == Outcome::ok) {
    const std::string none = step.command == Command::read ? "no row" : step.cache_command == 0 ? "a miss" : "ok";
    const std::string stamp =
        is_cache(step.store) && step.version != unknown_version ? ", stamp " + std::to_string(step.version) : "";
    return call + ": " + (step.value == absent ? none : words_of_value(header, step.value)) + stamp;
  }
  const std::string value = step.command == Command::write || step.command == Command::set
                                ? " " + words_of_value(header, step.value)
                                : std::string();
  return call + value + ": " + words_of_outcome(header, step);
}

std::string_view conclusion_of(const Explanation& explanation) {
  return explanation.cause == nullptr ? "The recorded steps do not prove how it came about." : explanation.conclusion;
}

/// Which faults of the run had a hand in it; empty: none that the lines above do not name as the reason.
std::string words_of_faults(const History& history, const Explanation& explanation) {
  const HistoryHeader& header = history.header;
  std::vector<std::string> told;
  for (const Step& step : explanation.steps) {
    if (step.fault == no_fault || step.fault >= header.fault_names.size() || step.skipped) {
      continue;
    }
    std::string words =
        " The fault " + header.fault_names[step.fault] + " of this run hit that " + call_of(header, step) + ".";
    if (std::ranges::find(told, words) == told.end()) {
      told.push_back(std::move(words));
    }
  }
  const OpRecord* newer = history.find_op(explanation.newer_write);
  const bool has_crashes = std::ranges::find(header.fault_names, "crash") != header.fault_names.end();
  if (newer != nullptr && newer->error() == ErrorCode::cancelled && has_crashes) {
    told.emplace_back(" The fault crash of this run let the writer die in mid-op.");
  }
  // What held a server meanwhile is a step of no op.
  const std::span<const StepRecord> steps = history.steps();
  for (auto step = steps.rbegin(); step != steps.rend() && step->op() == no_op; ++step) {
    const bool overlaps = !explanation.steps.empty() && step->start_ns() <= explanation.steps.back().end_ns &&
                          explanation.steps.front().start_ns <= step->end_ns();
    if (overlaps && step->fault() != no_fault && step->fault() < header.fault_names.size()) {
      told.push_back(" From " + words_of_instant(step->start_ns()) + " to " + words_of_instant(step->end_ns()) +
                     " the fault " + header.fault_names[step->fault()] + " of this run held the " +
                     std::string(name_of(step->store())) + ".");
    }
  }
  std::string all;
  for (const std::string& words : told) {
    all += words;
  }
  return all;
}

/// What was wrong with the read.
std::string_view wrong_of(const Explanation& explanation) {
  if (explanation.cause != nullptr) {
    return explanation.cause->wrong;
  }
  return explanation.newer_write == no_op ? "returned a value that it should not have" : "returned an old value";
}

std::string actor_of(const History& history, OpIndex index) {
  const OpRecord* op = history.find_op(index);
  if (op == nullptr) {
    return "op " + std::to_string(index);
  }
  const std::string kind = std::string(name_of(op->kind())) + " " + std::to_string(index);
  return op->kind() == OpKind::background ? kind
                                          : "client " + words_of_client(history.header, op->client()) + " " + kind;
}

/// Who takes part, in order of appearance: ops first, then stores.
struct Parties {
  std::vector<OpIndex> ops;
  std::vector<Store> stores;

  explicit Parties(const Explanation& explanation) {
    for (const Step& step : explanation.steps) {
      if (std::ranges::find(ops, step.op) == ops.end()) {
        ops.push_back(step.op);
      }
      if (std::ranges::find(stores, step.store) == stores.end()) {
        stores.push_back(step.store);
      }
    }
    std::ranges::sort(stores);
  }
  [[nodiscard]] std::size_t column_of(OpIndex op) const {
    return static_cast<std::size_t>(std::ranges::find(ops, op) - ops.begin());
  }
  [[nodiscard]] std::size_t column_of(Store store) const {
    return ops.size() + static_cast<std::size_t>(std::ranges::find(stores, store) - stores.begin());
  }
};

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

}  // namespace

StoryWords story_words_of(const History& history, const Explanation& explanation) {
  const HistoryHeader& header = history.header;
  const OpRecord* read = history.find_op(explanation.read);
  STALEMATE_ASSERT(read != nullptr, "the explained read is in the history");
  StoryWords words{.read = "On key " + words_of_key(header, read->key()) + ", " + words_of_op(header, to_op(*read)) +
                           " " + std::string(wrong_of(explanation)) + ".",
                   .conclusion = std::string(conclusion_of(explanation)) + words_of_faults(history, explanation)};
  if (const OpRecord* newer = history.find_op(explanation.newer_write); newer != nullptr) {
    words.missed = "It missed " + words_of_op(header, to_op(*newer)) + ".";
  }
  return words;
}

std::string story_of(const History& history, const Explanation& explanation) {
  const StoryWords words = story_words_of(history, explanation);
  std::string story = words.read + "\n" + words.missed + (words.missed.empty() ? "" : "\n");
  story += "Cause: " + std::string(name_of(explanation.cause)) + ".\n\n";
  std::size_t time_width = 0;
  std::size_t actor_width = 0;
  for (const Step& step : explanation.steps) {
    time_width = std::max(time_width, words_of_instant(step.start_ns).size());
    actor_width = std::max(actor_width, actor_of(history, step.op).size());
  }
  for (const Step& step : explanation.steps) {
    story += "  " + padded(words_of_instant(step.start_ns), time_width) + "  " +
             padded(actor_of(history, step.op), actor_width) + "  " + words_of_step(history, step) + "\n";
  }
  return story + (explanation.steps.empty() ? "" : "\n") + words.conclusion + "\n";
}

StorySequence sequence_of(const History& history, const Explanation& explanation) {
  const Parties parties(explanation);
  StorySequence sequence{.ops = parties.ops.size()};
  for (const OpIndex op : parties.ops) {
    sequence.names.push_back(actor_of(history, op));
  }
  for (const Store store : parties.stores) {
    sequence.names.emplace_back(name_of(store));
  }
  for (const Step& step : explanation.steps) {
    sequence.rows.push_back({.left = words_of_instant(step.start_ns),
                             .from = parties.column_of(step.op),
                             .to = parties.column_of(step.store),
                             .arrives = step.outcome == Outcome::ok,
                             .words = words_of_step(history, step)});
  }
  return sequence;
}

std::string sequence_diagram_of(const History& history, const Explanation& explanation, std::size_t width) {
  const StorySequence sequence = sequence_of(history, explanation);
  return sequence_text(sequence.names, sequence.rows, width);
}

std::string mermaid_of(const History& history, const Explanation& explanation) {
  const Parties parties(explanation);
  std::string diagram = "sequenceDiagram\n";
  for (const OpIndex op : parties.ops) {
    diagram += "  participant op" + std::to_string(op) + " as " + actor_of(history, op) + "\n";
  }
  for (const Store store : parties.stores) {
    diagram += "  participant " + std::string(name_of(store)) + "\n";
  }
  for (const Step& step : explanation.steps) {
    diagram += "  op" + std::to_string(step.op) + (step.outcome == Outcome::ok ? "->>" : "--x") +
               std::string(name_of(step.store)) + ": " + words_of_step(history, step) + " (at " +
               words_of_instant(step.start_ns) + ")\n";
  }
  if (!explanation.steps.empty()) {
    diagram += "  Note over op" + std::to_string(explanation.steps.back().op) + ": " +
               std::string(name_of(explanation.cause)) + "\n";
  }
  return diagram;
}

}  // namespace stalemate
