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
#include <optional>
#include <utility>
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

/// A key's episode under way, and the span that it may belong to; all zero at first.
struct UnderWay {
  Nanoseconds since_ns;
  std::size_t spans;  // how many there were with the key's last one; 0: it has none
};

/// The episodes of all keys.
struct Episodes {
  std::optional<Nanoseconds> gap_ns = {};  ///< CheckOptions::disagreement_gap_ns
  LatencyHistogram lengths = {};
  std::uint64_t count = 0;
  Nanoseconds total_ns = 0;
  std::vector<DisagreementSpan> spans = {};

  /// One of that key that ended; without any length it was none.
  void add(std::uint32_t key, UnderWay& episode, Nanoseconds end_ns) {
    const Nanoseconds length_ns = end_ns - episode.since_ns;
    if (length_ns <= 0) {
      return;
    }
    ++count;
    total_ns += length_ns;
    lengths.record(length_ns);
    if (!gap_ns) {
      return;
    }
    if (episode.spans == 0 || episode.since_ns - spans[episode.spans - 1].end_ns >= *gap_ns) {
      spans.push_back({.key = Key{key}, .begin_ns = episode.since_ns});
      episode.spans = spans.size();
    }
    DisagreementSpan& span = spans[episode.spans - 1];
    ++span.episodes;
    span.end_ns = end_ns;
    span.total_ns += length_ns;
  }
  void absorb(const Episodes& other) {
    lengths.merge(other.lengths);
    count += other.count;
    total_ns += other.total_ns;
    spans.insert(spans.end(), other.spans.begin(), other.spans.end());
  }
};

class IncoherenceCheck final : public KeyCheck {
 public:
  explicit IncoherenceCheck(const CheckOptions& options)
      : tally_(options), episodes_{.gap_ns = options.disagreement_gap_ns} {}

  void check_steps(const StepShare& share) override;
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<IncoherenceCheck&>(other);
    tally_.absorb(found.tally_);
    episodes_.absorb(found.episodes_);
  }
  [[nodiscard]] bool judges_repeated_values() const override { return true; }

  CheckResult result(const Summary& summary) override {
    const History& history = summary.history;
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
    result.disagreements = std::move(episodes_.spans);
    if (history.steps().empty() || is_imported(history.header)) {
      result.verdict = Verdict::unknown;
      result.note = "The history does not hold all steps, so it does not tell what the cache held.";
    }
    return result;
  }

 private:
  void add_events(const StepShare& share, std::size_t begin, std::size_t end);
  void apply(std::span<const Ended> events, const StepShare& share, const EntryAndRow::Firsts& firsts);
  void turn(const StepShare& share, const Ended& event);

  Tally tally_;
  Episodes episodes_;
  RecordArray<EntryAndRow> keys_;  // of the share
  RecordArray<UnderWay> under_way_;
  BlindCommands blind_;
  TimeSorter<Ended> events_;
};

/// An event waits until no step to come can have ended before it.
void IncoherenceCheck::check_steps(const StepShare& share) {
  const HistoryHeader& header = share.history.header;
  blind_ = BlindCommands(header);
  keys_ = RecordArray<EntryAndRow>(share.keys.size(header.key_count));
  keys_.make_ready(0, keys_.size());
  under_way_ = RecordArray<UnderWay>(keys_.size());
  const EntryAndRow::Firsts firsts = {header.initial_value, absent};
  const std::size_t steps = share.history.steps().size();
  STALEMATE_ASSERT(steps <= std::size_t{1} << 32U, "positions of steps have 32 bits");
  constexpr std::size_t block_steps = StepTimes::block_steps;
  for (std::size_t block = 0; block * block_steps < steps;) {
    const std::size_t begin = block * block_steps;
    // As many more as are waiting, so that those that wait are sorted twice on average.
    block += events_.waiting() / block_steps + 1;
    add_events(share, begin, std::min(block * block_steps, steps));
    apply(events_.release(share.times.least_end_from(block), comes_earlier), share, firsts);
  }
  const Nanoseconds end_ns =
      std::max(share.times.end_ns(), share.history.trailer ? share.history.trailer->duration_ns : 0);
  for (std::uint32_t number = 0; number < keys_.size(); ++number) {
    const EntryAndRow& key = keys_.span()[number];
    tally_.sample += key.has_entry() ? 1 : 0;
    if (key.is_incoherent()) {
      episodes_.add(share.keys.key_of(number), under_way_.span()[number], end_ns);
    }
  }
  keys_ = {};
  under_way_ = {};
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

void IncoherenceCheck::apply(std::span<const Ended> events, const StepShare& share, const EntryAndRow::Firsts& firsts) {
  constexpr std::size_t ahead = 32;
  const std::span<const StepRecord> steps = share.history.steps();
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
        turn(share, event);
      }
    }
  }
}

/// An episode begins or ends.
void IncoherenceCheck::turn(const StepShare& share, const Ended& event) {
  EntryAndRow& key = keys_.data()[event.number()];
  UnderWay& episode = under_way_.data()[event.number()];
  if (key.is_incoherent()) {
    episodes_.add(share.keys.key_of(event.number()), episode, event.time_ns);
  }
  episode.since_ns = event.time_ns;
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
