// incoherence: how long cache entries disagreed with their rows, read or not, from the steps.
//
//   row     5 ──────────┬─ 6 ─────────────────────
//   entry   5 ──────────┼──────────┬─ none ───────
//                       |<-------->|               incoherent from the update's end to the delete's end
//
// A step's effect is taken to come at its end, so each episode is right to the length of the steps at its ends. A
// lookup that shows something else than the steps led to expect (an expiry, an eviction) corrects the entry, a load (of
// an update without an answer) the row. What only gives back a lock or leaves a marker shows no entry.
//
// Cost: a walk over ops and steps; steps are put in order of their ends as they come, which is linear where they are
// nearly in order. Memory: 48 bytes a key.

#include <algorithm>
#include <array>
#include <vector>

#include "check/key_check.hpp"
#include "check/step_times.hpp"
#include "check/steps_with_keys.hpp"
#include "check/time_sorter.hpp"
#include "record/record_array.hpp"

namespace stalemate {

namespace {

/// What matters of a step. A row is changed by writes, an entry by sets and erases; else the step shows what was there.
struct Event {
  Nanoseconds time_ns;  // when it ended
  Nanoseconds start_ns;
  Version version;  // of a row's change
  Value value;
  std::uint32_t place;     // of the key among those looked at
  std::uint32_t position;  // of the step in the history
  bool is_of_entry;
  bool is_change;
  bool is_of_cache;
};

Event event_of(const StepRecord& step, std::uint32_t position, std::uint32_t place) {
  const Command command = step.command();
  return {.time_ns = step.end_ns(),
          .start_ns = step.start_ns(),
          .version = command == Command::write ? step.version() : unknown_version,
          .value = command == Command::erase ? absent : step.value(),
          .place = place,
          .position = position,
          .is_of_entry = command != Command::read && command != Command::write,
          .is_change = command != Command::read && command != Command::get,
          .is_of_cache = step.store() == Store::cache};
}

/// Those of a key that ended at one instant come next to each other, in the history's order.
bool comes_earlier(const Event& left, const Event& right) {
  return left.time_ns != right.time_ns ? left.time_ns < right.time_ns
                                       : std::pair(left.place, left.position) < std::pair(right.place, right.position);
}

/// The cache commands whose gets show no entry, by number.
class BlindCommands {
 public:
  explicit BlindCommands(const HistoryHeader& header) {
    for (std::size_t number = 0; number < std::min(header.cache_commands.size(), is_blind_.size()); ++number) {
      is_blind_[number] = !header.cache_commands[number].shows_entry;
    }
  }
  [[nodiscard]] bool has(const StepRecord& step) const { return is_blind_[step.cache_command()]; }

 private:
  std::array<bool, 256> is_blind_ = {};
};

/// Whether the step tells what the row or the entry held.
bool is_telling(const StepRecord& step, const BlindCommands& blind) {
  const bool is_seen = step.store() == Store::database || step.store() == Store::cache;
  return is_seen && step.outcome() == Outcome::ok && step.end_ns() != never && !blind.has(step);
}

/// The episodes of all keys.
struct Episodes {
  LatencyHistogram lengths;
  std::uint64_t count = 0;
  Nanoseconds total_ns = 0;

  void add(Nanoseconds length_ns) {
    ++count;
    total_ns += length_ns;
    lengths.record(length_ns);
  }
};

/// A row and its entry as the steps change them.
class EntryAndRow {
 public:
  EntryAndRow() = default;
  explicit EntryAndRow(Value row)
      : values_{row, absent},
        changed_ns_{before_all, before_all},
        version_(unknown_version),
        since_ns_(never),
        has_entry_(false) {}

  /// Without branches: which step comes next is as good as random.
  void apply(const Event& step) {
    const bool is_newer = step.version == unknown_version || step.version > version_;
    Value& value = values_[step.is_of_entry ? 1 : 0];
    Nanoseconds& changed_ns = changed_ns_[step.is_of_entry ? 1 : 0];
    const bool holds = step.is_change ? is_newer : step.start_ns >= changed_ns;
    value = holds ? step.value : value;
    changed_ns = holds && step.is_change ? step.time_ns : changed_ns;
    version_ = std::max(version_, step.version);
    has_entry_ |= step.is_of_cache;
  }

  /// Whether an episode begins or ends here, if no other step of the key ended at the same instant.
  [[nodiscard]] bool turns() const { return is_incoherent() != (since_ns_ != never); }

  /// Where it turns.
  void turn(Nanoseconds at_ns, Episodes& episodes) {
    if (since_ns_ != never && at_ns > since_ns_) {
      episodes.add(at_ns - since_ns_);
    }
    since_ns_ = is_incoherent() ? at_ns : never;
  }

  /// Whether some step shows the key's entry.
  [[nodiscard]] bool has_entry() const { return has_entry_; }
  /// When the episode under way began; `never` without one.
  [[nodiscard]] Nanoseconds since_ns() const { return since_ns_; }

 private:
  [[nodiscard]] bool is_incoherent() const { return values_[1] != absent && values_[1] != values_[0]; }

  std::array<Value, 2> values_;            // of the row, of the entry
  std::array<Nanoseconds, 2> changed_ns_;  // when
  Version version_;                        // of the row
  Nanoseconds since_ns_;                   // of the episode under way
  bool has_entry_;
};

class IncoherenceCheck final : public KeyCheck {
 public:
  explicit IncoherenceCheck(const CheckOptions& options) : tally_(options) {}

