// The part of a pattern that serves no client (a relay, a flusher, a consumer of changes), as one process of a live
// run.
#pragma once

#include <memory>
#include <optional>

#include "core/pattern/pattern.hpp"
#include "core/random.hpp"
#include "drive/client.hpp"
#include "drive/ports/recording_ports.hpp"
#include "drive/session.hpp"

namespace stalemate {

/// Calls Pattern::background in a loop. The steps of a round belong to an op of kind `background`, which begins when
/// the feed yields a change. After a failed round it pauses, longer each time. Thread rule: the thread of its worker.
class Background {
 public:
  /// Its ops are numbered after the plan's: the first is ops() + `number`, each next one `stride` more.
  /// Requires: `session` has a feed.
  Background(ClientShared& shared, std::unique_ptr<Session> session, unsigned number, unsigned stride);
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] Task<Result<void>> connect() { return session_->connect(); }
  void start();
  /// No more changes will come. It handles what is left, for at most two seconds. May be called twice.
  void finish();
  /// True once it has handled all changes, or that time is over.
  [[nodiscard]] bool finished();
  /// Records the op under way with outcome `info`, for a run that ends at once.
  void abandon();

 private:
  // Begins an op with every change.
  class BeginningFeed final : public Feed {
   public:
    explicit BeginningFeed(Background& owner) : owner_(owner) {}
    Task<Result<Change>> next() override;
    Task<Result<void>> acknowledge(Change change) override;

   private:
    Background& owner_;
  };

  Task<void> serve();
  /// Whether the change, which the cache has pushed, never gets here.
  [[nodiscard]] bool is_lost(const Change& change);
  void note(const Error& error);
  void begin(const Change& change);
  void end(const Result<void>& done);

  ClientShared& shared_;
  std::unique_ptr<Session> session_;
  LiveFeed& feed_;
  ClientId server_;
  OpIndex next_index_;
  OpIndex stride_;
  StepRecorder recorder_;
  SeededRandom random_;
  RecordingDatabase database_;
  RecordingCache cache_;
  RecordingCache local_;
  BeginningFeed beginning_feed_ = BeginningFeed(*this);
  std::optional<Op> under_way_ = {};
  Nanoseconds finish_until_ns_ = never;
  bool is_cut_short_ = false;
  Task<void> serving_ = {};
};

}  // namespace stalemate
