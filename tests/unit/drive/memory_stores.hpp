// Stores in memory that answer after a delay, for tests of the engine itself. The engine's own behaviour is under test
// here; the real servers are in tests/live.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "core/text/key_names.hpp"
#include "drive/live_clock.hpp"
#include "drive/session.hpp"

namespace stalemate::testing_stores {

/// What all sessions of a test share. Thread rule: any thread.
struct MemoryStores {
  std::mutex mutex = {};
  std::map<std::uint32_t, Value> rows = {};
  std::map<std::uint32_t, Value> entries = {};
  std::uint64_t writes = 0;
  std::atomic<Nanoseconds> delay_ns = 200'000;   ///< of every call
  std::atomic<Nanoseconds> survey_delay_ns = 0;  ///< of every call of a survey
  std::atomic<bool> survey_answers = true;
  std::function<void()> before_survey = [] {};  ///< called before each call of a survey
  /// Stands for a server that stops answering: calls begun in [first, second) answer at second.
  std::pair<Nanoseconds, Nanoseconds> stall = {0, 0};
  /// Calls begun in [first, second) are refused.
  std::pair<Nanoseconds, Nanoseconds> outage = {0, 0};
  std::atomic<unsigned> answers = 0;          ///< to calls, of all sessions
  std::atomic<bool> refuses_surveys = false;  ///< of the entries
  SteadyTime origin = std::chrono::steady_clock::now();

  void await_answers(unsigned count) const {
    for (unsigned seen = answers.load(); seen < count; seen = answers.load()) {
      answers.wait(seen);
    }
  }
  [[nodiscard]] Nanoseconds now_ns() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - origin).count();
  }
};

class MemorySession final : public Session,
                            public SurveySession,
                            public Database,
                            public Cache,
                            public RowSurvey,
                            public EntrySurvey {
 public:
  MemorySession(boost::asio::io_context& context, MemoryStores& stores) : clock_(context), stores_(stores) {}

  Task<Result<void>> connect() override { co_return Result<void>(); }
  Database& database() override { return *this; }
  Cache& cache() override { return *this; }
  RowSurvey& rows() override { return *this; }
  EntrySurvey& entries() override { return *this; }

  Task<Result<std::optional<Row>>> read(Key key) override {
    const bool there = co_await answered();
    if (!there) {
      co_return failed(ErrorCode::connection_refused, "refused");
    }
    const std::lock_guard lock(stores_.mutex);
    const auto row = stores_.rows.find(key.index);
    Row found;
    found.value = row == stores_.rows.end() ? initial_value : row->second;
    co_return found;
  }
  Task<Result<Written>> write(Key key, Value value) override {
    const bool there = co_await answered();
    if (!there) {
      co_return failed(ErrorCode::connection_refused, "refused");
    }
    const std::lock_guard lock(stores_.mutex);
    stores_.rows[key.index] = value;
    Written written;
    written.version = ++stores_.writes;
    co_return written;
  }
  Task<Result<std::optional<Value>>> get(Key key) override {
    const bool there = co_await answered();
    if (!there) {
      co_return failed(ErrorCode::connection_refused, "refused");
    }
    const std::lock_guard lock(stores_.mutex);
    const auto entry = stores_.entries.find(key.index);
    co_return entry == stores_.entries.end() ? std::optional<Value>() : entry->second;
  }
  Task<Result<void>> set(Key key, Value value, Nanoseconds) override {
    const bool there = co_await answered();
    if (!there) {
      co_return failed(ErrorCode::connection_refused, "refused");
    }
    const std::lock_guard lock(stores_.mutex);
    stores_.entries[key.index] = value;
    co_return Result<void>();
  }
  Task<Result<bool>> erase(Key key) override {
    const bool there = co_await answered();
    if (!there) {
      co_return failed(ErrorCode::connection_refused, "refused");
    }
    const std::lock_guard lock(stores_.mutex);
    co_return stores_.entries.erase(key.index) > 0;
  }
  Task<Result<void>> read_rows(Key first, std::span<Value> values) override {
    stores_.before_survey();
    co_await clock_.sleep(stores_.survey_delay_ns);
    if (!stores_.survey_answers) {
      co_return failed(ErrorCode::connection_refused, "refused");
    }
    const std::lock_guard lock(stores_.mutex);
    for (Value& value : values) {
      const auto row = stores_.rows.find(first.index++);
      value = row == stores_.rows.end() ? initial_value : row->second;
    }
    co_return Result<void>();
  }
  Task<Result<void>> read_entries(Key first, std::span<Value> values) override {
    if (stores_.refuses_surveys) {
      co_return failed(ErrorCode::authentication, "the cache answered: NOPERM no permissions to run 'mget'");
    }
    const std::lock_guard lock(stores_.mutex);
    for (Value& value : values) {
      const auto entry = stores_.entries.find(first.index++);
      value = entry == stores_.entries.end() ? absent : entry->second;
    }
    co_return Result<void>();
  }

 private:
  Task<bool> answered() {
    const Nanoseconds now_ns = stores_.now_ns();
    if (now_ns >= stores_.outage.first && now_ns < stores_.outage.second) {
      co_return false;
    }
    Nanoseconds wait_ns = stores_.delay_ns;
    if (now_ns >= stores_.stall.first && now_ns < stores_.stall.second) {
      wait_ns += stores_.stall.second - now_ns;
    }
    co_await clock_.sleep(wait_ns);
    stores_.answers.fetch_add(1);
    stores_.answers.notify_all();
    co_return true;
  }

  LiveClock clock_;
  MemoryStores& stores_;
};

class MemorySessions final : public SessionFactory {
 public:
  explicit MemorySessions(MemoryStores& stores) : stores_(stores) {}
  [[nodiscard]] bool has_cache() const override { return true; }
  std::unique_ptr<Session> make_session(boost::asio::io_context& context, ClientId) override {
    return std::make_unique<MemorySession>(context, stores_);
  }
  std::unique_ptr<SurveySession> make_survey(boost::asio::io_context& context) override {
    return std::make_unique<MemorySession>(context, stores_);
  }

 private:
  MemoryStores& stores_;
};

}  // namespace stalemate::testing_stores
