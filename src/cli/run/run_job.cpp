#include "cli/run/run_job.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "cli/interrupt.hpp"
#include "cli/program.hpp"
#include "cli/run/check_run.hpp"
#include "cli/run/run_views.hpp"
#include "cli/run/server_control.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
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
  header.server_count = worker_count(plan);
  for (const CacheCommandInfo& command : CacheCommandRegistry::all()) {
    header.cache_commands.push_back({std::string(command.name), command.ward, command.shows_entry});
  }
  return header;
}

HistoryTrailer trailer_of(const RunOutcome& outcome) {
  HistoryTrailer trailer;
  trailer.duration_ns = outcome.elapsed_ns;
  trailer.reason = outcome.early_end == EarlyEnd::none ? "completed" : "interrupted";
  const auto count = [&trailer](const char* name, std::uint64_t value) {
    trailer.counts.emplace_back(name, static_cast<std::int64_t>(value));
  };
  const DriveCounts counts = sum_of(outcome.counts, outcome.warm_up_counts);
  count("reads_dropped", counts.reads.dropped);
  count("writes_dropped", counts.writes.dropped);
  return trailer;
}

// Shows the run on standard error, so that standard output holds results only.
class Watcher {
 public:
  Watcher(const Plan& plan, const std::vector<EngineUsed>& engines, bool live, Waiting& waiting)
      : plan_(plan), engines_(engines), waiting_(waiting) {
    if (live) {
      screen_.emplace(STDERR_FILENO);
    }
  }
  void show(const RunLook& look) {
    waiting_.next("");
    if (screen_) {
      screen_->show(progress_of(look, plan_, engines_));
    }
    if (look.finished) {
      finish();
      waiting_.next("comparing rows and cache entries once more");
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
  Waiting& waiting_;
  std::optional<LiveScreen> screen_ = {};
};

Result<RunOutcome> drive(const Plan& plan, const RunFlags& flags, Stores& stores, HistoryWriter& history,
                         Waiting& waiting) {
  Watcher watcher(plan, stores.engines(), !flags.no_live, waiting);
  waiting.next(fmt::format("connecting {} clients", plan.clients()));
  RunOptions options;
  options.servers = stores.control();
  options.show = [&watcher](const RunLook& look) { watcher.show(look); };
  options.claim_lost = [&stores] { return !stores.claim_lost().empty(); };
  options.leave_at_once = [&watcher] {
    watcher.finish();
    // The keeper sees our end and removes the servers; the history stays readable up to its last whole block.
    leave_interrupted();
  };
  const Pattern& pattern = PatternRegistry::find(plan.scenario().pattern)->instance();
  return run_plan(plan, pattern, stores, history, options);
}

// Closes the history. What could not be recorded becomes a warning: the run itself was done.
void close_history(HistoryWriter& history, const RunOutcome& outcome, FinishedRun& run) {
  if (outcome.rest) {
    history.append_rest(*outcome.rest);
  }
  HistoryFile& file = run.results.history;
  file.file = history_name;
  const DriveCounts counts = sum_of(outcome.counts, outcome.warm_up_counts);
  file.ops = counts.reads.sent + counts.writes.sent + counts.background;
  file.steps = counts.steps;
  if (const Result<void> closed = history.close(trailer_of(outcome)); !closed) {
    file.truncated = true;
    run.trouble = fmt::format("the history is truncated: {}", closed.error().detail);
    run.results.warnings.push_back(run.trouble);
  }
  std::error_code error;
  const auto bytes = std::filesystem::file_size(run.folder.path / history_name, error);
  file.bytes = error ? 0 : bytes;
}

void note_trouble(FinishedRun& run, const Result<void>& done) {
  if (!done && run.trouble.empty()) {
    run.trouble = done.error().detail;
  }
}

void write_results(FinishedRun& run) {
  note_trouble(run, write_file(run.folder.path / "results.json", to_json(run.results)));
  note_trouble(run, point_latest_at(run.folder));
}

// The files of a run that is about to begin.
Result<std::unique_ptr<HistoryWriter>> begin_files(const ResultsFolder& folder, const Plan& plan,
                                                   const Stores& stores) {
  if (const Result<void> written = write_file(folder.path / "scenario.toml", to_toml(plan.scenario())); !written) {
    return std::unexpected(written.error());
  }
  HistoryWriter::Options recording;
  recording.lanes = worker_count(plan);
  Result<std::unique_ptr<HistoryWriter>> history =
      HistoryWriter::create(folder.path / history_name, header_of(plan, folder, stores.engines()), recording);
  if (!history) {
    // The cause is this machine, not a server.
    history.error().code = ErrorCode::defect;
  }
  return history;
}

// A server that the user named is not ours to stop.
Result<void> check_server_faults(const Plan& plan, const StoresWanted& wanted) {
  for (const ServerEvent& event : plan.server_events()) {
    const bool is_cache = event.target == Target::cache;
    const bool is_named = is_cache ? !wanted.cache_url.empty() : !wanted.database_urls.empty();
    if (is_named && needs_private_server(event.kind)) {
      return failed(ErrorCode::unsupported,
                    fmt::format("faults.{}: it {}, which is only done to a private one; leave out {}",
                                plan.faults()[event.fault - 1U].name, deed_of(event), is_cache ? "--cache" : "--db"));
    }
  }
  return {};
}

// Drives the plan, and writes what there is to know as soon as it is known: an interrupt may end us at any time.
Result<FinishedRun> run_in(const ResultsFolder& folder, const Plan& plan, const RunFlags& flags, Stores& stores,
                           Waiting& waiting) {
  auto reserved = std::make_unique<ReservedSpace>(folder);
  std::optional<Farewell> farewell;
  farewell.emplace(
      fmt::format("ended at once, so no results were written; what was recorded until then is there: "
                  "stalemate check {}",
                  shell_word(folder.path.string())));
  const Result<std::unique_ptr<HistoryWriter>> history = begin_files(folder, plan, stores);
  if (!history) {
    return std::unexpected(history.error());
  }
  const Result<RunOutcome> outcome = drive(plan, flags, stores, **history, waiting);
  // After an interrupt now, the results of what was done are still written, which takes a moment.
  std::optional<InterruptWatch> results_first(std::in_place);
  end_at_interrupt();
  if (!outcome) {
    return std::unexpected(outcome.error());
  }
  waiting.next("writing the last of the history");
  FinishedRun run{.results = results_of(*outcome, plan, stores.engines()), .folder = folder};
  run.results.warnings.insert(run.results.warnings.begin(), stores.warnings().begin(), stores.warnings().end());
  run.results.program_version = program_version();
  run.results.started_at = folder.started_at;
  run.results.replay = fmt::format("stalemate run {}", shell_word((folder.path / "scenario.toml").string()));
  if (std::string doubt = stores.confirm_claim(); !doubt.empty()) {
    run.results.warnings.push_back(std::move(doubt));
  }
  run.lost_claim = stores.claim_lost();
  close_history(**history, *outcome, run);
  reserved.reset();
  write_results(run);
  farewell.reset();
  farewell.emplace(
      fmt::format("interrupted before the history was checked: {} says nothing of stale reads; "
                  "'stalemate check {}' does",
                  (folder.path / "results.json").string(), shell_word(folder.path.string())));
  results_first.reset();
  if (outcome->ended_at_once || InterruptWatch::came()) {
    leave_interrupted();
  }
  waiting.next("stopping the servers");
  stores.close();
  check_run(folder.path / history_name, run.results, waiting);
  if (const Result<void> fine = validate(run.results); !fine) {
    run.results.warnings.push_back("a defect of stalemate: " + fine.error().detail);
    note_trouble(run, fine);
  }
  write_results(run);
  return run;
}

// Every client has two connections; the usual limit of 1024 files is for programs that use select().
void allow_many_files() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace

unsigned columns_of(int file_descriptor) {
  constexpr unsigned least = 40;
  constexpr unsigned most = 120;
  // What the user says goes before what the terminal says.
  const char* const said =
      std::getenv("COLUMNS");  // NOLINT(concurrency-mt-unsafe): the program never changes its environment
  const std::string_view digits = said == nullptr ? "" : said;
  unsigned columns = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), columns);
  if (error == std::errc() && end == digits.data() + digits.size() && columns > 0) {
    return std::clamp(columns, least, most);
  }
  winsize size = {};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return 80;
  }
  return std::clamp<unsigned>(size.ws_col, least, most);
}

