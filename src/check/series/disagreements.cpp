#include "check/series/disagreements.hpp"

#include <algorithm>
#include <utility>

#include "check/passes/entry_and_row.hpp"
#include "check/passes/key_steps.hpp"
#include "check/series/timeline.hpp"

namespace stalemate {

namespace {

/// A key that may be walked.
struct Candidate {
  std::uint32_t key;
  std::uint64_t stale;
  std::size_t steps;
};

/// The positions of what tells of row and entry, in order of their ends; of those that ended at once, the history's.
std::vector<std::pair<Nanoseconds, StepPosition>> events_of(const History& history,
                                                            std::span<const StepPosition> steps) {
  const BlindCommands blind(history.header);
  std::vector<std::pair<Nanoseconds, StepPosition>> events;
  events.reserve(steps.size());
  for (const StepPosition position : steps) {
    const StepRecord& step = history.steps()[position];
    if (is_telling(step) && !blind.has(step)) {
      events.emplace_back(step.end_ns(), position);
    }
  }
  std::ranges::sort(events);
  return events;
}

void add_episode(KeyDisagreement& found, TimeSpan episode, Nanoseconds gap_ns) {
  if (episode.end_ns <= episode.begin_ns) {
    return;
  }
  ++found.episodes;
  found.total_ns += episode.end_ns - episode.begin_ns;
  if (!found.spans.empty() && episode.begin_ns - found.spans.back().end_ns < gap_ns) {
    found.spans.back().end_ns = episode.end_ns;
  } else {
    found.spans.push_back(episode);
  }
}

KeyDisagreement disagreement_of(const History& history, std::span<const StepPosition> steps, Nanoseconds gap_ns,
                                Nanoseconds end_ns) {
  KeyDisagreement found;
  const EntryAndRow::Firsts firsts = {history.header.initial_value, absent};
  EntryAndRow state = {};
  Nanoseconds since_ns = 0;
  const auto events = events_of(history, steps);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& [time_ns, position] = events[i];
    state.apply(history.steps()[position], time_ns, firsts);
    const bool goes_on = i + 1 < events.size() && events[i + 1].first == time_ns;
    if (!goes_on && state.turns(firsts)) {
      if (state.is_incoherent()) {
        add_episode(found, {since_ns, time_ns}, gap_ns);
      }
      since_ns = time_ns;
      state.turn();
    }
  }
  if (state.is_incoherent()) {
    add_episode(found, {since_ns, std::max(end_ns, since_ns)}, gap_ns);
  }
  return found;
}

std::vector<Candidate> candidates_of(const KeySteps& steps, const std::vector<std::uint64_t>& stale_by_key) {
  std::vector<Candidate> candidates;
  for (std::uint32_t key = 0; key < stale_by_key.size(); ++key) {
    if (const std::size_t count = steps.of(key).size(); count > 0) {
      candidates.push_back({.key = key, .stale = stale_by_key[key], .steps = count});
    }
  }
  std::ranges::stable_sort(candidates, [](const Candidate& left, const Candidate& right) {
    return std::pair(left.stale, left.steps) > std::pair(right.stale, right.steps);
  });
  return candidates;
}

bool matters_more(const KeyDisagreement& left, const KeyDisagreement& right) {
  return std::pair(left.stale, left.total_ns) > std::pair(right.stale, right.total_ns);
}

/// When the last episodes ended that were still under way.
Nanoseconds end_of_steps(const History& history) {
  Nanoseconds end_ns = end_of(history);
  for (const StepRecord& step : history.steps()) {
    end_ns = std::max(end_ns, step.end_ns() == never ? 0 : step.end_ns());
  }
  return end_ns;
}

/// When the stale reads of the keys that are told began.
void add_stale_reads(const History& history, std::span<const StaleRead> stale, Nanoseconds gap_ns,
                     std::vector<KeyDisagreement>& keys) {
  for (const StaleRead& read : stale) {
    const OpRecord* op = history.find_op(read.read);
    const auto place = op == nullptr ? keys.end() : std::ranges::find(keys, op->key(), &KeyDisagreement::key);
    if (place != keys.end()) {
      std::vector<Nanoseconds>& told = place->stale_reads_ns;
      if (told.empty() || op->invocation_ns() - told.back() >= gap_ns) {
        told.push_back(op->invocation_ns());
      }
    }
  }
}

}  // namespace

Disagreements disagreements_of(const History& history, std::span<const StaleRead> stale,
                               const DisagreementOptions& options) {
  std::vector<std::uint64_t> stale_by_key(history.header.key_count, 0);
  for (const StaleRead& read : stale) {
    if (const OpRecord* op = history.find_op(read.read); op != nullptr) {
      ++stale_by_key[op->key().index];
    }
  }
  const KeySteps steps(history);
  const std::vector<Candidate> candidates = candidates_of(steps, stale_by_key);
  const Nanoseconds end_ns = end_of_steps(history);
  Disagreements found{.keys_with_steps = candidates.size()};
  std::size_t walked = 0;
  for (const Candidate& candidate : candidates) {
    walked += candidate.steps;
    if (found.keys_looked_at > 0 && walked > options.steps_max) {
      break;
    }
    ++found.keys_looked_at;
    KeyDisagreement key = disagreement_of(history, steps.of(candidate.key), options.gap_ns, end_ns);
    key.key = Key{candidate.key};
    key.stale = candidate.stale;
    found.keys_disagreeing += key.episodes > 0 ? 1 : 0;
    if (key.episodes > 0 || key.stale > 0) {
      found.keys.push_back(std::move(key));
      std::ranges::push_heap(found.keys, matters_more);
    }
    if (found.keys.size() > options.keys_max) {
      std::ranges::pop_heap(found.keys, matters_more);
      found.keys.pop_back();
    }
  }
  std::ranges::sort(found.keys, matters_more);
  add_stale_reads(history, stale, options.gap_ns, found.keys);
  return found;
}

}  // namespace stalemate
