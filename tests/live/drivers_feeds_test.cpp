// What real servers tell of their changes: outbox, log, queue and pushes.
#include <gtest/gtest.h>

#include <memory>

#include "drivers/postgres/feeds/feeds.hpp"
#include "drivers/postgres/session.hpp"
#include "drivers/redis/feeds.hpp"
#include "live/drivers_fixture.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/redis_server.hpp"

namespace stalemate {
namespace {

constexpr std::uint32_t keys = 6;
constexpr Key shoe = {3};

class DriversFeedsTest : public DriversLiveTest {
 protected:
  void start_database(bool row_versions, bool outbox) {
    start(&postgres_kind, nullptr);
    options_ = database_options();
    options_.row_versions = row_versions;
    options_.outbox = outbox;
    const auto made = prepare_stock_table(options_, keys, ForeignTable::keep);
    ASSERT_TRUE(made) << made.error().detail;
  }

  PostgresOptions options_ = {};
  std::shared_ptr<const KeyIndex> index_ = std::make_shared<const KeyIndex>(keys);
};

TEST_F(DriversFeedsTest, rows_count_their_versions_where_they_are_wanted) {
  start_database(true, false);
  PostgresSession session(context_, options_);
  EXPECT_EQ(run(session.read(shoe)).value()->version, 1);
  EXPECT_EQ(run(session.write(shoe, 5))->row_version, 2);
  EXPECT_EQ(run(session.write(shoe, 6))->row_version, 3);
  EXPECT_EQ(run(session.read(shoe)).value()->version, 3);
  options_.row_versions = false;
  ASSERT_TRUE(prepare_stock_table(options_, keys, ForeignTable::keep)) << "ours is made anew for another pattern";
  PostgresSession plain(context_, options_);
  EXPECT_EQ(run(plain.read(shoe)).value()->version, unknown_version);
}

TEST_F(DriversFeedsTest, the_outbox_gives_a_message_until_it_is_acknowledged) {
  start_database(false, true);
  PostgresSession session(context_, options_);
  PostgresSession relay(context_, options_);
  ASSERT_TRUE(run(session.write_with_message(shoe, 5)));
  ASSERT_TRUE(run(session.write_with_message(Key{1}, 6)));
  EXPECT_FALSE(run(session.write_with_message(Key{99}, 7))) << "there is no such row, so no message either";
  {
    OutboxFeed feed(context_, relay, index_);
    EXPECT_EQ(run(feed.next())->key, shoe);
  }
  OutboxFeed feed(context_, relay, index_);
  const Change first = run(feed.next()).value();
  EXPECT_EQ(first.key, shoe);
  EXPECT_EQ(first.value, 5);
  ASSERT_TRUE(run(feed.acknowledge(first)));
  const Change second = run(feed.next()).value();
  EXPECT_EQ(second.key, Key{1});
  ASSERT_TRUE(run(feed.acknowledge(second)));
  feed.finish();
  EXPECT_EQ(run(feed.next()).error().code, ErrorCode::cancelled);
}

TEST_F(DriversFeedsTest, an_outbox_of_somebody_else_is_left_alone) {
  start(&postgres_kind, nullptr);
  OtherClient other(database_address().url);
  other.ask("CREATE TABLE stock_outbox (note TEXT)");
  PostgresOptions options = database_options();
  options.outbox = true;
  const auto refused = prepare_stock_table(options, keys, ForeignTable::replace);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("stock_outbox"), std::string::npos);
  options.outbox = false;
  ASSERT_TRUE(prepare_stock_table(options, keys, ForeignTable::keep));
  EXPECT_TRUE(drop_stock_table(options).value());
  EXPECT_EQ(other.ask("SELECT count(*) FROM stock_outbox"), "0");
}

TEST_F(DriversFeedsTest, the_log_tells_changes_in_commit_order_until_they_are_given_back) {
  start_database(true, false);
  ASSERT_TRUE(make_change_slot(options_, ServerOwner::ours));
  ASSERT_TRUE(make_change_slot(options_, ServerOwner::ours)) << "one that was left behind is replaced";
  PostgresSession session(context_, options_);
  for (Value value = 1; value <= 3; ++value) {
    ASSERT_TRUE(run(session.write(shoe, value)));
  }
  PostgresSession consumer(context_, options_);
  {
    ChangeLogFeed feed(context_, consumer, index_);
    const Change change = run(feed.next()).value();
    EXPECT_EQ(change.value, 1);
    ASSERT_TRUE(run(feed.acknowledge(change)));
  }
  ChangeLogFeed feed(context_, consumer, index_);
  for (Value value = 1; value <= 3; ++value) {
    const Change change = run(feed.next()).value();
    EXPECT_EQ(change.key, shoe);
    EXPECT_EQ(change.value, value);
    EXPECT_EQ(change.version, static_cast<Version>(value) + 1);
    ASSERT_TRUE(run(feed.acknowledge(change)));
  }
  feed.finish();
  EXPECT_EQ(run(feed.next()).error().code, ErrorCode::cancelled);
  ChangeLogFeed later(context_, consumer, index_);
  later.finish();
  EXPECT_EQ(run(later.next()).error().code, ErrorCode::cancelled) << "what was given back does not come again";
  ASSERT_TRUE(drop_change_slot(options_));
  EXPECT_EQ(OtherClient(options_.url).ask("SELECT count(*) FROM pg_replication_slots"), "0");
}

TEST_F(DriversFeedsTest, a_log_that_tells_no_changes_is_named_with_its_setting) {
  start_database(false, false);
  OtherClient(options_.url).ask("ALTER SYSTEM SET wal_level = 'replica'");
  ASSERT_TRUE(servers_->apply(Target::database, ServerEventKind::kill));
  ASSERT_TRUE(servers_->apply(Target::database, ServerEventKind::start));
  Result<void> made = make_change_slot(options_, ServerOwner::user);
  for (int attempt = 0; attempt < 500 && !made && !made.error().detail.contains("wal_level"); ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    made = make_change_slot(options_, ServerOwner::user);
  }
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().detail.find("wal_level = logical"), std::string::npos) << made.error().detail;
  EXPECT_EQ(made.error().code, ErrorCode::unavailable) << "a server that cannot be used: 69";
}

