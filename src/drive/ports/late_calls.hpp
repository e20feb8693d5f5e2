// What takes effect late: requests that were stuck on their way, and second copies of others.
#pragma once

#include <deque>
#include <list>
#include <memory>

#include "drive/ports/recording_ports.hpp"
#include "drive/session.hpp"

namespace stalemate {

/// Makes calls at their times over a session of its own, one after the other, and records each as a step of the op that
/// it belongs to. One a worker. Thread rule: the thread of its worker.
class LateCalls {
 public:
  /// `recorder` is of its own.
  LateCalls(const StepRecorder& recorder, std::unique_ptr<Session> session, bool has_cache);
  LateCalls(const LateCalls&) = delete;
  LateCalls& operator=(const LateCalls&) = delete;

  [[nodiscard]] Task<Result<void>> connect() { return session_->connect(); }
  /// Makes the call `late_ns` from now, or when those before it are done.
  void take(const PlannedOp& op, FaultId fault, Nanoseconds late_ns, LateCall call);
  /// Nothing waits and nothing is under way.
  [[nodiscard]] bool finished() const { return left_ == 0; }

 private:
  struct Late {
    PlannedOp op;
    FaultId fault;
    Nanoseconds late_ns;
    LateCall call;
  };
  Task<void> wait_and_make(Late late);

  StepRecorder recorder_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Cache> no_cache_;
  RecordingDatabase database_;
  RecordingCache cache_;
  std::deque<Late> due_ = {};
  std::size_t left_ = 0;
  bool is_busy_ = false;
  std::list<Task<void>> waiting_ = {};
};

}  // namespace stalemate
