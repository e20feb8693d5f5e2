// The part of a pattern that serves no client, in a run over stores in memory.
#include "drive/background.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "drive/run.hpp"
#include "record/history_reader.hpp"
#include "unit/drive/memory_stores.hpp"

namespace stalemate {
namespace {

using testing_stores::MemorySession;
using testing_stores::MemoryStores;

const CacheCommandInfo queue_key = {
    .name = "queue-key",
    .summary = "",
    .lua = "",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment&) -> CacheReply {
      slots.queued = true;
      return {};
    },
};
const CacheCommandInfo take_key = {
    .name = "take-key",
    .summary = "",
    .lua = "",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment&) -> CacheReply {
      slots.queued = false;
      return {};
    },
};

// Its writes leave the entry to the background part of their server, which fails every third round.
class Relayed final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const Result<std::optional<Row>> row = co_await ports.database.read(key);
    co_return (*row)->value;
  }
  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    const CacheArguments nothing;
    (void)co_await ports.local.call(queue_key, key, nothing);
    co_return Result<void>();
  }
  Task<Result<void>> background(Ports ports) const override {
    const Result<Change> change = co_await ports.feed.next();
    if (!change) {
      co_return std::unexpected(change.error());
    }
    (void)co_await ports.cache.erase(change->key);
    if (++rounds_ % 3 == 0) {
      co_return failed(ErrorCode::unavailable, "not now");
    }
    const CacheArguments nothing;
    (void)co_await ports.local.call(take_key, change->key, nothing);
    Result<void> done = co_await ports.feed.acknowledge(*change);
    co_return done;
  }

 private:
  mutable std::atomic<unsigned> rounds_ = 0;
};

const bool relayed_registered = register_pattern<Relayed>("test-relayed", "", EntryAfterWrite::removed,
                                                          roles_of(Role::update), {.feed = FeedKind::local_queue});

class QueueSession final : public Session {
 public:
  QueueSession(boost::asio::io_context& context, MemoryStores& stores, MemoryCache& local)
      : stores_(context, stores), feed_(local) {}
  Task<Result<void>> connect() override { return stores_.connect(); }
  Database& database() override { return stores_; }
  Cache& cache() override { return stores_; }
  LiveFeed* feed() override { return &feed_; }

 private:
  MemorySession stores_;
  MemoryQueueFeed feed_;
};

class QueueSessions final : public SessionFactory {
 public:
  explicit QueueSessions(MemoryStores& stores) : stores_(stores) {}
  [[nodiscard]] bool has_cache() const override { return true; }
  std::unique_ptr<Session> make_session(boost::asio::io_context& context, ClientId) override {
    return std::make_unique<MemorySession>(context, stores_);
  }
  std::unique_ptr<Session> make_background(boost::asio::io_context& context, MemoryCache& local) override {
    return std::make_unique<QueueSession>(context, stores_, local);
  }
  std::unique_ptr<SurveySession> make_survey(boost::asio::io_context& context) override {
    return std::make_unique<MemorySession>(context, stores_);
  }

 private:
  MemoryStores& stores_;
};

/// Runs `scenario` for real, over `sessions`; the history is at `history`.
RunOutcome run_over(Scenario scenario, SessionFactory& sessions, const std::filesystem::path& history) {
  scenario.threads = 2;
  const Plan plan = Plan::make(scenario).value();
  const RunOptions options;
  HistoryHeader header;
  header.key_count = scenario.keys;
  header.client_count = plan.clients();
  header.initial_value = initial_value;
  HistoryWriter::Options recording;
  recording.lanes = worker_count(plan);
  const auto writer = HistoryWriter::create(history, header, recording);
  EXPECT_TRUE(writer) << writer.error().detail;
  Result<RunOutcome> outcome =
      run_plan(plan, PatternRegistry::find(scenario.pattern)->instance(), sessions, **writer, options);
  EXPECT_TRUE(outcome) << outcome.error().detail;
  EXPECT_TRUE((*writer)->close({}));
  return outcome ? std::move(*outcome) : RunOutcome();
}

class BackgroundTest : public testing::Test {
 protected:
  BackgroundTest() { std::filesystem::create_directories(folder_); }
  ~BackgroundTest() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("stalemate-background-" + std::to_string(getpid()));
  const std::filesystem::path history_ = folder_ / "history.stale";
};

TEST_F(BackgroundTest, deals_with_every_change_and_is_recorded_apart_from_the_clients) {
  ASSERT_TRUE(relayed_registered);
  Scenario scenario;
  scenario.name = "test";
  scenario.pattern = "test-relayed";
  scenario.read_rate = 50;
  scenario.write_rate = 300;
  scenario.duration_ns = 300'000'000;
  const Plan plan = Plan::make(scenario).value();
  MemoryStores stores;
  QueueSessions sessions(stores);
  const RunOutcome outcome = run_over(scenario, sessions, history_);
  const History history = read_history(history_).value();

  std::map<std::uint32_t, Nanoseconds> last_write_ns;
  std::map<std::uint32_t, Nanoseconds> last_round_ns;
  std::uint64_t rounds = 0;
  std::uint64_t failed_rounds = 0;
  for (const OpRecord& op : history.ops()) {
    const bool is_background = op.kind() == OpKind::background;
    EXPECT_EQ(is_background, op.index() >= plan.ops());
    if (is_background) {
      ++rounds;
      failed_rounds += op.outcome() == Outcome::fail ? 1 : 0;
      EXPECT_FALSE(history.steps_of(op.index()).empty());
      last_round_ns[op.key().index] = std::max(last_round_ns[op.key().index], op.completion_ns());
    } else if (op.kind() == OpKind::write) {
      last_write_ns[op.key().index] = std::max(last_write_ns[op.key().index], op.invocation_ns());
    }
  }
  EXPECT_EQ(rounds, outcome.counts.background);
  EXPECT_GE(failed_rounds, 1U);
  EXPECT_EQ(outcome.counts.writes.ok, plan.writes());
  EXPECT_EQ(outcome.counts.hits + outcome.counts.misses, 0U) << "only reads that look into a cache count";
  for (const auto& [key, write_ns] : last_write_ns) {
    EXPECT_GT(last_round_ns[key], write_ns) << key;
  }
}

