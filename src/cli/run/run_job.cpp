#include "cli/run/run_job.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string_view>

#include "cli/interrupt.hpp"
#include "cli/output/run_page_file.hpp"
#include "cli/program.hpp"
#include "cli/run/check_run.hpp"
#include "cli/run/run_views.hpp"
#include "cli/run/stores_ground.hpp"
#include "cli/stores/rows_of_user.hpp"
#include "cli/stores/server_control.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "cli/ui/live_page.hpp"
#include "core/text/key_names.hpp"
#include "core/text/number_text.hpp"
#include "core/text/words.hpp"
#include "record/history_reader.hpp"
#include "record/history_writer.hpp"
#include "report/results/results_json.hpp"
#include "report/screen/live_screen.hpp"

namespace stalemate {
namespace {

constexpr const char* history_name = "history.stale";

HistoryHeader header_of(const Plan& plan, const ResultsFolder& folder, const RunGround& ground) {
  const Scenario& scenario = plan.scenario();
  HistoryHeader header;
  header.scenario_name = scenario.name;
  header.scenario_toml = to_toml(scenario);
  header.pattern = ground.subject();
  header.seed = scenario.seed;
  header.program = std::string("stalemate ") + program_version();
  header.started_at = folder.started_at;
  for (const EngineUsed& engine : ground.engines()) {
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
  ground.complete(header);
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
  Watcher(const Plan& plan, RunGround& ground, bool live, Waiting& waiting, LivePage* page)
      : plan_(plan), ground_(ground), waiting_(waiting), page_(page) {
    if (live) {
      screen_.emplace(STDERR_FILENO);
    }
  }
  void show(const RunLook& look) {
    waiting_.next("");
    if (look.finished) {
      ground_.ops_end();
    }
    if (screen_ || page_ != nullptr) {
      Progress progress = progress_of(look, plan_, ground_.engines());
      ground_.tell(progress);
      show(progress);
    }
    if (look.finished) {
      finish();
      waiting_.next(plan_.scenario().has_cache ? "comparing rows and cache entries once more" : "");
    }
  }
  void finish() {
    if (screen_) {
      screen_->finish();
    }
  }

 private:
  void show(const Progress& progress) {
    if (screen_) {
      screen_->show(progress);
    }
    if (page_ != nullptr) {
      page_->show(progress);
    }
  }

  const Plan& plan_;
  RunGround& ground_;
  Waiting& waiting_;
  LivePage* page_;
  std::optional<LiveScreen> screen_ = {};
};

Result<RunOutcome> drive(const Plan& plan, const RunFlags& flags, RunGround& ground, HistoryWriter& history,
                         Waiting& waiting, LivePage* page) {
  Watcher watcher(plan, ground, !flags.no_live, waiting, page);
  waiting.next(fmt::format("connecting {} clients", plan.clients()));
  RunOptions options;
  options.servers = ground.control();
  options.show = [&watcher](const RunLook& look) { watcher.show(look); };
  options.claim_lost = [&ground] { return !ground.claim_lost().empty(); };
  options.begins = [&](SteadyTime origin) { ground.begins(origin, history, worker_count(plan)); };
  options.leave_at_once = [&watcher] {
    watcher.finish();
    // The keeper sees our end and removes the servers; the history stays readable up to its last whole block.
    leave_interrupted();
  };
  const Pattern& pattern = PatternRegistry::find(plan.scenario().pattern)->instance();
  return run_plan(plan, pattern, ground.sessions(), history, options);
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

// The run is done and its results stand, whatever becomes of its page.
void write_page(FinishedRun& run, Result<RunPictures> pictures) {
  run.shown = on_page(run.results, run.folder.path, std::move(pictures));
  const std::filesystem::path file = run.folder.path / run_page_name;
  if (const Result<void> written = write_file(file, html_of(run_page({&run.shown, 1}, page_generator())))) {
    run.page_file = file;
  } else {
    warn(written.error().detail + "; the results stand, and 'stalemate report " + shell_word(run.folder.path.string()) +
         "' writes the page again");
  }
}

// The files of a run that is about to begin.
Result<std::unique_ptr<HistoryWriter>> begin_files(const ResultsFolder& folder, const Plan& plan, RunGround& ground) {
  if (const Result<void> kept = ground.keep_inputs(folder.path); !kept) {
    return std::unexpected(kept.error());
  }
  HistoryWriter::Options recording;
  recording.lanes = worker_count(plan) + ground.lanes();
  Result<std::unique_ptr<HistoryWriter>> history =
      HistoryWriter::create(folder.path / history_name, header_of(plan, folder, ground), recording);
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
    if (is_named && needs_private_server(event)) {
      return failed(ErrorCode::unsupported,
                    fmt::format("faults.{}: it {}, which is only done to a private one; leave out {}",
                                plan.faults()[event.fault - 1U].name, deed_of(event), is_cache ? "--cache" : "--db"));
    }
  }
  return {};
}

// Drives the plan, and writes what there is to know as soon as it is known: an interrupt may end us at any time.
Result<FinishedRun> run_in(const ResultsFolder& folder, const Plan& plan, const RunFlags& flags, RunGround& ground,
                           Waiting& waiting, LivePage* page, const HistoryReader& checked) {
  auto reserved = std::make_unique<ReservedSpace>(folder);
  std::optional<Farewell> farewell;
  farewell.emplace(
      fmt::format("ended at once, so no results were written; what was recorded until then is there: "
                  "stalemate check {}",
                  shell_word(folder.path.string())));
  const Result<std::unique_ptr<HistoryWriter>> history = begin_files(folder, plan, ground);
  if (!history) {
    return std::unexpected(history.error());
  }
  Result<RunOutcome> outcome = drive(plan, flags, ground, **history, waiting, page);
  // After an interrupt now, the results of what was done are still written, which takes a moment.
  std::optional<InterruptWatch> results_first(std::in_place);
  end_at_interrupt();
  if (!outcome) {
    ground.close();  // it may still write to the history, which goes now
    return std::unexpected(outcome.error());
  }
  waiting.next("seeing everything come to rest");
  ground.ends(*outcome);
  waiting.next("writing the last of the history");
  FinishedRun run{.results = results_of(*outcome, plan, ground.engines()), .folder = folder};
  run.results.pattern = ground.subject();
  run.results.program_version = program_version();
  run.results.started_at = folder.started_at;
  run.results.replay = ground.again(folder.path);
  ground.tell(run.results);
  if (std::string doubt = ground.confirm_claim(); !doubt.empty()) {
    run.results.warnings.push_back(std::move(doubt));
  }
  run.lost_claim = ground.claim_lost();
  close_history(**history, *outcome, run);
  reserved.reset();
  write_results(run);
  farewell.reset();
  farewell.emplace(
      fmt::format("interrupted before the history was checked: {} says nothing of stale reads; "
                  "'stalemate check {}' does",
                  (folder.path / "results.json").string(), shell_word(folder.path.string())));
  results_first.reset();
  if (outcome->ended_at_once || (InterruptWatch::came() && !InterruptWatch::is_on())) {
    leave_interrupted();
  }
  waiting.next("stopping the servers");
  ground.close();
  Result<RunPictures> pictures = check_run(folder.path / history_name, run.results, waiting, checked);
  if (!pictures) {
    run.results.warnings.push_back("the history could not be checked: " + pictures.error().detail);
  }
  if (const Result<void> fine = validate(run.results); !fine) {
    run.results.warnings.push_back("a defect of stalemate: " + fine.error().detail);
    note_trouble(run, fine);
  }
  write_results(run);
  write_page(run, std::move(pictures));
  return run;
}

}  // namespace

// Every client has two connections; the usual limit of 1024 files is for programs that use select().
void allow_many_files() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

unsigned columns_of(int file_descriptor) {
  constexpr unsigned least = 40;
  constexpr unsigned most = 120;
  // What the user says goes before what the terminal says.
  const char* const said =
      std::getenv("COLUMNS");  // NOLINT(concurrency-mt-unsafe): the program never changes its environment
  const unsigned columns = parse_number<unsigned>(said == nullptr ? "" : said).value_or(0);
  if (columns > 0) {
    return std::clamp(columns, least, most);
  }
  winsize size = {};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return 80;
  }
  return std::clamp<unsigned>(size.ws_col, least, most);
}

Result<FinishedRun> run_on(const Plan& plan, const RunFlags& flags, RunGround& ground, Waiting& waiting, LivePage* page,
                           const HistoryReader& checked) {
  const Result<ResultsFolder> folder = make_results_folder(flags.out, plan.scenario().name);
  if (!folder) {
    return std::unexpected(folder.error());
  }
  Result<FinishedRun> run = run_in(*folder, plan, flags, ground, waiting, page, checked);
  if (!run) {
    remove_results_folder(*folder);
  }
  return run;
}

Result<FinishedRun> do_run(const Scenario& scenario, const RunFlags& flags, LivePage* page,
                           const HistoryReader& checked) {
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
  Waiting waiting(scenario.name, !flags.no_live, listener_of(page));
  StoresWanted wanted = flags.stores;
  wanted.waiting = &waiting;
  if (!plan->server_events().empty()) {
    wanted.kept = {};  // what a fault does to a server may outlast the run
  }
  if (!flags.no_live) {
    wanted.tell = [&](const std::string& words) {
      waiting.next(words);
      note(fmt::format("{}: {} ...", scenario.name, words));
    };
  }
  wanted.rows_folder = flags.out;
  std::optional<Farewell> in_doubt;
  std::optional<InterruptWatch> in_order;
  if (scenario.data) {
    in_doubt.emplace(words_of_rows_in_doubt(scenario, wanted), "", rows_file(scenario, wanted).string());
    in_order.emplace();
  }
  Result<std::unique_ptr<Stores>> stores = Stores::prepare(scenario, wanted);
  if (!stores) {
    return std::unexpected(stores.error());
  }
  if (in_order && InterruptWatch::came()) {
    (*stores)->close();
    leave_interrupted();
  }
  StoresGround ground(**stores, scenario, in_order);
  Result<FinishedRun> run = run_on(*plan, flags, ground, waiting, page, checked);
  if (const Result<void> back = (*stores)->give_back(); !run && !back) {
    run.error().detail += "; " + back.error().detail;
  }
  return run;
}

}  // namespace stalemate
