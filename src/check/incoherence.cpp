// incoherence: how long cache entries disagreed with their rows, read or not, from the steps.
//
//   row     5 ──────────┬─ 6 ─────────────────────
//   entry   5 ──────────┼──────────┬─ none ───────
//                       |<-------->|               incoherent from the update's end to the delete's end
//
// A step's effect is taken to come at its end, so each episode is right to the length of the steps at its ends. A
// lookup that shows something else than the steps led to expect (an expiry, an eviction) corrects the entry, a load (of
// an update without an answer) the row.
//
// Cost: a sort of each key's steps by end, which is linear where they are nearly sorted.

#include <algorithm>
#include <vector>

#include "check/key_check.hpp"
#include "check/key_steps.hpp"
#include "check/nearly_sorted.hpp"
#include "check/words.hpp"

namespace stalemate {

namespace {

/// What matters of a step.
struct Event {
  Nanoseconds end_ns;
  Nanoseconds start_ns;
  Version version;
  Value value;
  StepPosition position;
  Command command;
};

bool comes_earlier(const Event& left, const Event& right) {
  return left.end_ns != right.end_ns ? left.end_ns < right.end_ns : left.position < right.position;
}

/// Whether the step tells what the row or the entry held.
bool is_telling(const StepRecord& step) {
  const bool is_seen = step.store() == Store::database || step.store() == Store::cache;
  return is_seen && step.outcome() == Outcome::ok && step.end_ns() != never;
}

/// A row and its entry as the steps change them.
class EntryAndRow {
 public:
  EntryAndRow(Value row, LatencyHistogram& episodes) : row_(row), episodes_(episodes) {}

  void apply(const Event& step) {
    switch (step.command) {
      case Command::read: row_ = step.start_ns >= row_changed_ns_ ? step.value : row_; break;
      case Command::write:
        if (step.version == unknown_version || step.version > version_) {
          version_ = std::max(version_, step.version);
          row_ = step.value;
          row_changed_ns_ = step.end_ns;
        }
        break;
      case Command::get: entry_ = step.start_ns >= entry_changed_ns_ ? step.value : entry_; break;
      case Command::set:
      case Command::erase:
        entry_ = step.command == Command::set ? step.value : absent;
        entry_changed_ns_ = step.end_ns;
        break;
    }
  }

  /// After every step that ended at that instant.
  void settle(Nanoseconds at_ns) {
    const bool is_incoherent = entry_ != absent && entry_ != row_;
    if (is_incoherent && since_ns_ == never) {
      since_ns_ = at_ns;
    } else if (!is_incoherent) {
      end(at_ns);
    }
  }

  /// Ends the episode under way, if there is one.
  void end(Nanoseconds at_ns) {
    if (since_ns_ != never && at_ns > since_ns_) {
      ++count_;
      total_ns_ += at_ns - since_ns_;
      episodes_.record(at_ns - since_ns_);
    }
    since_ns_ = never;
  }

  /// When the episode under way began; `never` without one.
  [[nodiscard]] Nanoseconds since_ns() const { return since_ns_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Nanoseconds total_ns() const { return total_ns_; }

 private:
  Value row_;
  Value entry_ = absent;
  Version version_ = unknown_version;
  Nanoseconds row_changed_ns_ = before_all;
  Nanoseconds entry_changed_ns_ = before_all;
  Nanoseconds since_ns_ = never;  // of the episode under way
  std::uint64_t count_ = 0;
  Nanoseconds total_ns_ = 0;
  LatencyHistogram& episodes_;
};

class IncoherenceCheck final : public KeyCheck {
 public:
  explicit IncoherenceCheck(const CheckOptions& options)
      : tally_(options), block_steps_(std::size_t{4} * options.batch_ops) {}

  void look(std::span<const KeyPart> /*parts*/) override {}
  [[nodiscard]] bool looks_at_steps() const override { return true; }
  void look_at_steps(const KeySteps& key_steps, std::uint32_t key) override;
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<IncoherenceCheck&>(other);
    tally_.absorb(found.tally_);
    episodes_.merge(found.episodes_);
    total_ns_ += found.total_ns_;
    unended_ns_.insert(unended_ns_.end(), found.unended_ns_.begin(), found.unended_ns_.end());
  }
  [[nodiscard]] bool judges_repeated_values() const override { return true; }

