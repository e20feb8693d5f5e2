// A whole live run: connects, starts the workers, the sampler and the server faults, watches them, and ends in order.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/pattern/pattern.hpp"
#include "drive/sampling/sample_tally.hpp"
#include "drive/server_events.hpp"
#include "drive/session.hpp"
#include "drive/watch/counters.hpp"
#include "drive/watch/load_watch.hpp"
#include "drive/watch/outages.hpp"
#include "drive/watch/refusals.hpp"
#include "drive/watch/standstills.hpp"
#include "plan/plan.hpp"
#include "record/history_writer.hpp"

namespace stalemate {

/// The state of a run, for the screen.
struct RunLook {
  Nanoseconds elapsed_ns = 0;
  bool draining = false;  ///< every op has been handed out or the run was interrupted
  bool interrupted = false;
  bool finished = false;  ///< all ops are done: this look is the last
  DriveCounts counts = {};
  DriveLatency latency = {};              ///< so far
  DriveLatency latency_last_second = {};  ///< of the last whole second
  std::uint64_t reads_last_second = 0;    ///< completed in it
  std::uint64_t writes_last_second = 0;
  std::uint64_t due_reads = 0;
  std::uint64_t due_writes = 0;
  std::uint64_t backlog = 0;
  std::uint64_t in_flight = 0;
  std::optional<SampleTotals> samples = {};  ///< none without a cache, or where the plan wants none
  std::vector<StoreOutage> outages = {};     ///< end_ns never: going on
};

/// Why a run ended before its plan did.
enum class EarlyEnd : std::uint8_t { none, interrupted, recording_failed, claim_lost };

/// What a run counted.
struct RunOutcome {
  Nanoseconds elapsed_ns = 0;  ///< from instant 0 to the end of the last op
  EarlyEnd early_end = EarlyEnd::none;
  bool ended_at_once = false;       ///< by a second signal, or by one after the last op
  DriveCounts counts = {};          ///< of ops planned after the warm-up
  DriveLatency latency = {};        ///< of the same
  DriveCounts warm_up_counts = {};  ///< of ops planned in it
  DriveLatency warm_up_latency = {};
  std::optional<SampleTotals> samples = {};  ///< none without a cache, or where the plan wants none
  LoadFigures load = {};
  unsigned workers = 1;
  std::optional<std::vector<RestRecord>> rest = {};  ///< none without a cache, or where a store was gone at the end
  std::vector<StoreOutage> outages = {};             ///< sorted by start, ended with the run
  std::vector<ServerStop> stops = {};                ///< by faults of the plan; sorted by start, ended with the run
  std::vector<StoreRefusal> refusals = {};           ///< sorted by store, part and error
  std::vector<Standstill> standstills = {};          ///< of this program itself, sorted; during the run
  std::vector<FaultWindow> fault_windows = {};       ///< of server faults, as they were in force; sorted by start
  std::vector<std::string> troubles = {};            ///< sentences: what could not be done
};

struct RunOptions {
  /// How often `show` is called.
  Nanoseconds show_interval_ns = 100'000'000;
  /// Called on the calling thread, about every show_interval_ns, and once more at the end.
  std::function<void(const RunLook&)> show = [](const RunLook&) {};
  /// Called on the calling thread at a third such signal; must end the program.
  std::function<void()> leave_at_once = [] {};
  /// Whether another run has taken over the stores, which ends this one. Called as `show` is.
  std::function<bool()> claim_lost = [] { return false; };
  /// Told instant 0, on the calling thread, once all clients are connected and before any op begins.
  std::function<void(SteadyTime origin)> begins = [](SteadyTime) {};
  ServerControl* servers = nullptr;  ///< needed where the plan has server events
};

/// Runs the plan to its end, or until SIGINT, SIGTERM or SIGHUP, which it handles during the run: then no further op
/// begins, and ops under way are completed. At a second signal these are given up and recorded as `info`, and rows and
/// entries are not compared at the end; nor are they where the first signal comes during that comparison. A lost server
/// does not end a run; a history that cannot be written does. The history stays open; its lanes are flushed. Errors:
/// those of connecting, before any op; unsupported where the plan wants server events and there is no control.
/// Requires: `history` has worker_count() lanes or more. Thread rule: one run at a time a process, for the signals.
[[nodiscard]] Result<RunOutcome> run_plan(const Plan& plan, const Pattern& pattern, SessionFactory& sessions,
                                          HistoryWriter& history, const RunOptions& options);

/// How many workers, and so lanes, a run of this plan has.
[[nodiscard]] unsigned worker_count(const Plan& plan);

}  // namespace stalemate
