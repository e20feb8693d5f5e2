#include "drive/run.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <thread>

#include "core/assert.hpp"
#include "drive/sampling/sampler.hpp"
#include "drive/watch/looks.hpp"
#include "drive/worker.hpp"

namespace stalemate {
namespace {

// Between the last connection and instant 0, so that every worker's loop runs before the first op is due.
constexpr std::chrono::milliseconds head_start{20};
constexpr Nanoseconds second_ns = 1'000'000'000;
// After an interrupt, ops that were already due get this long to be sent.
constexpr Nanoseconds interrupt_drain_ns = second_ns;
// Few enough to cost nothing that could be measured.
constexpr Nanoseconds load_look_interval_ns = 250'000'000;

class LiveRun {
 public:
  LiveRun(const Plan& plan, const Pattern& pattern, SessionFactory& sessions, HistoryWriter& history,
          const RunOptions& options)
      : plan_(plan),
        troubles_(plan),
        sessions_(sessions),
        history_(history),
        options_(options),
        setup_{.plan = plan,
               .pattern = pattern,
               .sessions = sessions,
               .troubles = troubles_,
               .lock = plan.scenario().serialize ? &lock_ : nullptr,
               .workers = worker_count(plan),
               .feed = feed_of(plan),
               .busy = &busy_,
               .on_finished = [this] { boost::asio::post(context_, [this] { worker_finished(); }); }},
        looks_(setup_.workers) {}

  Result<RunOutcome> run() {
    // What comes while clients connect ends the run as soon as it has begun.
    heed_hang_up(signals_);
    if (Result<void> connected = connect(); !connected) {
      return std::unexpected(connected.error());
    }
    const SteadyTime origin = std::chrono::steady_clock::now() + head_start;
    clock_.set_origin(origin);
    options_.begins(origin);
    const Scenario& scenario = plan_.scenario();
    ServerEvents events(plan_.server_events(), options_.servers, origin, scenario.keys, scenario.seed);
    if (Result<void> started = events.start(); !started) {
      return std::unexpected(started.error());
    }
    if (sampler_) {
      sampler_->start(origin);
    }
    if (node_watch_) {
      node_watch_->start();
    }
    load_watch_.emplace(sessions_.make_load_gauge(), load_look_interval_ns);
    wait_for_signal();
    watch();
    drain_at(plan_.scenario().duration_ns + plan_.scenario().drain_limit_ns);
    for (const std::unique_ptr<Worker>& worker : workers_) {
      if (Result<void> started = worker->start(origin); !started) {
        return std::unexpected(started.error());
      }
    }
    context_.run();
    for (const std::unique_ptr<Worker>& worker : workers_) {
      worker->join();
    }
    events.finish();
    RunOutcome outcome = gather(events);
    show_last(outcome);
    if (ended_at_once_) {
      outcome.ended_at_once = true;
      outcome.troubles.emplace_back("the run was ended at once: what was under way then was given up");
    } else if (sessions_.has_cache()) {
      look_at_rest(outcome);
    }
    return outcome;
  }

 private:
  static FeedKind feed_of(const Plan& plan) {
    const PatternInfo* pattern = PatternRegistry::find(plan.scenario().pattern);
    return pattern == nullptr ? FeedKind::none : pattern->needs.feed;
  }