  CheckResult result(const Summary& summary) override {
    const History& history = summary.history;
    end_episodes(std::max(summary.steps_end_ns, history.trailer ? history.trailer->duration_ns : 0));
    CheckResult result = result_of(tally_, "keys");
    if (tally_.count > 0) {
      result.worst = Figure{
          .name = "longest episode", .value = static_cast<double>(episodes_.max_ns()), .unit = Unit::nanoseconds};
    }
    result.figures.push_back(
        {.name = "incoherent key-time", .value = static_cast<double>(total_ns_), .unit = Unit::nanoseconds});
    result.distributions = {distribution_of("episodes", Unit::nanoseconds, episodes_)};
    if (history.steps().empty()) {
      result.verdict = Verdict::unknown;
      result.note = "The history has no steps, so it does not tell what the cache held.";
    }
    return result;
  }

 private:
  void add_events(const KeySteps& key_steps, std::span<const StepPosition> positions);
  void find_least_ends(const KeySteps& key_steps, std::span<const StepPosition> positions);

  /// Those under way at the end of the run.
  void end_episodes(Nanoseconds end_ns) {
    for (const Nanoseconds since_ns : unended_ns_) {
      if (end_ns > since_ns) {
        ++tally_.count;
        total_ns_ += end_ns - since_ns;
        episodes_.record(end_ns - since_ns);
      }
    }
  }

  Tally tally_;
  std::size_t block_steps_;
  LatencyHistogram episodes_;
  Nanoseconds total_ns_ = 0;
  std::vector<Nanoseconds> unended_ns_;  // when each key's episode under way at the end began
  bool has_entry_ = false;               // of the key: some step shows it
  std::vector<Event> events_;            // of the key, not yet applied
  std::vector<Nanoseconds> least_ends_;  // of the key's steps from each block on
};

/// How far ahead of its use a step is fetched.
constexpr std::size_t steps_ahead = 24;

/// A large key's steps are taken in blocks, to save memory. An event waits until no step to come can have ended before
/// it.

void IncoherenceCheck::look_at_steps(const KeySteps& key_steps, std::uint32_t key) {
  const std::span<const StepPosition> positions = key_steps.of(key);
  find_least_ends(key_steps, positions);
  has_entry_ = false;
  events_.clear();
  EntryAndRow state(key_steps.history().header.initial_value, episodes_);
  for (std::size_t from = 0; from < positions.size();) {
    // As many more as are waiting: so sorting them again and again adds up to one sort.
    const std::size_t blocks = events_.size() / block_steps_ + 1;
    const std::size_t to = std::min(from + blocks * block_steps_, positions.size());
    add_events(key_steps, positions.subspan(from, to - from));
    from = to;
    sort_nearly_sorted(events_.begin(), events_.end(), comes_earlier);
    const Nanoseconds safe_ns = to == positions.size() ? never : least_ends_[to / block_steps_];
    std::size_t done = 0;
    for (; done < events_.size() && events_[done].end_ns < safe_ns; ++done) {
      const Event& event = events_[done];
      state.apply(event);
      if (done + 1 == events_.size() || events_[done + 1].end_ns != event.end_ns) {
        state.settle(event.end_ns);
      }
    }
    events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(done));
  }
  if (has_entry_) {
    ++tally_.sample;
    tally_.count += state.count();
    total_ns_ += state.total_ns();
    if (state.since_ns() != never) {
      unended_ns_.push_back(state.since_ns());
    }
  }
}

void IncoherenceCheck::add_events(const KeySteps& key_steps, std::span<const StepPosition> positions) {
  const std::span<const StepRecord> steps = key_steps.history().steps();
  // The steps after this key's are the next ones needed.
  const StepPosition* const fetch_end = key_steps.end() - std::min(steps_ahead, key_steps.size());
  for (const StepPosition& position : positions) {
    if (&position < fetch_end) {
      __builtin_prefetch(&steps[(&position)[steps_ahead]]);
    }
    const StepRecord& step = steps[position];
    if (is_telling(step)) {
      has_entry_ = has_entry_ || step.store() == Store::cache;
      events_.push_back({step.end_ns(), step.start_ns(), step.version(), step.value(), position, step.command()});
    }
  }
}

void IncoherenceCheck::find_least_ends(const KeySteps& key_steps, std::span<const StepPosition> positions) {
  const std::span<const StepRecord> steps = key_steps.history().steps();
  least_ends_.assign(positions.size() / block_steps_ + 1, never);
  if (positions.size() <= block_steps_) {
    return;
  }
  for (std::size_t at = positions.size(); at-- > 0;) {
    __builtin_prefetch(&steps[positions[at - std::min(at, steps_ahead)]]);
    const StepRecord& step = steps[positions[at]];
    Nanoseconds& least_ns = least_ends_[at / block_steps_];
    if (at % block_steps_ == block_steps_ - 1) {
      least_ns = least_ends_[at / block_steps_ + 1];
    }
    least_ns = is_telling(step) ? std::min(least_ns, step.end_ns()) : least_ns;
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
     .make = make_key_check<IncoherenceCheck>});

}  // namespace

}  // namespace stalemate
