// KeyCheck: what a check is to the engine: it judges keys, adds up with others of its kind, and says what it found.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/check.hpp"
#include "check/exact/cleared.hpp"
#include "check/exact/history_index.hpp"
#include "check/exact/key_history.hpp"
#include "check/passes/step_times.hpp"

namespace stalemate {

/// Ops that together break a property, before they are put into words.
struct Suspect {
  Nanoseconds at_ns = 0;
  Key key = {};
  std::array<OpPosition, 4> ops = {};
  std::uint8_t op_count = 0;
  std::uint8_t form = 0;                     ///< of the check's own: which sentence fits
  std::array<std::int64_t, 2> amounts = {};  ///< of the check's own
};

/// The first few suspects by time; the same whatever the order in which keys were judged.
class Suspects {
 public:
  explicit Suspects(std::size_t kept_max) : kept_max_(kept_max) {}
  /// Whether one at that time would be kept: ask before collecting costly proof.
  [[nodiscard]] bool wants(Nanoseconds at_ns) const {
    return kept_.size() < kept_max_ || (kept_max_ != 0 && at_ns <= kept_.back().at_ns);
  }
  void add(const Suspect& suspect);
  void absorb(const Suspects& other);
  [[nodiscard]] std::span<const Suspect> kept() const { return kept_; }

 private:
  std::size_t kept_max_;
  std::vector<Suspect> kept_;  // sorted by time, then first op
};

/// What a check may know of the whole history when it sums up.
struct Summary {
  const History& history;
  const CheckOptions& options;
  const HistoryIndex& index;
  bool versions_known = false;
  bool has_writes = false;  ///< without any, every read is of the initial value and versions do not matter
  std::span<const std::uint32_t> repeated_keys = {};  ///< keys that no check has seen, sorted
  std::uint64_t vague_reads = 0;                      ///< KeyOp::is_vague
};

/// What most checks add up.
struct Tally {
  explicit Tally(const CheckOptions& options) : suspects(options.violations_max) {}
  Suspects suspects;
  std::uint64_t count = 0;     ///< violations
  std::uint64_t sample = 0;    ///< judged
  std::uint64_t unjudged = 0;  ///< not judged, because a place among the versions is not known
  std::uint64_t outside = 0;   ///< not judged, because the value has no place among the versions
  std::int64_t worst = 0;
  void absorb(const Tally& other);
};

/// Thread rule: one thread an object at a time.
class KeyCheck {
 public:
  KeyCheck() = default;
  KeyCheck(const KeyCheck&) = delete;
  KeyCheck& operator=(const KeyCheck&) = delete;
  virtual ~KeyCheck() = default;

  /// Each key of this object's part of the history comes once, with all its ops but the settled ones
  /// (KeyHistory::lacks_settled), before the next one begins. Only of checks whose CheckInfo says CheckCost::ops.
  virtual void check_ops(std::span<const KeyPart> /*parts*/) {}
  /// Each share of the steps comes once, to any object. Only of checks whose CheckInfo says CheckCost::steps.
  virtual void check_steps(const StepShare& /*share*/) {}
  /// Adds what `check_ops` does not see: ops that a Prefilter cleared. Only of checks that are prefiltered.
  virtual void add_cleared(const Cleared& /*cleared*/) {}
  /// Times of such ops, in any order. Only of checks that are prefiltered by sessions.
  virtual void add_cleared_times(const ClearedTimes& /*times*/) {}
  /// Adds what `other` found. Requires: `other` is of the same class and saw other keys.
  virtual void absorb(KeyCheck& other) = 0;
  /// Whether keys with repeated values, which `check_ops` never sees, are judged in `result`.
  [[nodiscard]] virtual bool judges_repeated_values() const { return false; }
  /// Whether a vague read (KeyOp::is_vague) that it left out could have been a violation.
  [[nodiscard]] virtual bool misses_vague_reads() const { return false; }
  /// The result, without its name. `decides` false: this history gives the check nothing to decide on.
  [[nodiscard]] virtual CheckResult result(const Summary& summary) = 0;
};

/// Makes the check `C`, constructible from const CheckOptions&.
template <class C>
[[nodiscard]] std::unique_ptr<KeyCheck> make_key_check(const CheckOptions& options) {
  return std::make_unique<C>(options);
}

/// The suspects as violations; `sentence` puts one into words from its ops, which come in the suspect's order.
template <class Sentence>
[[nodiscard]] std::vector<Violation> violations_of(const Suspects& suspects, const Summary& summary,
                                                   const Sentence& sentence);

/// The ops of a suspect, unpacked, in the suspect's order.
[[nodiscard]] std::vector<Op> ops_of(const Suspect& suspect, const Summary& summary);
/// Makes a violation of a suspect whose sentence is known: drops repeated ops and sorts them by invocation.
[[nodiscard]] Violation make_violation(const Suspect& suspect, std::vector<Op> ops, std::string sentence);

template <class Sentence>
std::vector<Violation> violations_of(const Suspects& suspects, const Summary& summary, const Sentence& sentence) {
  std::vector<Violation> violations;
  for (const Suspect& suspect : suspects.kept()) {
    std::vector<Op> ops = ops_of(suspect, summary);
    std::string text = sentence(suspect, std::span<const Op>(ops));
    violations.push_back(make_violation(suspect, std::move(ops), std::move(text)));
  }
  return violations;
}

/// Of a histogram; `name` and `unit` as given.
[[nodiscard]] Distribution distribution_of(std::string name, Unit unit, const LatencyHistogram& histogram,
                                           FigureId id = FigureId::other);

/// Of a check that measures times, where instants are positions in a log.
[[nodiscard]] CheckResult result_without_times(std::string_view sample_of);
/// The figures of a tally; invalid if count > 0, else valid.
[[nodiscard]] CheckResult result_of(const Tally& tally, std::string_view sample_of);
/// Changes the verdict to unknown where some could not be judged and nothing was wrong; `note` says so, and what was
/// left out because it has no place among the versions. Without versions such a verdict does not decide.
void judge_by_versions(CheckResult& result, const Tally& tally, const Summary& summary);
/// The same for a check of which the times of writes say nothing: without versions nothing else was judged than what
/// was found to be wrong.
void judge_by_told_versions(CheckResult& result, const Tally& tally, const Summary& summary);

}  // namespace stalemate
