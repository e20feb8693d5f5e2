// What a run found: everything in results.json, as plain data. docs/results.md describes every field.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/asked_setting.hpp"
#include "core/error.hpp"
#include "core/histogram.hpp"
#include "core/run_counts.hpp"
#include "core/types.hpp"

namespace stalemate {

/// How often something named happened. Lists of it are sorted by name, hold each name once and no count of 0.
struct NamedCount {
  std::string name = {};
  std::uint64_t count = 0;
  friend bool operator==(const NamedCount&, const NamedCount&) = default;
};

/// A server that took part.
struct EngineUsed {
  std::string role = {};        ///< "database" or "cache"
  std::string name = {};        ///< such as "PostgreSQL"
  std::string version = {};     ///< as the server reports it
  std::string isolation = {};   ///< as the server reports it, such as "read committed"; empty for a cache
  std::string instead_of = {};  ///< the engine the scenario wanted, where this one only stands in for it; else empty
  bool is_named = false;        ///< the user named it, with --db or --cache; else it is a private one
  friend bool operator==(const EngineUsed&, const EngineUsed&) = default;
};

/// What was asked for: the scenario with all flags applied, from the table of its fields. A field added there appears
/// here without a change of this room; results of older versions lack it.
struct Asked {
  std::vector<AskedSetting> settings = {};  ///< each name once
  std::vector<std::string> faults = {};     ///< a clause each, such as "fill: skip 1%"

  /// Those that figures and sentences are made with; 0, "" and false where the results lack them.
  [[nodiscard]] double read_rate() const { return number("read_rate"); }    ///< a second, all clients
  [[nodiscard]] double write_rate() const { return number("write_rate"); }  ///< a second, all clients
  [[nodiscard]] std::string arrivals() const { return text("arrivals"); }   ///< "constant" or "poisson"
  [[nodiscard]] std::string pacing() const { return text("pacing"); }       ///< "open" or "ticker"
  [[nodiscard]] std::string key_distribution() const { return text("key_distribution"); }
  [[nodiscard]] std::uint64_t keys() const { return count("keys"); }  ///< all: the origin's and the generated ones
  [[nodiscard]] std::uint64_t clients() const { return count("clients"); }
  [[nodiscard]] bool serialize() const { return flag("serialize"); }
  [[nodiscard]] double add_share() const { return number("add_share"); }   ///< of the writes
  [[nodiscard]] std::string add_from() const { return text("add_from"); }  ///< "database" or "cache"
  [[nodiscard]] bool add_guard() const { return flag("add_guard"); }
  [[nodiscard]] double delete_share() const { return number("delete_share"); }  ///< of the writes
  [[nodiscard]] bool negative_entries() const { return flag("negative_entries"); }
  [[nodiscard]] Nanoseconds late_bound_ns() const { return static_cast<Nanoseconds>(count("late_bound_ns")); }

  /// The setting of that name; nullptr where it is not told.
  [[nodiscard]] const SettingValue* find(std::string_view name) const;
  /// Sets or adds it.
  void set(std::string_view name, SettingValue value);
  friend bool operator==(const Asked&, const Asked&) = default;