  void look(std::span<const KeyPart> /*parts*/) override {}
  [[nodiscard]] bool looks_at_steps() const override { return true; }
  void look_at_steps(const StepShare& share) override;
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<IncoherenceCheck&>(other);
    tally_.absorb(found.tally_);
    episodes_.lengths.merge(found.episodes_.lengths);
    episodes_.count += found.episodes_.count;
    episodes_.total_ns += found.episodes_.total_ns;
    unended_ns_.insert(unended_ns_.end(), found.unended_ns_.begin(), found.unended_ns_.end());
  }
  [[nodiscard]] bool judges_repeated_values() const override { return true; }

  CheckResult result(const Summary& summary) override {
    const History& history = summary.history;
    end_episodes(std::max(summary.steps_end_ns, history.trailer ? history.trailer->duration_ns : 0));
    tally_.count = episodes_.count;
    CheckResult result = result_of(tally_, "keys");
    if (tally_.count > 0) {
      result.worst = Figure{.name = "longest episode",
                            .value = static_cast<double>(episodes_.lengths.max_ns()),
                            .unit = Unit::nanoseconds};
    }
    result.figures.push_back(
        {.name = "incoherent key-time", .value = static_cast<double>(episodes_.total_ns), .unit = Unit::nanoseconds});
    result.distributions = {distribution_of("episodes", Unit::nanoseconds, episodes_.lengths)};
    if (history.steps().empty()) {
      result.verdict = Verdict::unknown;
      result.note = "The history has no steps, so it does not tell what the cache held.";
    }
    return result;
  }

 private:
  void add_events(const StepShare& share, std::size_t begin, std::size_t end);
  void apply(std::span<const Event> events);

  /// Those under way at the end of the run.
  void end_episodes(Nanoseconds end_ns) {
    for (const Nanoseconds since_ns : unended_ns_) {
      if (end_ns > since_ns) {
        episodes_.add(end_ns - since_ns);
      }
    }
  }

  Tally tally_;
  Episodes episodes_;
  std::vector<Nanoseconds> unended_ns_;  // when each key's episode under way at the end began
  RecordArray<EntryAndRow> keys_;        // of the share
  TimeSorter<Event> events_;
};

/// An event waits until no step to come can have ended before it.
void IncoherenceCheck::look_at_steps(const StepShare& share) {
  const HistoryHeader& header = share.history.header;
  keys_ = RecordArray<EntryAndRow>(share.keys.places(header.key_count));
  std::ranges::fill(keys_.span(), EntryAndRow(header.initial_value));
  const std::size_t steps = share.history.steps().size();
  constexpr std::size_t block_steps = StepTimes::block_steps;
  for (std::size_t block = 0; block * block_steps < steps;) {
    const std::size_t begin = block * block_steps;
    // As many more as are waiting: so looking at these again and again adds up to looking at them twice.
    block += events_.waiting() / block_steps + 1;
    add_events(share, begin, std::min(block * block_steps, steps));
    apply(events_.release(share.times.least_end_from(block), comes_earlier));
  }
  for (const EntryAndRow& key : keys_.span()) {
    tally_.sample += key.has_entry() ? 1 : 0;
    if (key.since_ns() != never) {
      unended_ns_.push_back(key.since_ns());
    }
  }
  keys_ = {};
}

void IncoherenceCheck::add_events(const StepShare& share, std::size_t begin, std::size_t end) {
  events_.make_room(end - begin);
  for_each_step_with_key(
      share.history, begin, end,
      [this, keys = share.keys, blind = BlindCommands(share.history.header)](const StepRecord& step,
                                                                             std::size_t position, std::uint32_t key) {
        const bool counts = static_cast<unsigned>(keys.has(key)) & static_cast<unsigned>(is_telling(step, blind));
        events_.add_if(counts, event_of(step, static_cast<std::uint32_t>(position), keys.place_of(key)));
      });
}

void IncoherenceCheck::apply(std::span<const Event> events) {
  constexpr std::size_t ahead = 16;
  EntryAndRow* const keys = keys_.data();
  for (std::size_t i = 0; i < events.size(); ++i) {
    __builtin_prefetch(&keys[events[std::min(i + ahead, events.size() - 1)].place], 1);
    const Event& event = events[i];
    const Event& next = events[std::min(i + 1, events.size() - 1)];
    EntryAndRow& key = keys[event.place];
    key.apply(event);
    if (key.turns()) [[unlikely]] {
      const bool goes_on = &next != &event && next.place == event.place && next.time_ns == event.time_ns;
      if (!goes_on) {
        key.turn(event.time_ns, episodes_);
      }
    }
  }
}

const bool registered = CheckRegistry::add(
    {.name = "incoherence",
     .summary = "how long cache entries held another version than their rows, whether read or not",
     .definition = "A key is incoherent while its entry is present and holds a value other than its row's. Counted are "
                   "the episodes; incoherent key-time adds them up over all keys. A step's effect is taken to come at "
                   "its end.",
     .models = model_bit(Model::distinct_register),
     .decides = false,
     .screened = true,
     .make = make_key_check<IncoherenceCheck>});

}  // namespace

}  // namespace stalemate
