// One thread of a live run: an event loop, its share of the clients, and the dispatcher that hands them their ops.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "drive/background.hpp"
#include "drive/client.hpp"
#include "drive/ports/late_calls.hpp"
#include "drive/watch/standstills.hpp"
#include "plan/plan.hpp"

namespace stalemate {

/// What a worker needs from the run. Outlives the worker.
struct WorkerSetup {
  const Plan& plan;
  const Pattern& pattern;
  SessionFactory& sessions;
  CallTroubles& troubles;
  RunLock* lock = nullptr;                    ///< nullptr unless the run is serialised; then there is one worker
  unsigned workers = 1;                       ///< client c belongs to worker c % workers
  FeedKind feed = FeedKind::none;             ///< where the changes of the pattern's background part come from
  std::atomic<unsigned>* busy = nullptr;      ///< workers that still have busy clients; needed with a feed
  std::function<void()> on_finished = [] {};  ///< called on the worker's thread when it has finished
};

/// A copy of what a worker has counted, taken on its thread.
struct WorkerLook {
  DriveCounts counts = {};
  DriveLatency latency_live = {};  ///< since the look before
  std::uint64_t backlog = 0;       ///< handed to clients, not begun
  std::uint64_t in_flight = 0;
  std::uint64_t due_reads = 0;  ///< whose intended start has come
  std::uint64_t due_writes = 0;
  std::vector<StoreOutage> outages = {};
};

/// Thread rule: construct, start, join and results() on the coordinating thread; the rest as said.
class Worker {
 public:
  Worker(const WorkerSetup& setup, unsigned number, HistoryWriter::Lane& lane);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  [[nodiscard]] boost::asio::io_context& context() { return context_; }

  /// Opens all connections, on the calling thread. Errors: the first client's failure. Requires: before start().
  [[nodiscard]] Result<void> connect();
  /// Begins the thread; the ops follow the plan from instant 0 of `origin` on. Errors: defect: there can be no thread.
  [[nodiscard]] Result<void> start(SteadyTime origin);
  /// Ops with an intended start later than `instant_ns` no longer begin; ops already waiting do. Any thread.
  void stop_after(Nanoseconds instant_ns);
  /// Drops the ops that wait; the loop ends once the ops under way are done. Any thread.
  void drop_waiting();
  /// Ends the loop at once; ops under way are recorded as unknown. Any thread.
  void abort();
  /// Waits for the loop's end.
  void join();
  /// Calls `take` on the worker's thread with a copy of its counts. Any thread; dropped once the loop has ended.
  template <class Take>
  void look(Take take) {
    boost::asio::post(context_, [this, take = std::move(take)]() mutable { take(make_look()); });
  }

  /// Of these: Requires: joined.
  [[nodiscard]] WorkerLook last_look() { return make_look(); }
  [[nodiscard]] const ByPhase<DriveCounts>& counts() const { return counts_; }
  [[nodiscard]] const ByPhase<DriveLatency>& latency() const { return latency_; }
  [[nodiscard]] const Outages& outages() const { return outages_; }
  [[nodiscard]] const Refusals& refusals() const { return refusals_; }
  [[nodiscard]] const std::vector<Standstill>& standstills() const { return standstills_.all(); }
  /// When its last op was done.
  [[nodiscard]] Nanoseconds ended_ns() const { return ended_ns_; }

 private:
  void run();
  void dispatch();
  void hand_out(const PlannedOp& op);
  void finish_if_done();
  [[nodiscard]] bool background_is_through();
  void close_inboxes();
  /// Counts an op that is never sent.
  void drop(const PlannedOp& op);
  void count_rest();
  [[nodiscard]] WorkerLook make_look();

  const WorkerSetup& setup_;
  unsigned number_;
  boost::asio::io_context context_;
  LiveClock clock_;
  MemoryCache local_ = MemoryCache(clock_);
  boost::asio::steady_timer timer_;
  ByPhase<DriveCounts> counts_ = {};
  ByPhase<DriveLatency> latency_ = {};
  DriveLatency latency_live_ = {};
  Outages outages_ = {};
  Refusals refusals_ = {};
  StandstillWatch standstills_ = StandstillWatch(context_, clock_);
  ClientShared shared_;
  std::unique_ptr<LateCalls> late_calls_ = {};
  std::vector<std::unique_ptr<Client>> clients_ = {};
  std::unique_ptr<Background> background_ = {};
  PlanCursor cursor_;
  std::optional<PlannedOp> next_ = {};
  std::uint64_t due_reads_ = 0;
  std::uint64_t due_writes_ = 0;
  Nanoseconds stop_ns_ = never;
  Nanoseconds ended_ns_ = 0;
  Nanoseconds flush_next_ns_ = 0;
  bool plan_ended_ = false;
  bool clients_are_through_ = false;
  bool aborted_ = false;
  std::thread thread_ = {};
};

}  // namespace stalemate