 private:
  [[nodiscard]] double number(std::string_view name) const;
  [[nodiscard]] std::uint64_t count(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
};

struct PlanCounts {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  friend bool operator==(const PlanCounts&, const PlanCounts&) = default;
};

/// The reads' lookups in the cache.
struct CacheCounts {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::optional<double> predicted_hit_ratio = {};  ///< from the plan alone; none where it cannot be predicted
  std::string not_predicted = {};  ///< a clause: why the plan predicts none; empty where it does, and without lookups
  friend bool operator==(const CacheCounts&, const CacheCounts&) = default;
};

/// hits / (hits + misses); none without lookups.
[[nodiscard]] std::optional<double> hit_ratio(const CacheCounts& cache);

/// How the reads done for each write compare with the plan's. Ratios are none where there was no write.
struct Drift {
  std::optional<double> wanted_ratio = {};  ///< reads planned / writes planned
  std::optional<double> done_ratio = {};    ///< reads ok / writes ok
  std::vector<std::string> causes = {};     ///< sentences, the weightiest first; never empty once derived
  friend bool operator==(const Drift&, const Drift&) = default;
};

/// What held the run back while it was behind: while as many ops or more waited for a client as there are clients.
/// Sessions are those of the run inside the database, cores are processors kept busy; both in the mean.
struct Limit {
  std::string by = {};        ///< as derive_limit() names it
  Nanoseconds behind_ns = 0;  ///< how long the run was behind
  double rate = 0;            ///< ops that ended a second in that time
  std::uint64_t looks = 0;    ///< at the sessions; 0: the database does not tell
  double sessions_running = 0;
  double sessions_waiting_for_locks = 0;
  double sessions_waiting_otherwise = 0;
  std::uint64_t cores = 0;                   ///< of this machine
  std::uint64_t threads = 0;                 ///< of stalemate that send ops
  double busy_cores = 0;                     ///< over the whole run, by everybody
  double own_cores = 0;                      ///< by stalemate
  std::optional<double> servers_cores = {};  ///< by private servers; none where there are others, or they were killed
  std::optional<double> rate_half = {};      ///< ops a second that no more than half of the clients would have done
  std::optional<double> rate_full = {};      ///< and nearly all of them; none where too few ops show it
  friend bool operator==(const Limit&, const Limit&) = default;
};

/// Of the ops with outcome ok.
/// Invariant: p50 <= p90 <= p99 <= p99_9 <= max; all 0 if count is 0.
struct LatencyFigures {
  std::uint64_t count = 0;
  Nanoseconds mean_ns = 0;
  Nanoseconds p50_ns = 0;
  Nanoseconds p90_ns = 0;
  Nanoseconds p99_ns = 0;
  Nanoseconds p99_9_ns = 0;
  Nanoseconds max_ns = 0;
  friend bool operator==(const LatencyFigures&, const LatencyFigures&) = default;
};

[[nodiscard]] LatencyFigures figures_of(const LatencyHistogram& histogram);

/// `response` counts from the intended start, `service` from the invocation.
struct OpLatency {
  LatencyFigures response = {};
  LatencyFigures service = {};
  friend bool operator==(const OpLatency&, const OpLatency&) = default;
};

struct Latency {
  OpLatency read = {};
  OpLatency write = {};
  friend bool operator==(const Latency&, const Latency&) = default;
};

/// The first part of a run, which is measured separately: the ops with an intended start in it.
/// Invariants: those of the same figures of the rest of the run.
struct WarmUp {
  Nanoseconds duration_ns = 0;  ///< `duration_s` in JSON
  OpCounts reads = {};
  OpCounts writes = {};
  std::optional<CacheCounts> cache = {};  ///< none without a cache
  Latency latency = {};
  std::uint64_t loads = 0;  ///< as DatabaseLoads::count; 0 until the history was checked
  friend bool operator==(const WarmUp&, const WarmUp&) = default;
};

/// A period in which a server did not answer.
struct Outage {
  std::string role = {};     ///< "database" or "cache"
  Nanoseconds start_ns = 0;  ///< the first failed call
  Nanoseconds end_ns = 0;    ///< the next successful one, or the run's end
  std::uint64_t node = 0;    ///< the node of a cluster, from 1, that was not reached; 0: the whole server
  std::uint64_t nodes = 1;   ///< how many there are
  std::string place = {};    ///< where the node listens
  friend bool operator==(const Outage&, const Outage&) = default;
};

/// A stretch of time in which a fault of the plan kept a server from answering.
struct PlannedStop {
  std::string fault = {};  ///< "stall", "restart"
  std::string role = {};   ///< "database" or "cache"
  Nanoseconds start_ns = 0;
  Nanoseconds end_ns = 0;  ///< when it answered again, or the run's end
  friend bool operator==(const PlannedStop&, const PlannedStop&) = default;
};

/// When a fault of the plan was in force.
struct FaultInForce {
  std::string fault = {};    ///< its name
  std::string at = {};       ///< "database", "cache", "replica", or "calls": of those that a fault of calls hit
  Nanoseconds start_ns = 0;  ///< of "calls" the first of them
  Nanoseconds end_ns = 0;    ///< of "calls" the last of them
  friend bool operator==(const FaultInForce&, const FaultInForce&) = default;
};

/// What a private server did in a run.
struct ServerUse {
  Nanoseconds busy_ns = 0;  ///< processor time, all of its processes
  friend bool operator==(const ServerUse&, const ServerUse&) = default;
};

/// Processor time, from when all clients were connected until the last op was over.
struct ProcessorUse {
  Nanoseconds watched_ns = 0;              ///< how long that was
  std::optional<ServerUse> database = {};  ///< none where it is no private one, or a fault started it again
  std::optional<ServerUse> cache = {};     ///< as `database`
  std::optional<ServerUse> replica = {};   ///< as `database`
  friend bool operator==(const ProcessorUse&, const ProcessorUse&) = default;
};

/// Periods in which stalemate itself stood still, stopped or without a processor. What was under way then took that
/// much longer, which is not the server's fault.
/// Invariants: longest_ns <= total_ns; all 0 if count is 0.
struct Standstills {
  std::uint64_t count = 0;
  Nanoseconds total_ns = 0;
  Nanoseconds longest_ns = 0;
  Nanoseconds longest_start_ns = 0;
  friend bool operator==(const Standstills&, const Standstills&) = default;
};

/// A sentence that says so; empty if there was none.
[[nodiscard]] std::string standstill_warning(const Standstills& standstills);

/// What the checks found in the history about reads that were served an old value.
/// Invariants: stale <= checked; the causes and `unexplained` add up to `stale`.
struct StaleReads {
  std::uint64_t checked = 0;                 ///< ok reads that could be judged
  std::uint64_t stale = 0;                   ///< those that returned a version older than one already acknowledged
  Nanoseconds worst_staleness_ns = 0;        ///< the worst lower bound: stale by at least this much
  Nanoseconds worst_staleness_upper_ns = 0;  ///< the worst upper bound
  Nanoseconds median_staleness_ns = 0;       ///< of the lower bounds of the stale reads
  std::uint64_t worst_versions = 0;          ///< the most versions a read was behind
  Nanoseconds incoherent_key_ns = 0;         ///< from the steps: time summed over keys
  std::vector<NamedCount> causes = {};
  std::uint64_t unexplained = 0;
  friend bool operator==(const StaleReads&, const StaleReads&) = default;
};

/// What the checks found in the history about acknowledged writes that the database never applied, or lost.
/// Invariants: writes + overtaken <= checked; reads_not_stale <= reads; with StaleReads, stale + reads_not_stale <= its
/// checked.
struct LostWrites {
  std::uint64_t checked = 0;  ///< acknowledged writes that could be judged
  std::uint64_t writes = 0;   ///< those that are not among the database's versions, or no more
  std::uint64_t reads = 0;    ///< ok reads that should have shown one of them, and returned what was there before
  std::uint64_t reads_not_stale = 0;  ///< those of them that are not counted in StaleReads::stale
  std::uint64_t overtaken = 0;  ///< not among `writes`: a newer write came before the database had them, unnoticed
  friend bool operator==(const LostWrites&, const LostWrites&) = default;
};

/// What one check found in the history.
/// Invariant: count = 0 unless the verdict is "invalid".
struct CheckFound {
  std::string name = {};
  std::string verdict = {};    ///< "valid", "invalid" or "unknown"
  bool decides = false;        ///< false: a measurement, or the history gave it nothing to decide on
  std::uint64_t count = 0;     ///< violations
  std::uint64_t sample = 0;    ///< what could be judged: reads, writes, keys, as `sample_of` says
  std::string sample_of = {};  ///< in the plural, such as "reads"
  std::uint64_t unjudged = 0;  ///< what else of these there is, and could not be judged
  std::string customers = {};  ///< what customers met, to stand behind "3 of 100 reads"; empty: no words for them
  std::string first = {};      ///< a sentence: the first violation by time; empty without
  std::string note = {};       ///< a sentence: why it could not judge, or what to know about it; may be empty
  friend bool operator==(const CheckFound&, const CheckFound&) = default;
};

/// Calls that read rows from the database or a replica; from the steps. In a run with a warm-up, those after it.
/// Invariants: while_loading <= count; most_in_one_second <= count.
struct DatabaseLoads {
  std::uint64_t count = 0;
  std::optional<double> share = {};      ///< for each read sent; none without reads
  std::uint64_t most_in_one_second = 0;  ///< of the whole seconds since the run's start
  std::uint64_t while_loading = 0;       ///< begun while another load of the same key was under way: a stampede
  std::uint64_t refused_fills = 0;       ///< fills that the cache refused, since they might have been stale
  friend bool operator==(const DatabaseLoads&, const DatabaseLoads&) = default;
};

/// Store calls that a server answered with an error of one kind; for parts that serve no client, any failure.
struct Refusal {
  std::string role = {};         ///< "database" or "cache"
  std::string part = "clients";  ///< who called: "clients", "background" or "sampler"
  std::string error = {};        ///< the kind, as in RunResults::errors
  std::uint64_t count = 0;
  std::string words = {};  ///< the server's own, of the first one
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// The record of the run, beside results.json.
struct HistoryFile {
  std::string file = {};   ///< its name in the run's folder
  bool truncated = false;  ///< recording stopped before the run did
  std::uint64_t ops = 0;
  std::uint64_t steps = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const HistoryFile&, const HistoryFile&) = default;
};

/// A run that others were merged with.
struct MergedRun {
  std::string name = {};  ///< as it was named when it was merged
  std::string started_at = {};
  std::uint64_t seed = 0;
  Nanoseconds elapsed_ns = 0;
  std::string verdict = {};
  std::uint64_t reads = 0;   ///< with outcome ok
  std::uint64_t writes = 0;  ///< with outcome ok
  friend bool operator==(const MergedRun&, const MergedRun&) = default;
};

/// Which of the merged runs a greatest figure is from.
struct MergedMaximum {
  std::string figure = {};  ///< its place in results.json, such as "latency.read.response.max_ns"
  std::string run = {};     ///< its name
  friend bool operator==(const MergedMaximum&, const MergedMaximum&) = default;
};

/// What results were merged from. Invariant: two runs or more.
struct Merged {
  std::string time = {};  ///< "together", "one after the other" or "partly together"
  std::vector<MergedRun> runs = {};
  std::vector<MergedMaximum> maxima = {};
  friend bool operator==(const Merged&, const Merged&) = default;
};

/// RunResults::pattern of a run of a user's own service; no pattern has that name.
inline constexpr std::string_view application_subject = "application";

/// A run's results. In a run with a warm-up, `plan`, `reads`, `writes`, `cache`, `drift`, `latency` and `loads` are of
/// what came after it; all else is of the whole run. Invariants: see validate().
struct RunResults {
  std::string scenario = {};
  std::string question = {};  ///< the scenario's, one line
  std::string pattern = {};
  std::uint64_t seed = 0;
  std::string program_version = {};  ///< of stalemate
  std::string started_at = {};       ///< UTC, ISO 8601
  std::string replay = {};           ///< the command that runs the same plan again
  std::vector<EngineUsed> engines = {};
  Nanoseconds duration_ns = 0;  ///< asked for; `duration_s` in JSON
  Nanoseconds elapsed_ns = 0;   ///< from the first intended start to the end of the last op; `elapsed_s` in JSON
  bool interrupted = false;
  Asked asked = {};
  std::optional<WarmUp> warm_up = {};  ///< none where the scenario has none
  PlanCounts plan = {};
  OpCounts reads = {};
  OpCounts writes = {};
  std::optional<CacheCounts> cache = {};     ///< none without a cache
  std::optional<SampleCounts> samples = {};  ///< none without a cache, or where sampling was off
  std::optional<OriginCounts> origin = {};   ///< only with --serialize
  std::optional<Limit> limit = {};           ///< none where the run was never behind
  Drift drift = {};
  Latency latency = {};
  std::uint64_t retries = 0;                ///< attempts repeated because of SQLSTATE 40001
  std::vector<NamedCount> faults = {};      ///< store calls a fault was applied to, by fault
  std::vector<NamedCount> errors = {};      ///< ops not ok, by error
  std::vector<FaultInForce> in_force = {};  ///< sorted by start
  std::vector<PlannedStop> stops = {};      ///< sorted by start; one that is shorter than op_limit is no outage
  std::vector<Outage> outages = {};         ///< sorted by start
  std::vector<Refusal> refusals = {};       ///< sorted by role, part and error
  Standstills standstills = {};
  std::optional<ProcessorUse> processor = {};  ///< none in a run of an application, or without private servers
  std::optional<StaleReads> stale = {};        ///< none until the history was checked
  std::optional<LostWrites> lost = {};         ///< none until the history was checked
  std::optional<DatabaseLoads> loads = {};     ///< none until the history was checked, or where it holds no steps
  std::string verdict = {};             ///< of the history: "valid", "invalid" or "unknown"; empty until it was checked
  std::vector<CheckFound> checks = {};  ///< every check's, sorted by name; empty until the history was checked
  /// Of every check, 0 where it found none or could not judge; empty until the history was checked.
  std::vector<NamedCount> violations = {};
  HistoryFile history = {};
  std::optional<Merged> merged = {};       ///< none of a run by itself
  std::vector<std::string> warnings = {};  ///< sentences
  friend bool operator==(const RunResults&, const RunResults&) = default;
};

/// Checked reads that returned something older than what had been acknowledged: stale ones, and those that missed a
/// lost write. 0 until the history was checked.
[[nodiscard]] std::uint64_t wrong_reads(const RunResults& results);

/// Whether ops of this kind were due and less than half of them ended ok.
[[nodiscard]] bool mostly_failed(const OpCounts& ops);
/// A sentence for each kind of op of which most or all failed.
[[nodiscard]] std::vector<std::string> failure_warnings(const RunResults& results);

/// Adds to the count of that name, keeping the list's order. Does nothing for 0.
void add_count(std::vector<NamedCount>& counts, std::string_view name, std::uint64_t count = 1);

/// Whether the figures agree with one another.
/// Errors: ErrorCode::defect with a sentence that names the first invariant broken and its figures.
[[nodiscard]] Result<void> validate(const RunResults& results);

}  // namespace stalemate
