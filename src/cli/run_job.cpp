#include "cli/run_job.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "cli/check_run.hpp"
#include "cli/exit_code.hpp"
#include "cli/program.hpp"
#include "cli/run_views.hpp"
#include "core/key_names.hpp"
#include "record/history_reader.hpp"
#include "record/history_writer.hpp"
#include "report/live_screen.hpp"
#include "report/results_json.hpp"

namespace stalemate {
namespace {

constexpr const char* history_name = "history.stale";

HistoryHeader header_of(const Plan& plan, const ResultsFolder& folder, const std::vector<EngineUsed>& engines) {
  const Scenario& scenario = plan.scenario();
  HistoryHeader header;
  header.scenario_name = scenario.name;
  header.scenario_toml = to_toml(scenario);
  header.pattern = scenario.pattern;
  header.seed = scenario.seed;
  header.program = std::string("stalemate ") + program_version();
  header.started_at = folder.started_at;
  for (const EngineUsed& engine : engines) {
    header.engines.push_back({engine.role, engine.name, engine.version, engine.isolation});
  }
  for (const PlannedFault& fault : plan.faults()) {
    header.fault_names.push_back(fault.name);
  }
  header.initial_value = initial_value;
  header.key_count = scenario.keys;
  header.client_count = plan.clients();
  return header;
}

HistoryTrailer trailer_of(const RunOutcome& outcome) {
  HistoryTrailer trailer;
  trailer.duration_ns = outcome.elapsed_ns;
  trailer.reason = outcome.early_end == EarlyEnd::none ? "completed" : "interrupted";
  const auto count = [&trailer](const char* name, std::uint64_t value) {
    trailer.counts.emplace_back(name, static_cast<std::int64_t>(value));
  };
  count("reads_dropped", outcome.counts.reads.dropped);
  count("writes_dropped", outcome.counts.writes.dropped);
  return trailer;
}

// Shows the run on standard error, so that standard output holds results only.
class Watcher {
 public:
  Watcher(const Plan& plan, const std::vector<EngineUsed>& engines, bool live) : plan_(plan), engines_(engines) {
    if (live) {
      screen_.emplace(STDERR_FILENO);
    }
  }
  void show(const RunLook& look) {
    if (screen_) {
      screen_->show(progress_of(look, plan_, engines_));
    }
  }
  void finish() {
    if (screen_) {
      screen_->finish();
    }
  }

 private:
  const Plan& plan_;
  const std::vector<EngineUsed>& engines_;
  std::optional<LiveScreen> screen_ = {};
};

Result<RunOutcome> drive(const Plan& plan, const RunFlags& flags, Stores& stores, HistoryWriter& history,
                         const RunOptions& base) {
  Watcher watcher(plan, stores.engines(), !flags.no_live);
  RunOptions options = base;
  options.servers = stores.control();
  options.show = [&watcher](const RunLook& look) { watcher.show(look); };
  options.leave_at_once = [&watcher] {
    watcher.finish();
    // The keeper sees our end and removes the servers; the history stays readable up to its last whole block.
    _exit(static_cast<int>(ExitCode::interrupted));
  };
  const Pattern& pattern = PatternRegistry::find(plan.scenario().pattern)->instance();
  return run_plan(plan, pattern, stores, history, options);
}

// Closes the history. What could not be recorded becomes a warning: the run itself was done.
void close_history(std::unique_ptr<HistoryWriter> history, const RunOutcome& outcome, RunResults& results,
                   const ResultsFolder& folder) {
  if (outcome.rest) {
    history->append_rest(*outcome.rest);
  }
  results.history.file = history_name;
  results.history.ops = outcome.counts.reads.sent + outcome.counts.writes.sent;
  results.history.steps = outcome.counts.steps;
  if (const Result<void> closed = history->close(trailer_of(outcome)); !closed) {
    results.history.truncated = true;
    results.warnings.push_back(fmt::format("the history is truncated: {}", closed.error().detail));
  }
  std::error_code error;
  const auto bytes = std::filesystem::file_size(folder.path / history_name, error);
  results.history.bytes = error ? 0 : bytes;
}

Result<void> write_results(const FinishedRun& run, const Scenario& scenario) {
  if (const Result<void> fine = validate(run.results); !fine) {
    return fine;
  }
  if (const Result<void> written = write_file(run.folder.path / "results.json", to_json(run.results)); !written) {
    return written;
  }
  if (const Result<void> written = write_file(run.folder.path / "scenario.toml", to_toml(scenario)); !written) {
    return written;
  }
  return point_latest_at(run.folder);
}

}  // namespace

unsigned columns_of(int file_descriptor) {
  winsize size = {};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return 80;
  }
  return std::clamp<unsigned>(size.ws_col, 40, 120);
}

Result<FinishedRun> do_run(const Scenario& scenario, const RunFlags& flags) {
  Result<Plan> plan = Plan::make(scenario);
  if (!plan) {
    return std::unexpected(plan.error());
  }
  Result<std::unique_ptr<Stores>> stores = Stores::prepare(scenario, flags.stores);
  if (!stores) {
    return std::unexpected(stores.error());
  }
  Result<ResultsFolder> folder = make_results_folder(flags.out, scenario.name);
  if (!folder) {
    return std::unexpected(folder.error());
  }
  RunOptions options;
  options.threads = flags.threads;
  HistoryWriter::Options recording;
  recording.lanes = worker_count(*plan, options);
  Result<std::unique_ptr<HistoryWriter>> history =
      HistoryWriter::create(folder->path / history_name, header_of(*plan, *folder, (*stores)->engines()), recording);
  if (!history) {
    return std::unexpected(history.error());
  }
  const Result<RunOutcome> outcome = drive(*plan, flags, **stores, **history, options);
  if (!outcome) {
    return std::unexpected(outcome.error());
  }
  FinishedRun run{.results = results_of(*outcome, *plan, (*stores)->engines()), .folder = *folder};
  (*stores)->close();
  run.results.program_version = program_version();
  run.results.started_at = folder->started_at;
  run.results.replay = fmt::format("stalemate run {}", (folder->path / "scenario.toml").string());
  close_history(std::move(*history), *outcome, run.results, *folder);
  check_run(folder->path / history_name, run.results);
  if (const Result<void> written = write_results(run, scenario); !written) {
    return std::unexpected(written.error());
  }
  return run;
}

}  // namespace stalemate
