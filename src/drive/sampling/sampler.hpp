// The sampler: at a fixed interval it compares every row with its entry, without stopping anybody.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <vector>

#include "drive/live_clock.hpp"
#include "drive/run_lock.hpp"
#include "drive/sampling/sample_tally.hpp"
#include "drive/session.hpp"
#include "drive/watch/refusals.hpp"
#include "record/history.hpp"

namespace stalemate {

/// A sample compares at most this many keys, the first ones: more would load the servers more than the run does.
inline constexpr std::uint32_t sampled_keys_max = 10'000;
/// How many of `keys` are compared.
[[nodiscard]] inline std::uint32_t sampled_keys(std::uint32_t keys) {
  return std::min(keys, sampled_keys_max);
}

/// Reads rows, entries and rows again, `chunk_keys` at a time.
class TableLook {
 public:
  explicit TableLook(SurveySession& session) : session_(session) {}
  /// Reads keys first to first + count - 1. Errors: of the session.
  Task<Result<void>> read(Key first, std::uint32_t count);
  /// Which store the last call of `read` asked.
  [[nodiscard]] Store asked_last() const { return asked_last_; }
  static constexpr std::uint32_t chunk_keys = 5'000;

  std::vector<Value> rows_before = {};
  std::vector<Value> entries = {};
  std::vector<Value> rows_after = {};
  std::uint64_t calls = 0;  ///< made so far

 private:
  SurveySession& session_;
  Store asked_last_ = Store::database;
};

/// Thread rule: lives on the thread of its context, except construction and connect().
class Sampler {
 public:
  /// `lock` is nullptr unless the run is serialised; it must live on the same context then.
  Sampler(boost::asio::io_context& context, std::unique_ptr<SurveySession> session, std::uint32_t keys,
          Nanoseconds interval_ns, RunLock* lock);

  [[nodiscard]] Task<Result<void>> connect() { return session_->connect(); }
  /// Begins to sample, one interval after `origin` for the first time. On any thread before the context runs.
  void start(SteadyTime origin);
  /// Calls `take` on the context's thread with a copy of the totals. Any thread.
  template <class Take>
  void look(Take take) {
    boost::asio::post(context_, [this, take = std::move(take)]() mutable { take(tally_.totals()); });
  }
  /// The totals with all episodes ended. Requires: the context no longer runs.
  [[nodiscard]] SampleTotals finish();
  /// The errors that its calls met. Requires: as finish().
  [[nodiscard]] const Refusals& refusals() const { return refusals_; }

 private:
  Task<void> sample_for_ever();
  Task<void> take_sample();
  Task<bool> look_at_all();

  boost::asio::io_context& context_;
  LiveClock clock_;
  std::unique_ptr<SurveySession> session_;
  TableLook look_;
  std::uint32_t keys_;
  Nanoseconds interval_ns_;
  RunLock* lock_;
  SampleTally tally_;
  Refusals refusals_ = {};
  Task<void> sampling_ = {};
};

/// The rows and entries of all `keys` as they are now, for a run that is at rest. Errors: of the session.
Task<Result<std::vector<RestRecord>>> survey_at_rest(SurveySession& session, std::uint32_t keys);

}  // namespace stalemate