TEST_F(DriversFeedsTest, the_cache_pushes_what_changes_and_everything_after_a_lost_connection) {
  start(nullptr, &redis_kind);
  RedisSession session(context_, cache_options());
  InvalidationFeed feed(context_, cache_options(), index_);
  const Result<void> connected = run(feed.open());
  ASSERT_TRUE(connected) << connected.error().detail;
  ASSERT_TRUE(run(session.set(shoe, 5, 0)));
  const Change set = run(feed.next()).value();
  EXPECT_EQ(set.key, shoe);
  ASSERT_TRUE(run(feed.acknowledge(set)));
  ASSERT_TRUE(run(session.erase(shoe)));
  const Change erased = run(feed.next()).value();
  EXPECT_EQ(erased.key, shoe);
  ASSERT_TRUE(run(feed.acknowledge(erased)));
  ASSERT_TRUE(servers_->apply(Target::cache, ServerEventKind::kill));
  ASSERT_TRUE(servers_->apply(Target::cache, ServerEventKind::start));
  Result<Change> change = run(feed.next());
  for (int attempt = 0; attempt < 500 && !change; ++attempt) {
    let_run(std::chrono::milliseconds(20));
    change = run(feed.next());
  }
  for (std::uint32_t index = 0; index < keys; ++index) {
    ASSERT_TRUE(change) << change.error().detail;
    EXPECT_EQ(change->key, Key{index});
    ASSERT_TRUE(run(feed.acknowledge(*change)));
    if (index + 1 < keys) {
      change = run(feed.next());
    }
  }
}

TEST_F(DriversFeedsTest, the_queue_gives_a_key_until_a_command_takes_it_out) {
  start(nullptr, &redis_kind);
  RedisSession session(context_, cache_options());
  CacheQueueFeed feed(context_, session, index_);
  const CacheArguments entry = {.value = 5};
  ASSERT_TRUE(run(session.call(*CacheCommandRegistry::find("put-dirty"), shoe, entry)));
  EXPECT_EQ(run(feed.next())->key, shoe);
  EXPECT_EQ(run(feed.next())->key, shoe);
  const CacheReply dirty = run(session.call(*CacheCommandRegistry::find("peek-dirty"), shoe, entry)).value();
  const CacheArguments clean = {.value = 5, .stamp = dirty.stamp};
  ASSERT_TRUE(run(session.call(*CacheCommandRegistry::find("mark-clean"), shoe, clean)));
  feed.finish();
  EXPECT_EQ(run(feed.next()).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace stalemate