  Result<void> connect() {
    busy_ = setup_.workers;
    node_watch_ = sessions_.make_node_watch(context_);
    if (!plan_.server_events().empty() && options_.servers == nullptr) {
      return failed(ErrorCode::unsupported,
                    "faults that stop or restart a server need private servers; leave out --db and --cache");
    }
    for (unsigned number = 0; number < setup_.workers; ++number) {
      workers_.push_back(std::make_unique<Worker>(setup_, number, history_.lane(number)));
      if (Result<void> connected = workers_.back()->connect(); !connected) {
        return connected;
      }
    }
    if (plan_.scenario().sample_interval_ns == 0) {
      return {};
    }
    // A serialised run's lock belongs to its one worker's thread, and so does the sampler that takes it.
    boost::asio::io_context& context = setup_.lock != nullptr ? workers_.front()->context() : context_;
    const Scenario& scenario = plan_.scenario();
    if (std::unique_ptr<SurveySession> survey = sessions_.make_survey(context)) {
      sampler_ = std::make_unique<Sampler>(context, std::move(survey), scenario.keys, scenario.sample_interval_ns,
                                           setup_.lock);
    }
    return sampler_ ? wait_for(context, sampler_->connect()) : Result<void>();
  }

  template <class T>
  static T wait_for(boost::asio::io_context& context, Task<T> task) {
    task.start();
    while (!task.done() && context.run_one() > 0) {
    }
    context.restart();
    return task.take();
  }

