// One client of a live run: it does the ops the plan gave it, one at a time, in order.
#pragma once

#include <coroutine>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "core/pattern/pattern.hpp"
#include "core/random.hpp"
#include "drive/live_clock.hpp"
#include "drive/ports/guarded_database.hpp"
#include "drive/ports/recording_ports.hpp"
#include "drive/run_lock.hpp"
#include "drive/session.hpp"
#include "drive/watch/counters.hpp"

namespace stalemate {

/// Where ops wait for their client. Thread rule: one thread.
class Inbox {
 public:
  /// `waiting_everywhere` counts the ops that wait in all inboxes of the worker.
  explicit Inbox(std::size_t& waiting_everywhere) : waiting_everywhere_(waiting_everywhere) {}

  void push(const PlannedOp& op) {
    waiting_ops_.push_back(op);
    ++waiting_everywhere_;
    wake();
  }
  /// No more ops will come; waiting ones are still taken unless clear()ed.
  void close() {
    closed_ = true;
    wake();
  }
  /// Removes the waiting ops.
  [[nodiscard]] std::deque<PlannedOp> clear();
  [[nodiscard]] std::size_t size() const { return waiting_ops_.size(); }

  /// Awaiting it gives the next op, or no op once the inbox is closed and empty.
  class Next {
   public:
    explicit Next(Inbox& inbox) : inbox_(inbox) {}
    bool await_ready() const noexcept { return inbox_.closed_ || !inbox_.waiting_ops_.empty(); }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { inbox_.client_ = waiting; }
    [[nodiscard]] std::optional<PlannedOp> await_resume() {
      if (inbox_.waiting_ops_.empty()) {
        return std::nullopt;
      }
      const PlannedOp op = inbox_.waiting_ops_.front();
      inbox_.waiting_ops_.pop_front();
      --inbox_.waiting_everywhere_;
      return op;
    }

   private:
    Inbox& inbox_;
  };
  [[nodiscard]] Next next() { return Next(*this); }

 private:
  void wake() {
    if (client_) {
      std::exchange(client_, {}).resume();
    }
  }

  std::size_t& waiting_everywhere_;
  std::deque<PlannedOp> waiting_ops_ = {};
  std::coroutine_handle<> client_ = {};
  bool closed_ = false;
};

/// What all clients of one worker share. Outlives them.
struct ClientShared {
  const Plan& plan;
  CallTroubles& troubles;
  const Pattern& pattern;
  LiveClock& clock;
  MemoryCache& local;  ///< the worker's clients are those of one application server
  HistoryWriter::Lane& lane;
  ByPhase<DriveCounts>& counts;
  ByPhase<DriveLatency>& latency;
  DriveLatency& latency_live;  ///< since the screen last asked
  Outages& outages;
  Refusals& refusals;
  RunLock* lock = nullptr;  ///< nullptr unless the run is serialised
  bool has_cache = true;
  std::uint64_t in_flight = 0;
  std::size_t waiting = 0;          ///< in all inboxes
  std::uint64_t clients = 0;        ///< of the worker
  LateCalls* late_calls = nullptr;  ///< nullptr where no call takes effect late

  /// What one client's steps go to.
  [[nodiscard]] StepRecorder make_recorder() const {
    StepRecorder recorder(plan, troubles, clock, lane, counts, outages, refusals);
    recorder.send_late_calls_to(late_calls);
    return recorder;
  }
};

/// Thread rule: the thread of its worker.
class Client {
 public:
  Client(ClientShared& shared, ClientId id, std::unique_ptr<Session> session);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Opens the session's connections.
  [[nodiscard]] Task<Result<void>> connect() { return session_->connect(); }
  /// Begins to serve the inbox.
  void start();
  /// True once the inbox was closed and the last op is done.
  [[nodiscard]] bool finished() const { return serving_.done(); }
  [[nodiscard]] Inbox& inbox() { return inbox_; }
  /// Records the op under way with outcome `info`, for a run that ends at once.
  void abandon();

 private:
  Task<void> serve();
  Task<void> perform(const PlannedOp& planned);
  Task<Result<Value>> call_pattern(const PlannedOp& planned);
  Task<Result<Value>> add(const Ports& ports, const PlannedOp& planned);
  Task<Result<Value>> load_to_add(const Ports& ports, Key key);
  [[nodiscard]] Result<Value> row_read(Result<Value> value) const;
  /// `busy`: clients of the worker that had an op under way when it began, this one included.
  void count(const Op& op, std::uint64_t busy);

  ClientShared& shared_;
  ClientId id_;
  std::unique_ptr<Session> session_;
  Inbox inbox_;
  StepRecorder recorder_;
  SeededRandom random_;
  GuardedDatabase guarded_;
  RecordingDatabase database_;
  std::unique_ptr<Cache> no_cache_;
  NoFeed no_feed_ = {};
  RecordingCache cache_;
  RecordingCache local_;
  std::optional<Op> under_way_ = {};
  Task<void> serving_ = {};
};

}  // namespace stalemate
