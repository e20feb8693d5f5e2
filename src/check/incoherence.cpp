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
// Cost: a sort of each key's steps by end.

#include <algorithm>
#include <vector>

#include "check/key_check.hpp"
#include "check/key_steps.hpp"
#include "check/nearly_sorted.hpp"
#include "check/words.hpp"

namespace stalemate {

namespace {

/// A row and its entry as the steps change them.
class EntryAndRow {
 public:
  EntryAndRow(Value row, LatencyHistogram& episodes) : row_(row), episodes_(episodes) {}

  void apply(const StepRecord& step) {
    const Nanoseconds end_ns = step.end_ns();
    switch (step.command()) {
      case Command::read: row_ = step.start_ns() >= row_changed_ns_ ? step.value() : row_; break;
      case Command::write:
        if (step.version() == unknown_version || step.version() > version_) {
          version_ = std::max(version_, step.version());
          row_ = step.value();
          row_changed_ns_ = end_ns;
        }
        break;
      case Command::get: entry_ = step.start_ns() >= entry_changed_ns_ ? step.value() : entry_; break;
      case Command::set:
      case Command::erase:
        entry_ = step.command() == Command::set ? step.value() : absent;
        entry_changed_ns_ = end_ns;
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
  explicit IncoherenceCheck(const CheckOptions& options) : tally_(options) {}

  void look(std::span<const KeyPart> /*parts*/) override {}
  void absorb(KeyCheck& /*other*/) override {}
  [[nodiscard]] bool judges_repeated_values() const override { return true; }

  CheckResult result(const Summary& summary) override {
    const History& history = summary.history;
    const KeySteps key_steps(history);
    const Nanoseconds end_ns = end_of(history);
    for (std::uint32_t key = 0; key < key_steps.key_count(); ++key) {
      look_at(history, key_steps.of(key), end_ns);
    }
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
  static Nanoseconds end_of(const History& history) {
    Nanoseconds end_ns = history.trailer ? history.trailer->duration_ns : 0;
    for (const StepRecord& step : history.steps()) {
      end_ns = step.end_ns() == never ? end_ns : std::max(end_ns, step.end_ns());
    }
    return end_ns;
  }

  void look_at(const History& history, std::span<const StepPosition> positions, Nanoseconds end_ns) {
    const std::span<const StepRecord> steps = history.steps();
    sorted_.clear();
    bool has_entry = false;
    for (const StepPosition position : positions) {
      const StepRecord& step = steps[position];
      const bool is_seen = step.store() == Store::database || step.store() == Store::cache;
      if (is_seen && step.outcome() == Outcome::ok && step.end_ns() != never) {
        sorted_.push_back(position);
        has_entry = has_entry || step.store() == Store::cache;
      }
    }
    if (!has_entry) {
      return;
    }
    sort_nearly_sorted(sorted_.begin(), sorted_.end(), [steps](StepPosition left, StepPosition right) {
      const Nanoseconds left_ns = steps[left].end_ns();
      const Nanoseconds right_ns = steps[right].end_ns();
      return left_ns != right_ns ? left_ns < right_ns : left < right;
    });
    EntryAndRow state(history.header.initial_value, episodes_);
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
      const Nanoseconds at_ns = steps[sorted_[i]].end_ns();
      state.apply(steps[sorted_[i]]);
      if (i + 1 == sorted_.size() || steps[sorted_[i + 1]].end_ns() != at_ns) {
        state.settle(at_ns);
      }
    }
    state.end(end_ns);
    ++tally_.sample;
    tally_.count += state.count();
    total_ns_ += state.total_ns();
  }

  Tally tally_;
  LatencyHistogram episodes_;
  Nanoseconds total_ns_ = 0;
  std::vector<StepPosition> sorted_;
};

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