  // A closed terminal ends a run as an interrupt does, unless nohup has the signal ignored.
  static void heed_hang_up(boost::asio::signal_set& signals) {
    struct sigaction before = {};
    if (sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
      signals.add(SIGHUP);
    }
  }

  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) {
        return;
      }
      if (ended_at_once_) {
        options_.leave_at_once();
      } else if (early_end_ != EarlyEnd::none) {
        end_at_once();
      } else {
        end_early(EarlyEnd::interrupted);
      }
      wait_for_signal();
    });
  }

  // A stalled server would delay us by the time limit of its calls.
  void end_at_once() {
    ended_at_once_ = true;
    for (const std::unique_ptr<Worker>& worker : workers_) {
      worker->abort();
    }
  }

  void end_early(EarlyEnd reason) {
    early_end_ = reason;
    looks_.total().draining = true;
    looks_.total().interrupted = reason == EarlyEnd::interrupted;
    const Nanoseconds now_ns = clock_.now_ns();
    for (const std::unique_ptr<Worker>& worker : workers_) {
      worker->stop_after(now_ns);
    }
    drain_at(now_ns + interrupt_drain_ns);
  }

  void drain_at(Nanoseconds instant_ns) {
    drain_timer_.expires_at(clock_.time_of(instant_ns));
    drain_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) {
        for (const std::unique_ptr<Worker>& worker : workers_) {
          worker->drop_waiting();
        }
      }
    });
  }

  void watch() {
    show_timer_.expires_after(std::chrono::nanoseconds(options_.show_interval_ns));
    show_timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) {
        return;
      }
      if (history_.has_failed() && early_end_ == EarlyEnd::none) {
        end_early(EarlyEnd::recording_failed);
      }
      if (early_end_ == EarlyEnd::none && options_.claim_lost()) {
        end_early(EarlyEnd::claim_lost);
      }
      const Nanoseconds elapsed_ns = std::max<Nanoseconds>(clock_.now_ns(), 0);
      looks_.total().draining = looks_.total().draining || elapsed_ns > plan_.scenario().duration_ns;
      RunLook& look = looks_.at(elapsed_ns);
      look.outages = with_nodes(std::move(look.outages));
      load_watch_->note(elapsed_ns, look.counts.reads.ended() + look.counts.writes.ended(),
                        look.backlog >= plan_.clients());
      options_.show(look);
      ask();
      watch();
    });
  }

  // The answers come back to this thread, and are shown the next time.
  void ask() {
    for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
      workers_[worker]->look([this, worker](WorkerLook look) {
        boost::asio::post(context_,
                          [this, worker, look = std::move(look)]() mutable { looks_.take(worker, std::move(look)); });
      });
    }
    if (sampler_) {
      sampler_->look(
          [this](const SampleTotals& totals) { boost::asio::post(context_, [this, totals] { looks_.take(totals); }); });
    }
  }

  void worker_finished() {
    if (++finished_ == workers_.size()) {
      context_.stop();
    }
  }

  void show_last(const RunOutcome& outcome) {
    for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
      looks_.take(worker, workers_[worker]->last_look());
    }
    if (outcome.samples) {
      looks_.take(*outcome.samples);
    }
    looks_.total().finished = true;
    options_.show(looks_.at(outcome.elapsed_ns));
  }

  // A call that failed at one node says nothing about a database with several: nodes are watched one by one.
  [[nodiscard]] std::vector<StoreOutage> with_nodes(std::vector<StoreOutage> of_calls) const {
    if (!node_watch_) {
      return of_calls;
    }
    std::erase_if(of_calls, [](const StoreOutage& outage) { return outage.store == Store::database; });
    const auto instant_ns = [this](SteadyTime time) {
      return std::max<Nanoseconds>(std::chrono::nanoseconds(time - clock_.time_of(0)).count(), 0);
    };
    std::vector<StoreOutage> of_nodes;
    for (const NodeOutage& outage : node_watch_->outages()) {
      const Nanoseconds end_ns = outage.end ? instant_ns(*outage.end) : never;
      if (end_ns > 0) {
        of_nodes.push_back(
            {Store::database, instant_ns(outage.start), end_ns, outage.node, outage.nodes, outage.place});
      }
    }
    const std::vector<StoreOutage> of_database = with_whole_outages(std::move(of_nodes));
    of_calls.insert(of_calls.end(), of_database.begin(), of_database.end());
    std::ranges::stable_sort(of_calls, {}, &StoreOutage::start_ns);
    return of_calls;
  }

  static void settle(OpCounts& counts, std::uint64_t planned) {
    STALEMATE_ASSERT(counts.sent + counts.dropped <= planned, "no op is counted twice");
    counts.planned = planned;
    counts.not_reached = planned - counts.sent - counts.dropped;
  }

  RunOutcome gather(const ServerEvents& events) {
    RunOutcome outcome;
    outcome.early_end = early_end_;
    outcome.troubles = events.troubles();
    outcome.load = load_watch_->finish();
    outcome.workers = setup_.workers;
    std::vector<StoreOutage> outages;
    Refusals refusals;
    std::vector<Standstill> standstills;
    for (const std::unique_ptr<Worker>& worker : workers_) {
      refusals.merge(worker->refusals());
      outcome.counts += worker->counts().measured;
      outcome.latency.merge(worker->latency().measured);
      outcome.warm_up_counts += worker->counts().warm_up;
      outcome.warm_up_latency.merge(worker->latency().warm_up);
      outcome.elapsed_ns = std::max(outcome.elapsed_ns, worker->ended_ns());
      outages.insert(outages.end(), worker->outages().all().begin(), worker->outages().all().end());
      standstills.insert(standstills.end(), worker->standstills().begin(), worker->standstills().end());
    }
    settle(outcome.warm_up_counts.reads, plan_.reads_in_warm_up());
    settle(outcome.warm_up_counts.writes, plan_.writes_in_warm_up());
    settle(outcome.counts.reads, plan_.reads() - plan_.reads_in_warm_up());
    settle(outcome.counts.writes, plan_.writes() - plan_.writes_in_warm_up());
    outcome.stops = events.stops();
    for (ServerStop& stop : outcome.stops) {
      outcome.counts.faults[stop.fault].note(stop.start_ns);
      stop.end_ns = std::max(stop.start_ns, std::min(stop.end_ns, outcome.elapsed_ns));
    }
    for (const FaultStrike& strike : events.struck()) {
      outcome.counts.faults[strike.fault].note(strike.at_ns);
    }
    outcome.fault_windows = events.windows();
    std::ranges::stable_sort(outcome.fault_windows, {}, &FaultWindow::start_ns);
    for (const FaultWindow& window : outcome.fault_windows) {
      history_.lane(0).append(step_of(window));
      ++outcome.counts.steps;
    }
    outcome.standstills = StandstillWatch::merged(std::move(standstills));
    outcome.outages = with_nodes(Outages::merged(std::move(outages)));
    // An outage that began after the last op concerned none.
    std::erase_if(outcome.outages, [&outcome](const StoreOutage& outage) {
      return outage.node > 0 && outage.start_ns >= outcome.elapsed_ns;
    });
    for (StoreOutage& outage : outcome.outages) {
      outage.end_ns = std::min(outage.end_ns, outcome.elapsed_ns);
    }
    for (unsigned number = 0; number < setup_.workers; ++number) {
      history_.lane(number).flush();
    }
    if (sampler_) {
      outcome.samples = sampler_->finish();
      refusals.merge(sampler_->refusals());
    }
    outcome.refusals = refusals.all();
    return outcome;
  }

  void look_at_rest(RunOutcome& outcome) {
    // A separate loop: what the run left on its own loop must not resume.
    boost::asio::io_context context(1);
    boost::asio::signal_set signals(context, SIGINT, SIGTERM);
    heed_hang_up(signals);
    signals.async_wait([this](const boost::system::error_code& error, int) { ended_at_once_ |= !error; });
    const std::unique_ptr<SurveySession> session = sessions_.make_survey(context);
    std::string trouble;
    const std::optional<Result<void>> connected = wait_unless_ended(context, session->connect());
    if (connected && *connected) {
      auto rest = wait_unless_ended(context, survey_at_rest(*session, plan_.scenario().keys));
      if (rest && *rest) {
        outcome.rest = std::move(**rest);
        return;
      }
      trouble = rest ? rest->error().detail : "";
    } else {
      trouble = connected ? connected->error().detail : "";
    }
    outcome.ended_at_once = ended_at_once_;
    outcome.troubles.push_back("the rows and entries could not be compared after the run: " +
                               (trouble.empty() ? "it was interrupted" : trouble));
  }

  /// None where a signal came first.
  template <class T>
  std::optional<T> wait_unless_ended(boost::asio::io_context& context, Task<T> task) const {
    task.start();
    while (!task.done() && !ended_at_once_ && context.run_one() > 0) {
    }
    context.restart();
    return task.done() ? std::optional<T>(task.take()) : std::nullopt;
  }

  const Plan& plan_;
  CallTroubles troubles_;
  SessionFactory& sessions_;
  HistoryWriter& history_;
  const RunOptions& options_;
  RunLock lock_ = {};
  std::atomic<unsigned> busy_ = 0;
  WorkerSetup setup_;
  boost::asio::io_context context_ = boost::asio::io_context(1);
  LiveClock clock_ = LiveClock(context_);
  boost::asio::signal_set signals_ = boost::asio::signal_set(context_, SIGINT, SIGTERM);
  boost::asio::steady_timer show_timer_ = boost::asio::steady_timer(context_);
  boost::asio::steady_timer drain_timer_ = boost::asio::steady_timer(context_);
  std::vector<std::unique_ptr<Worker>> workers_ = {};
  std::unique_ptr<Sampler> sampler_ = {};
  std::unique_ptr<NodeWatch> node_watch_ = {};
  std::optional<LoadWatch> load_watch_ = {};
  Looks looks_;
  EarlyEnd early_end_ = EarlyEnd::none;
  bool ended_at_once_ = false;
  std::size_t finished_ = 0;
};

}  // namespace

unsigned worker_count(const Plan& plan) {
  if (plan.scenario().serialize) {
    return 1;
  }
  const unsigned asked = plan.scenario().threads;
  const unsigned wanted = asked > 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
  return std::min<unsigned>(wanted, plan.clients());
}

Result<RunOutcome> run_plan(const Plan& plan, const Pattern& pattern, SessionFactory& sessions, HistoryWriter& history,
                            const RunOptions& options) {
  LiveRun run(plan, pattern, sessions, history, options);
  return run.run();
}

}  // namespace stalemate
