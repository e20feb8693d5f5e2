// Checks: properties of a history, each in a file of its own, with a verdict and the ops that prove it.
//
// Every client-visible property is judged key by key. A prefilter first clears the keys in which nothing can be wrong,
// so that the checks see only what is left of the others.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/crew.hpp"
#include "core/histogram.hpp"
#include "core/op.hpp"
#include "core/registry.hpp"
#include "core/types.hpp"
#include "record/foreign/event_history.hpp"
#include "record/history.hpp"

namespace stalemate {

/// `unknown`: the history does not say, or the checker ran out of its budget. It is never a pass.
enum class Verdict : std::uint8_t { valid, invalid, unknown };
[[nodiscard]] std::string_view name_of(Verdict verdict);

/// The object every key is. `distinct_register` a register whose written values are all different; `cas_register` one
/// with compare-and-set or repeated values; `kv` text with put, append and get; `rmw_register` one with adds.
enum class Model : std::uint8_t { distinct_register, cas_register, kv, rmw_register };
[[nodiscard]] std::string_view name_of(Model model);
/// Of "register", "cas-register", "kv" and "rmw-register"; none for any other text.
[[nodiscard]] std::optional<Model> model_named(std::string_view name);

/// A set of models, one bit a Model.
using ModelMask = std::uint8_t;
[[nodiscard]] constexpr ModelMask model_bit(Model model) {
  return static_cast<ModelMask>(1U << static_cast<unsigned>(model));
}

/// What a figure counts, so that it can be printed.
enum class Unit : std::uint8_t { count, nanoseconds, versions, share, nines };

/// Which figure it is, for those who need that one; `other`: it is only told in words.
enum class FigureId : std::uint8_t {
  other,
  reads_behind_lost_write,
  reads_behind_lost_write_not_stale,
  writes_overtaken,
  incoherent_key_time,
  loads_in_one_second_max,
  loads_in_warm_up,
  fills_refused,
  staleness_lower,
  staleness_upper,
  versions_behind
};

struct Figure {
  FigureId id = FigureId::other;
  std::string name = {};  ///< in words
  double value = 0;
  Unit unit = Unit::count;
  friend bool operator==(const Figure&, const Figure&) = default;
};

/// Minimum and maximum are exact, the quantiles right to 1/128. All 0 where count is 0.
struct Distribution {
  FigureId id = FigureId::other;
  std::string name = {};  ///< in words
  Unit unit = Unit::nanoseconds;
  std::uint64_t count = 0;
  std::int64_t min = 0;
  std::int64_t p50 = 0;
  std::int64_t p90 = 0;
  std::int64_t p99 = 0;
  std::int64_t max = 0;
  friend bool operator==(const Distribution&, const Distribution&) = default;
};

/// An op of an imported history as its file has it: what it does, and who, where and with what, each as EDN.
struct OpNames {
  std::string client = {};
  std::string kind = {};
  std::string key = {};
  std::string value = {};
};

/// One way in which the property was broken.
struct Violation {
  Key key = {};
  Nanoseconds at_ns = 0;            ///< when it showed: violations are sorted by it
  std::vector<Op> ops = {};         ///< the fewest that prove it, 1 to 4, in order of invocation
  std::string sentence = {};        ///< names each of them
  std::string key_name = {};        ///< of an imported history, as OpNames::key; else empty
  std::vector<OpNames> names = {};  ///< of an imported history, by op; else empty
};

/// How stale one read was.
struct StaleRead {
  OpIndex read = no_op;
  OpIndex newer_write = no_op;  ///< the write of a newer version that completed first
  Nanoseconds lower_ns = 0;     ///< stale by at least this
  Nanoseconds upper_ns = 0;     ///< stale by at most this
  std::uint32_t versions = 0;   ///< behind by so many completed writes; at least 1
};

/// One or more episodes of a key in which its entry and its row disagreed, as one span.
struct DisagreementSpan {
  Key key = {};
  std::uint32_t episodes = 0;
  Nanoseconds begin_ns = 0;
  Nanoseconds end_ns = 0;
  Nanoseconds total_ns = 0;  ///< of the episodes, without the gaps between them
};

/// What one check found.
struct CheckResult {
  std::string name = {};
  Verdict verdict = Verdict::unknown;
  bool decides = true;               ///< false: a measurement, which does not decide the report's verdict
  std::uint64_t count = 0;           ///< violations
  std::uint64_t sample = 0;          ///< what could be judged: reads, writes, keys, as `sample_of` says
  std::string_view sample_of = {};   ///< such as "reads"
  std::uint64_t unjudged = 0;        ///< what else the history holds of these; `note` says why they were left out
  std::optional<Figure> worst = {};  ///< of the violations; none without
  std::vector<Figure> figures = {};
  std::vector<Distribution> distributions = {};
  std::vector<Violation> violations = {};  ///< the first CheckOptions::violations_max by time
  std::string note = {};                   ///< a sentence: why unknown, or what to know about the figures; may be empty
  /// The reads that it found wrong, by time, for those who look for causes; at most CheckOptions::stale_reads_max. Of
  /// checks that do not judge reads one by one none. Those that are not stale have no newer write, and no times.
  std::vector<StaleRead> stale_reads = {};
  /// Of `incoherence`, where CheckOptions::disagreement_gap_ns is given: all its episodes, those of one key by time.
  /// In which order keys come is not told.
  std::vector<DisagreementSpan> disagreements = {};
  std::string defect = {};  ///< a sentence: two checkers of ours contradict each other; else empty
};

struct CheckOptions {
  std::vector<std::string> only = {};            ///< names of checks; empty: all
  Nanoseconds clock_error_ns = 0;                ///< every interval is widened by it at both ends
  Nanoseconds warm_up_ns = 0;                    ///< of the run's time: loads that began before are counted apart
  std::uint32_t violations_max = 10;             ///< kept, a check
  std::uint32_t stale_reads_max = 4'000'000;     ///< kept in CheckResult::stale_reads, the first ones by time
  std::uint32_t batch_ops = 4096;                ///< judged in one go; nothing but speed depends on it
  bool may_prefilter = true;                     ///< nothing but speed depends on it
  std::uint64_t search_states_max = 20'000'000;  ///< of the general search, a key
  std::uint64_t search_bytes_max = std::uint64_t{1} << 30U;  ///< of the general search, a key
  bool search_every_key = false;  ///< the general search goes on when a key is invalid, to count those that are
  /// Fills CheckResult::disagreements, with episodes of a key as one that are closer together than that.
  std::optional<Nanoseconds> disagreement_gap_ns = {};
  /// Asked now and then; true ends the general search, whose verdict is then `unknown`. May be empty.
  std::function<bool()> should_stop = {};
};

/// What all checks found.
struct Report {
  Verdict verdict = Verdict::unknown;  ///< invalid if any deciding check is; else unknown if any is; else valid
  Model model = Model::distinct_register;
  bool versions_known = false;  ///< whether the order of versions was recorded
  std::uint64_t ops = 0;
  std::uint64_t keys = 0;  ///< keys with ops
  Nanoseconds clock_error_ns = 0;
  bool is_imported = false;  ///< violations have the names that their file uses
  bool is_timed = true;      ///< false: instants and durations are positions in a log, of which a "nanosecond" is one
  std::vector<std::string> notes = {};    ///< sentences of the history's file: what makes it less than it seems
  std::optional<bool> has_end_mark = {};  ///< of others' files: whether they tell that nothing is missing at their end
  std::vector<CheckResult> results = {};  ///< sorted by name
  std::vector<std::string> defects = {};  ///< sentences: two checkers of ours contradict each other
};
/// invalid if any deciding result is, else unknown if any is or none decides, else valid.
[[nodiscard]] Verdict verdict_of(std::span<const CheckResult> results);
/// The result of that name, or nullptr.
[[nodiscard]] const CheckResult* find_result(const Report& report, std::string_view name);
/// The value of that figure; 0 if the result has none. Requires: id is not `other`.
[[nodiscard]] double value_of(const CheckResult& result, FigureId id);

class KeyCheck;

/// What a check walks over, which is what it costs.
enum class CheckCost : std::uint8_t {
  ops,    ///< the ops of every key, but those that a Prefilter has cleared for it
  steps,  ///< all steps, with the key of each
  rest    ///< what rows and entries held after the run
};

/// In which ops a check cannot find anything, so that it need not see them (prefilter/prefilter.hpp).
enum class PrefilteredBy : std::uint8_t {
  nothing,   ///< it has to see all
  order,     ///< those of keys in order: no op of a newer value ended before one of an older value began
  versions,  ///< the same, if the order of versions is known
  sessions   ///< the same, if each client does one op at a time as well, and every write's outcome is known
};

/// What the registry says of a check. One file in src/check/checks/ registers one.
struct CheckInfo {
  std::string_view name;
  std::string_view summary;  ///< one line for the generated tables
  /// What customers met where it was broken, to stand behind "3 of 100 reads": "showed a quantity that nobody had
  /// written". Empty: it has no words for them, and is told by its name.
  std::string_view customers = {};
  ModelMask models;  ///< what it applies to; on other models it is left out
  bool decides;      ///< false: a measurement
  CheckCost cost = CheckCost::ops;
  PrefilteredBy prefiltered_by = PrefilteredBy::nothing;  ///< of a check of ops; nothing but speed depends on it
  std::unique_ptr<KeyCheck> (*make)(const CheckOptions& options);
};
using CheckRegistry = Registry<CheckInfo>;

/// Every check that applies (or `options.only`) on a recorded history.
/// Nothing but speed depends on the crew.
/// Cost: linear in ops and steps, apart from sorting nearly sorted runs; docs/checks.md has the memory.
[[nodiscard]] Report check_all(const History& history, const CheckOptions& options = {}, const Crew& crew = {});

/// The same for a history in general form: as a native one where the model is `distinct_register`, else by the general
/// search, which judges linearizability only. `model` none: guess_model; of a native history that was exported,
/// `distinct_register`. Of an excerpt it is judged whether it can be a part of a right history. Never more is claimed
/// of an export than of the run itself.
[[nodiscard]] Report check_all(const EventHistory& events, const CheckOptions& options = {},
                               std::optional<Model> model = {});

/// `kv` if there are appends, `rmw_register` if there are adds, `distinct_register` if all ops are reads and writes of
/// different values a key, else `cas_register`.
[[nodiscard]] Model guess_model(const EventHistory& events);

/// One point of the curve over ε: violations of every deciding check when both ends of every interval are widened.
struct ClockErrorPoint {
  Nanoseconds clock_error_ns = 0;
  std::vector<Figure> counts = {};  ///< by check, sorted by name; without those that could not decide
};
/// Makes a report with the options given; all but the counts may be left out of it.
using Checker = std::function<Report(const CheckOptions& options)>;
/// Checks once a value of `errors_ns`, with `options`, apart from the clock error and what only fills lists.
[[nodiscard]] std::vector<ClockErrorPoint> clock_error_curve(const Checker& check, const CheckOptions& options,
                                                             std::span<const Nanoseconds> errors_ns);
/// The same with check_all.
[[nodiscard]] std::vector<ClockErrorPoint> clock_error_curve(const History& history, const CheckOptions& options,
                                                             std::span<const Nanoseconds> errors_ns);
/// Points of the curve: 0, 1 %, 5 %, 20 %, 50 % and all of the greatest error; none twice.
[[nodiscard]] std::vector<Nanoseconds> clock_errors_up_to(Nanoseconds greatest_ns);

}  // namespace stalemate