// It follows the database's log of changes, which its server refuses to tell.
class Following final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const Result<std::optional<Row>> row = co_await ports.database.read(key);
    co_return (*row)->value;
  }
  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    co_return without_value(written);
  }
  Task<Result<void>> background(Ports ports) const override {
    const Result<Change> change = co_await ports.feed.next();
    if (!change) {
      co_return std::unexpected(change.error());
    }
    Result<void> done = co_await ports.feed.acknowledge(*change);
    co_return done;
  }
};

const bool following_registered = register_pattern<Following>("test-following", "", EntryAfterWrite::removed,
                                                              RoleMask{}, {.feed = FeedKind::change_log});

class RefusedSession final : public Session, public LiveFeed {
 public:
  RefusedSession(boost::asio::io_context& context, MemoryStores& stores, bool ends)
      : stores_(context, stores), ends_(ends) {}
  Task<Result<void>> connect() override { return stores_.connect(); }
  Database& database() override { return stores_; }
  Cache& cache() override { return stores_; }
  LiveFeed* feed() override { return this; }

  Task<Result<Change>> next() override {
    if (finished_ && ends_) {
      co_return failed(ErrorCode::cancelled, "the run has ended");
    }
    co_return failed(ErrorCode::unavailable, "the database answered: a CCL binary is required (SQLSTATE XXC01)");
  }
  Task<Result<void>> acknowledge(Change) override { co_return Result<void>(); }
  void finish() override { finished_ = true; }

 private:
  MemorySession stores_;
  bool ends_;
  bool finished_ = false;
};

class RefusedSessions final : public SessionFactory {
 public:
  explicit RefusedSessions(MemoryStores& stores, bool ends = true) : stores_(stores), ends_(ends) {}
  [[nodiscard]] bool has_cache() const override { return true; }
  std::unique_ptr<Session> make_session(boost::asio::io_context& context, ClientId) override {
    return std::make_unique<MemorySession>(context, stores_);
  }
  std::unique_ptr<Session> make_background(boost::asio::io_context& context, MemoryCache&) override {
    return std::make_unique<RefusedSession>(context, stores_, ends_);
  }
  std::unique_ptr<SurveySession> make_survey(boost::asio::io_context& context) override {
    return std::make_unique<MemorySession>(context, stores_);
  }

 private:
  MemoryStores& stores_;
  bool ends_;
};

TEST_F(BackgroundTest, tells_what_its_feed_was_refused_with_though_no_op_was_begun) {
  ASSERT_TRUE(following_registered);
  Scenario scenario;
  scenario.name = "test";
  scenario.pattern = "test-following";
  scenario.duration_ns = 100'000'000;
  MemoryStores stores;
  RefusedSessions sessions(stores);
  const RunOutcome outcome = run_over(scenario, sessions, history_);
  EXPECT_EQ(outcome.counts.background, 0U);
  ASSERT_EQ(outcome.refusals.size(), 1U);
  StoreRefusal refusal = outcome.refusals.front();
  EXPECT_GE(std::exchange(refusal.count, 0), 1U);
  const StoreRefusal wanted = {Store::database, CallingPart::background, ErrorCode::unavailable, 0,
                               "a CCL binary is required (SQLSTATE XXC01)"};
  EXPECT_EQ(refusal, wanted);
}

TEST_F(BackgroundTest, tells_that_it_was_not_through_when_the_run_ended) {
  Scenario scenario;
  scenario.name = "test";
  scenario.pattern = "test-following";
  scenario.duration_ns = 100'000'000;
  MemoryStores stores;
  RefusedSessions sessions(stores, false);
  const RunOutcome outcome = run_over(scenario, sessions, history_);
  ASSERT_EQ(outcome.refusals.size(), 2U);
  EXPECT_EQ(outcome.refusals.front().error, ErrorCode::timed_out);
  EXPECT_EQ(outcome.refusals.front().count, 1U);
  EXPECT_EQ(outcome.refusals.front().words, "the run ended before all changes were dealt with");
}

TEST_F(BackgroundTest, of_the_engine_that_samples_tells_what_it_was_refused_with) {
  Scenario scenario;
  scenario.name = "test";
  scenario.pattern = "test-following";
  scenario.duration_ns = 100'000'000;
  scenario.sample_interval_ns = 10'000'000;
  MemoryStores stores;
  stores.refuses_surveys = true;
  RefusedSessions sessions(stores);
  const RunOutcome outcome = run_over(scenario, sessions, history_);
  ASSERT_EQ(outcome.refusals.size(), 2U);
  EXPECT_EQ(outcome.refusals[1].store, Store::cache);
  EXPECT_EQ(outcome.refusals[1].part, CallingPart::sampler);
  EXPECT_EQ(outcome.refusals[1].words, "NOPERM no permissions to run 'mget'");
  EXPECT_EQ(outcome.samples->counts.taken, 0U);
}

}  // namespace
}  // namespace stalemate
