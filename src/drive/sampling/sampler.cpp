#include "drive/sampling/sampler.hpp"

#include <algorithm>
#include <utility>

#include "core/absent_row.hpp"

namespace stalemate {

Task<Result<void>> TableLook::read(Key first, std::uint32_t count) {
  rows_before.resize(count);
  entries.resize(count);
  rows_after.resize(count);
  asked_last_ = Store::database;
  ++calls;
  Result<void> done = co_await session_.rows().read_rows(first, rows_before);
  if (done) {
    asked_last_ = Store::cache;
    ++calls;
    done = co_await session_.entries().read_entries(first, entries);
  }
  if (done) {
    asked_last_ = Store::database;
    ++calls;
    done = co_await session_.rows().read_rows(first, rows_after);
  }
  // An entry may say that there is no row, which is not the same as no entry.
  std::ranges::replace(rows_before, absent, no_row);
  std::ranges::replace(rows_after, absent, no_row);
  co_return done;
}

Sampler::Sampler(boost::asio::io_context& context, std::unique_ptr<SurveySession> session, std::uint32_t keys,
                 Nanoseconds interval_ns, RunLock* lock)
    : context_(context),
      clock_(context),
      session_(std::move(session)),
      look_(*session_),
      keys_(sampled_keys(keys)),
      interval_ns_(interval_ns),
      lock_(lock),
      tally_(keys_, interval_ns) {}

void Sampler::start(SteadyTime origin) {
  clock_.set_origin(origin);
  sampling_ = sample_for_ever();
  boost::asio::post(context_, [this] { sampling_.start(); });
}

Task<void> Sampler::sample_for_ever() {
  for (Nanoseconds next_ns = interval_ns_;; next_ns += interval_ns_) {
    const Nanoseconds late_ns = clock_.now_ns() - next_ns;
    if (late_ns > 0) {
      // A sample that took longer than the interval costs the ones it ran over.
      const Nanoseconds missed = late_ns / interval_ns_;
      tally_.overrun(static_cast<std::uint64_t>(missed));
      next_ns += missed * interval_ns_;
    }
    co_await clock_.sleep(next_ns - clock_.now_ns());
    if (lock_ == nullptr) {
      co_await take_sample();
      continue;
    }
    RunLock::Acquire acquire = lock_->acquire(RunLock::Mode::shared);
    co_await acquire;
    co_await take_sample();
    lock_->release(RunLock::Mode::shared);
  }
}

Task<void> Sampler::take_sample() {
  const Nanoseconds begun_ns = clock_.now_ns();
  const std::uint64_t calls_before = look_.calls;
  tally_.begin_sample(begun_ns);
  const bool saw_all = co_await look_at_all();
  if (saw_all) {
    tally_.end_sample();
  } else {
    tally_.abandon_sample();
  }
  tally_.spent(look_.calls - calls_before, clock_.now_ns() - begun_ns);
}

Task<bool> Sampler::look_at_all() {
  for (std::uint32_t first = 0; first < keys_; first += TableLook::chunk_keys) {
    const Key first_key = {first};
    const Result<void> read = co_await look_.read(first_key, std::min(TableLook::chunk_keys, keys_ - first));
    if (!read) {
      refusals_.note_any(look_.asked_last(), read.error(), CallingPart::sampler);
      co_return false;
    }
    tally_.look(first_key, look_.rows_before, look_.entries, look_.rows_after);
  }
  co_return true;
}

SampleTotals Sampler::finish() {
  sampling_ = {};
  tally_.finish();
  return tally_.totals();
}

Task<Result<std::vector<RestRecord>>> survey_at_rest(SurveySession& session, std::uint32_t keys) {
  std::vector<RestRecord> rest;
  TableLook look(session);
  for (std::uint32_t first = 0; first < keys; first += TableLook::chunk_keys) {
    const std::uint32_t count = std::min(TableLook::chunk_keys, keys - first);
    const Key first_key = {first};
    const Result<void> read = co_await look.read(first_key, count);
    if (!read) {
      co_return std::unexpected(read.error());
    }
    for (std::uint32_t place = 0; place < count; ++place) {
      rest.push_back({first + place, look.rows_after[place], look.entries[place]});
    }
  }
  co_return rest;
}

}  // namespace stalemate
