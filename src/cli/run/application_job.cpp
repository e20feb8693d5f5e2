#include "cli/run/application_job.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "application/application.hpp"
#include "cli/interrupt.hpp"
#include "cli/run/application_control.hpp"
#include "cli/run/application_faults.hpp"
#include "cli/run/application_sessions.hpp"
#include "cli/run/run_ground.hpp"
#include "cli/text/say.hpp"
#include "cli/ui/live_page.hpp"
#include "core/input_file.hpp"
#include "core/text/key_names.hpp"
#include "core/text/words.hpp"
#include "gated/run/run_rest.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

constexpr std::uint64_t application_file_bytes_max = 1U << 20U;
// Of the history, so that little is lost if we are killed.
constexpr Nanoseconds flush_steps_every_ns = 1'000'000'000;

std::vector<EngineUsed> engines_of(const Application& application, const Backstage& backstage) {
  std::vector<EngineUsed> engines;
  const auto add = [&](std::string role, std::string name, const std::optional<StoreAddress>& address, bool is_named,
                       Server* server) {
    if (!address) {
      return;
    }
    EngineUsed engine = {.role = std::move(role), .name = std::move(name), .is_named = is_named};
    if (server != nullptr) {
      const ServerFacts facts = server->facts();
      engine.name = facts.engine;
      engine.version = facts.version;
      engine.isolation = facts.default_isolation;
    }
    engines.push_back(std::move(engine));
  };
  PrivateServers* const servers = backstage.servers();
  add("database", "PostgreSQL", backstage.database(), application.stores.database.has_value(),
      servers != nullptr ? servers->database() : nullptr);
  add("cache", "Redis", backstage.cache(), application.stores.cache.has_value(),
      servers != nullptr ? servers->cache() : nullptr);
  return engines;
}

/// As EDN, which keys of histories are: a number as it is, else in quotes.
std::string edn_of(const std::string& key) {
  const bool is_number = !key.empty() && std::ranges::all_of(key, [](char sign) { return sign >= '0' && sign <= '9'; });
  if (is_number && key.front() != '0') {
    return key;
  }
  std::string quoted = "\"";
  for (const char sign : key) {
    quoted += sign == '"' || sign == '\\' ? std::string("\\") + sign : std::string(1, sign);
  }
  return quoted + "\"";
}

/// Sentences on what the gates saw and could not be told.
std::vector<std::string> words_of_calls(const OpCallCounts& counts) {
  std::vector<std::string> sentences;
  const std::uint64_t untold = counts.no_key + counts.no_op + counts.no_value;
  if (untold > 0) {
    sentences.push_back(
        fmt::format("of {} store calls seen at the gates, {} are not among the steps: {} named no key of the run, {} "
                    "fitted no request under way, of {} the value could not be told",
                    with_thousands(counts.calls), with_thousands(untold), with_thousands(counts.no_key),
                    with_thousands(counts.no_op), with_thousands(counts.no_value)));
  }
  if (counts.of_several > 0) {
    sentences.push_back(fmt::format(
        "{} of {} store calls could have been made by more than one request of their key; they were counted to the "
        "one that came first, so a cause that rests on them is likely rather than certain",
        with_thousands(counts.of_several), with_thousands(counts.told)));
  }
  if (counts.unordered > 0) {
    sentences.push_back(
        fmt::format("of {} updates the database's log does not tell the place among the others, so reads that may have "
                    "seen them are judged by real time alone, or not at all",
                    with_thousands(counts.unordered)));
  }
  return sentences;
}

/// Sentences on the keys of which it is not known whether readers get what the row holds.
std::vector<std::string> words_of_rest(const RunRest& rest) {
  std::vector<std::string> sentences;
  const auto add = [&sentences](std::uint64_t keys, const std::string& why) {
    if (keys > 0) {
      sentences.push_back(fmt::format("whether {} converged is not known: {}", counted(keys, "key"), why));
    }
  };
  add(rest.rows_unknown,
      "writes that overlapped, or of which it is not known whether they were done, were the last ones, and nothing "
      "tells what the row holds; a query of [row] would");
  add(rest.unanswered, "at rest no instance read a value; the first: " + rest.first_unanswered);
  add(rest.not_looked_at, fmt::format("at rest the first {} are read", with_thousands(keys_at_rest_max)));
  if (!rest.row_trouble.empty()) {
    sentences.push_back("the rows at rest were told by the writes, since " + rest.row_trouble);
  }
  return sentences;
}

