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
// nearly in order. Memory: 40 bytes a key.

#include <algorithm>
#include <array>
#include <vector>

#include "check/checks/key_check.hpp"
#include "check/passes/entry_and_row.hpp"
#include "check/passes/step_times.hpp"
#include "check/passes/steps_with_keys.hpp"
#include "check/passes/time_sorter.hpp"
#include "core/assert.hpp"
#include "record/record_array.hpp"

namespace stalemate {

namespace {

/// When a step ended, and which it is. By both words those of a key that ended at one instant come next to each other,
/// in the history's order.
struct Ended {
  Nanoseconds time_ns;
  std::uint64_t number_and_position;  // of the key in its share, of the step in the history

  [[nodiscard]] std::uint32_t number() const { return static_cast<std::uint32_t>(number_and_position >> 32U); }
  [[nodiscard]] std::uint32_t position() const { return static_cast<std::uint32_t>(number_and_position); }
};

bool comes_earlier(const Ended& left, const Ended& right) {
  const bool is_later_step = left.number_and_position < right.number_and_position;
  return (left.time_ns < right.time_ns) | ((left.time_ns == right.time_ns) & is_later_step);
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

class IncoherenceCheck final : public KeyCheck {
 public:
  explicit IncoherenceCheck(const CheckOptions& options) : tally_(options) {}

  void check_steps(const StepShare& share) override;
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
    result.figures.push_back({.id = FigureId::incoherent_key_time,
                              .name = "incoherent key-time",
                              .value = static_cast<double>(episodes_.total_ns),
                              .unit = Unit::nanoseconds});
    result.distributions = {distribution_of("episodes", Unit::nanoseconds, episodes_.lengths)};
    if (history.steps().empty() || is_imported(history.header)) {
      result.verdict = Verdict::unknown;
      result.note = "The history does not hold all steps, so it does not tell what the cache held.";
    }
    return result;
  }

 private:
  void add_events(const StepShare& share, std::size_t begin, std::size_t end);
  void apply(std::span<const Ended> events, std::span<const StepRecord> steps, const EntryAndRow::Firsts& firsts);
  void turn(EntryAndRow& key, const Ended& event);

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
  RecordArray<Nanoseconds> since_ns_;    // when each key's episode under way began
  BlindCommands blind_;
  TimeSorter<Ended> events_;
};

/// An event waits until no step to come can have ended before it.
void IncoherenceCheck::check_steps(const StepShare& share) {
  const HistoryHeader& header = share.history.header;
  blind_ = BlindCommands(header);
  keys_ = RecordArray<EntryAndRow>(share.keys.size(header.key_count));
  keys_.make_ready(0, keys_.size());
  since_ns_ = RecordArray<Nanoseconds>(keys_.size());
  const EntryAndRow::Firsts firsts = {header.initial_value, absent};
  const std::size_t steps = share.history.steps().size();
  STALEMATE_ASSERT(steps <= std::size_t{1} << 32U, "positions of steps have 32 bits");
  constexpr std::size_t block_steps = StepTimes::block_steps;
  for (std::size_t block = 0; block * block_steps < steps;) {
    const std::size_t begin = block * block_steps;
    // As many more as are waiting, so that those that wait are sorted twice on average.
    block += events_.waiting() / block_steps + 1;
    add_events(share, begin, std::min(block * block_steps, steps));
    apply(events_.release(share.times.least_end_from(block), comes_earlier), share.history.steps(), firsts);
  }
  for (std::size_t number = 0; number < keys_.size(); ++number) {
    const EntryAndRow& key = keys_.span()[number];
    tally_.sample += key.has_entry() ? 1 : 0;
    if (key.is_incoherent()) {
      unended_ns_.push_back(since_ns_.span()[number]);
    }
  }
  keys_ = {};
  since_ns_ = {};
}

void IncoherenceCheck::add_events(const StepShare& share, std::size_t begin, std::size_t end) {
  Ended* next = events_.room(end - begin);
  for_each_step_with_key(
      share.history, begin, end,
      [&next, keys = share.keys, &blind = blind_](const StepRecord& step, std::size_t position, std::uint32_t key) {
        // Without a branch on whose key is whose, which is as good as random.
        *next = {.time_ns = step.plain_end_ns(),
                 .number_and_position = std::uint64_t{keys.number_of(key)} << 32U | position};
        bool tells = step.is_plain();
        if (!tells) [[unlikely]] {
          tells = is_telling(step);
          next->time_ns = step.end_ns();
        }
        const bool is_blind = blind.has(step);
        const bool is_own = keys.has(key);
        next += static_cast<unsigned>(tells & !is_blind & is_own);
      });
  events_.add_until(next);
}

void IncoherenceCheck::apply(std::span<const Ended> events, std::span<const StepRecord> steps,
                             const EntryAndRow::Firsts& firsts) {
  constexpr std::size_t ahead = 32;
  EntryAndRow* const keys = keys_.data();
  for (std::size_t i = 0; i < events.size(); ++i) {
    __builtin_prefetch(&keys[events[std::min(i + ahead, events.size() - 1)].number()], 1);
    const Ended& event = events[i];
    EntryAndRow& key = keys[event.number()];
    key.apply(steps[event.position()], event.time_ns, firsts);
    if (key.turns(firsts)) [[unlikely]] {
      const Ended& next = events[std::min(i + 1, events.size() - 1)];
      const bool goes_on = &next != &event && next.number() == event.number() && next.time_ns == event.time_ns;
      if (!goes_on) {
        turn(key, event);
      }
    }
  }
}

/// An episode begins or ends.
void IncoherenceCheck::turn(EntryAndRow& key, const Ended& event) {
  Nanoseconds& since_ns = since_ns_.data()[event.number()];
  if (key.is_incoherent() && event.time_ns > since_ns) {
    episodes_.add(event.time_ns - since_ns);
  }
  since_ns = event.time_ns;
  key.turn();
}

const bool incoherence_registered =
    CheckRegistry::add({.name = "incoherence",
                        .summary = "how long cache entries held another version than their rows, whether read or not",
                        .models = model_bit(Model::distinct_register),
                        .decides = false,
                        .cost = CheckCost::steps,
                        .make = make_key_check<IncoherenceCheck>});

}  // namespace

}  // namespace stalemate