Result<FinishedRun> do_run(const Scenario& scenario, const RunFlags& flags) {
  Result<Plan> plan = Plan::make(scenario);
  if (!plan) {
    return std::unexpected(plan.error());
  }
  if (const Result<void> fine = check_server_faults(*plan, flags.stores); !fine) {
    return std::unexpected(fine.error());
  }
  if (const Result<void> fine = check_results_base(flags.out, scenario.name); !fine) {
    return std::unexpected(fine.error());
  }
  allow_many_files();
  Waiting waiting(scenario.name, !flags.no_live);
  StoresWanted wanted = flags.stores;
  wanted.waiting = &waiting;
  if (!flags.no_live) {
    wanted.tell = [&](const std::string& words) {
      waiting.next(words);
      note(fmt::format("{}: {} ...", scenario.name, words));
    };
  }
  Result<std::unique_ptr<Stores>> stores = Stores::prepare(scenario, wanted);
  if (!stores) {
    return std::unexpected(stores.error());
  }
  const Result<ResultsFolder> folder = make_results_folder(flags.out, scenario.name);
  if (!folder) {
    return std::unexpected(folder.error());
  }
  Result<FinishedRun> run = run_in(*folder, *plan, flags, **stores, waiting);
  if (!run) {
    remove_results_folder(*folder);
  }
  return run;
}

}  // namespace stalemate