/// A service, its instances ready and its rows made.
class ApplicationGround final : public RunGround {
 public:
  /// The plan outlives it.
  ApplicationGround(const Application& application, const Plan& plan, std::string text, std::string again,
                    std::unique_ptr<RunStage> stage)
      : plan_(plan),
        faults_(plan),
        text_(std::move(text)),
        again_(std::move(again)),
        has_cache_(stage->backstage().cache().has_value()),
        engines_(engines_of(application, stage->backstage())),
        stage_(std::move(stage)),
        sessions_(*stage_),
        control_(*stage_) {}

  SessionFactory& sessions() override { return sessions_; }
  [[nodiscard]] const std::vector<EngineUsed>& engines() const override { return engines_; }
  [[nodiscard]] std::string subject() const override { return std::string(application_subject); }
  [[nodiscard]] std::string again(const std::filesystem::path& /*folder*/) const override { return again_; }
  ServerControl* control() override { return &control_; }
  Result<void> keep_inputs(const std::filesystem::path& folder) override {
    return write_file(folder / "application.toml", text_);
  }

  void complete(HistoryHeader& header) const override {
    header.server_count = 0;
    for (const std::string& key : stage_->keys()) {
      header.key_names.push_back(edn_of(key));
    }
  }

  [[nodiscard]] unsigned lanes() const override { return 1; }
  void begins(SteadyTime origin, HistoryWriter& history, unsigned first_lane) override {
    lane_ = &history.lane(first_lane);
    const auto now = [origin] {
      return Nanoseconds{std::chrono::nanoseconds(std::chrono::steady_clock::now() - origin).count()};
    };
    const auto on_step = [this](const Step& step) {
      lane_->append(step);
      ++steps_;
      if (step.end_ns > flush_next_ns_) {
        flush_next_ns_ = step.end_ns + flush_steps_every_ns;
        lane_->flush();
      }
    };
    stage_->calls().watch(
        now, on_step, faults_.any() ? [this](const CallAtGate& call) { return faults_.hit(call); } : OpCalls::Faults());
  }
  void ends(RunOutcome& outcome) override {
    if (!outcome.ended_at_once && !come_to_rest(*stage_)) {
      outcome.troubles.emplace_back(
          "the application was still at work 10 s after its last answer; what it reads was compared with its rows all "
          "the same");
    }
    if (const Result<void> finished = stage_->finish_calls(); !finished) {
      outcome.troubles.push_back("the order of commits could not be read from the database's log: " +
                                 finished.error().detail);
    }
    lane_->flush();
    outcome.counts.steps += steps_;
    const auto hits = faults_.hits();
    for (std::size_t fault = 1; fault < hits.size(); ++fault) {
      outcome.counts.faults.at(fault) += hits.at(fault);
    }
    const std::vector<std::string> endings = stage_->endings();
    outcome.troubles.insert(outcome.troubles.end(), endings.begin(), endings.end());
    if (!outcome.ended_at_once) {
      compare_at_rest(outcome);
    }
  }

  void tell(Progress& progress) const override {
    progress.title = progress.title.substr(0, progress.title.find(" · ")) + " · " + subject();
    if (has_cache_) {
      const OpCallCounts counts = stage_->calls().counts();
      progress.cache = CacheCounts{.hits = counts.hits, .misses = counts.misses};
    }
    const auto hits = faults_.hits();
    for (std::size_t place = 0; place < plan_.faults().size(); ++place) {
      add_count(progress.faults, plan_.faults()[place].name, hits.at(place + 1).count);
    }
  }
  void tell(RunResults& results) const override {
    const OpCallCounts counts = stage_->calls().counts();
    if (has_cache_) {
      results.cache = CacheCounts{.hits = counts.hits,
                                  .misses = counts.misses,
                                  .not_predicted = "what the application does with its cache is its own"};
    }
    const Application& file = stage_->application();
    if (why_no_survey(file).empty()) {
      results.asked.set("sample_every_ns", static_cast<std::uint64_t>(plan_.scenario().sample_interval_ns));
    } else if (file.entry.has_value() == file.row_query.empty()) {
      // Who gave one of the two wants them compared.
      results.warnings.push_back("rows and entries were not compared while it ran: " + why_no_survey(file));
    }
    if (results.warm_up) {
      results.warm_up->cache.reset();  // which hits were whose is not told by phase
    }
    const auto add = [&results](const std::vector<std::string>& sentences) {
      results.warnings.insert(results.warnings.end(), sentences.begin(), sentences.end());
    };
    add(sessions_.troubles());
    add(words_of_calls(counts));
    if (const std::uint64_t went = faults_.not_skipped(); went > 0) {
      results.warnings.push_back(fmt::format(
          "{} that the fault skip was to leave out went all the same: scripts, transactions and what else a "
          "gate cannot answer in the cache's stead",
          counted(went, "call")));
    }
    add(sessions_.entries_seen().words(stage_->application()));
    if (!stage_->calls().trouble().empty()) {
      results.warnings.push_back("the gates could not read along everywhere: " + stage_->calls().trouble());
    }
  }
  void close() override { stage_.reset(); }

 private:
  void compare_at_rest(RunOutcome& outcome) {
    const RunRest rest = look_at_rest(*stage_, [] { return InterruptWatch::came(); });
    outcome.rest.emplace();
    for (const KeyAtRest& key : rest.keys) {
      outcome.rest->push_back({.key = key.key.index, .row = key.row, .entry = key.read});
    }
    const std::vector<std::string> open =
        InterruptWatch::came() ? std::vector<std::string>{"what the application reads at rest was not compared with "
                                                          "its rows: it was interrupted"}
                               : words_of_rest(rest);
    outcome.troubles.insert(outcome.troubles.end(), open.begin(), open.end());
  }

  const Plan& plan_;
  ApplicationFaults faults_;
  std::string text_;
  std::string again_;
  bool has_cache_;
  std::vector<EngineUsed> engines_;
  std::unique_ptr<RunStage> stage_;
  ApplicationSessions sessions_;
  ApplicationControl control_;
  HistoryWriter::Lane* lane_ = nullptr;
  // Of the gates' thread, until it is finished:
  std::uint64_t steps_ = 0;
  Nanoseconds flush_next_ns_ = 0;
};

bool restarts_database(const Plan& plan) {
  return std::ranges::any_of(plan.server_events(), [](const ServerEvent& event) {
    return event.target == Target::database && event.kind == ServerEventKind::kill;
  });
}

Result<std::size_t> instances_wanted(const Application& application, const ApplicationRunOrder& order) {
  if (application.urls.empty()) {
    return order.instances.value_or(1);
  }
  if (order.instances) {
    return failed(
        ErrorCode::wrong_type,
        fmt::format("--instances would not be used, as {} gives the URLs of {} that run already; leave it out",
                    order.file, application.urls.size()));
  }
  return application.urls.size();
}

}  // namespace

Result<FinishedRun> do_application_run(const ApplicationRunOrder& order, const RunFlags& flags, LivePage* page) {
  const Result<std::string> text =
      read_input(order.file, {.what = "an application's file", .bytes_max = application_file_bytes_max});
  if (!text) {
    return std::unexpected(text.error());
  }
  const Result<Application> application = parse_application(*text, order.file);
  if (!application) {
    return std::unexpected(application.error());
  }
  Result<Scenario> scenario = flags.application_scenario(application->name, application->question);
  if (!scenario) {
    return std::unexpected(scenario.error());
  }
  if (const Result<void> fine = flags.fit_to_application(*scenario, *application); !fine) {
    return std::unexpected(fine.error());
  }
  const Result<std::size_t> instances = instances_wanted(*application, order);
  if (!instances) {
    return std::unexpected(instances.error());
  }
  const Result<Plan> plan = Plan::make(*scenario);
  if (!plan) {
    return std::unexpected(plan.error());
  }
  if (const Result<void> fine = check_results_base(flags.out, scenario->name); !fine) {
    return std::unexpected(fine.error());
  }
  allow_many_files();
  Waiting waiting(scenario->name, !flags.no_live, listener_of(page));
  GatedWorldOptions options;
  options.on_progress = [&](const std::string& what) {
    waiting.next(what);
    if (!flags.no_live) {
      note(fmt::format("{}: {} ...", scenario->name, what));
    }
  };
  Result<std::unique_ptr<RunStage>> stage = RunStage::open(*application, options,
                                                           {.instances = *instances,
                                                            .keys = scenario->keys,
                                                            .initial = initial_value,
                                                            .database_restarts = restarts_database(*plan)});
  if (!stage) {
    return std::unexpected(stage.error());
  }
  std::string again = "stalemate run " + shell_word(order.file) + flags.load_given();
  again += order.instances ? fmt::format(" --instances {}", *order.instances) : "";
  ApplicationGround ground(*application, *plan, *text, std::move(again), std::move(*stage));
  return run_on(*plan, flags, ground, waiting, page);
}

}  // namespace stalemate
