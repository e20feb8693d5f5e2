// CockroachDB's changefeed, against the real binary where there is one; Debian has no package of it. What it makes of
// the bytes of such a server is tested everywhere (tests/unit/drivers/changefeed_test.cpp).
#include <gtest/gtest.h>

#include <iostream>
#include <memory>

#include "drivers/postgres/feeds/changefeed.hpp"
#include "drivers/postgres/feeds/feeds.hpp"
#include "drivers/postgres/session.hpp"
#include "live/drivers_fixture.hpp"
#include "servers/engines/binaries.hpp"
#include "servers/engines/cockroach_cluster.hpp"

namespace stalemate {
namespace {

constexpr std::uint32_t key_count = 6;
constexpr Key fed_key = {3};

class DriversChangefeedTest : public DriversLiveTest {
 protected:
  void SetUp() override {
    const auto binary = find_cockroach({});
    if (!binary) {
      std::cerr << "\n*** SKIPPED: no real changefeed was tested: " << binary.error().detail << " ***\n\n";
      GTEST_SKIP() << binary.error().detail;
    }
    start(&cockroach_kind, nullptr);
    options_ = database_options();
    options_.row_versions = true;
    options_.isolation = Isolation::serializable;
    const auto made = prepare_stock_table(options_, key_count, ForeignTable::keep);
    ASSERT_TRUE(made) << made.error().detail;
    if (const std::string refused = words_against_changefeeds(); !refused.empty()) {
      std::cerr << "\n*** SKIPPED: no real changefeed was tested: " << binary->native() << " has none: " << refused
                << " ***\n\n";
      GTEST_SKIP() << binary->native() << " has no changefeeds: " << refused;
    }
  }

  // What the server answers to one, as builds without the enterprise code do; empty where it begins it.
  std::string words_against_changefeeds() {
    const OtherClient client(options_.url);
    [[maybe_unused]] const Result<void> made = make_change_slot(options_, ServerOwner::ours);
    return client.refusal_of("EXPERIMENTAL CHANGEFEED FOR stock");
  }

  void expect_changes(ChangefeedFeed& feed, Value first, Value last) {
    for (Value value = first; value <= last; ++value) {
      const Result<Change> change = run(feed.next());
      ASSERT_TRUE(change) << change.error().detail;
      EXPECT_EQ(change->key, fed_key);
      EXPECT_EQ(change->value, value);
      EXPECT_EQ(change->version, static_cast<Version>(value) + 1);
      ASSERT_TRUE(run(feed.acknowledge(*change)));
    }
  }

  PostgresOptions options_ = {};
  std::shared_ptr<const KeyIndex> index_ = std::make_shared<const KeyIndex>(key_count);
};

TEST_F(DriversChangefeedTest, tells_each_change_in_commit_order_until_the_run_ends) {
  ASSERT_TRUE(make_change_slot(options_, ServerOwner::ours));
  ChangefeedFeed feed(context_, options_, index_);
  const Result<void> connected = feed.connect();
  ASSERT_TRUE(connected) << connected.error().detail;
  PostgresSession session(context_, options_);
  for (Value value = 1; value <= 3; ++value) {
    ASSERT_TRUE(run(session.write(fed_key, value)));
  }
  expect_changes(feed, 1, 3);
  feed.finish();
  EXPECT_EQ(run(feed.next()).error().code, ErrorCode::cancelled);
}

TEST_F(DriversChangefeedTest, misses_no_change_when_its_connection_is_made_anew) {
  ASSERT_TRUE(make_change_slot(options_, ServerOwner::ours));
  ChangefeedFeed feed(context_, options_, index_);
  ASSERT_TRUE(feed.connect());
  PostgresSession session(context_, options_);
  ASSERT_TRUE(run(session.write(fed_key, 1)));
  EXPECT_EQ(run(feed.next())->value, 1);
  ASSERT_TRUE(run(session.write(fed_key, 2)));
  ASSERT_TRUE(feed.connect()) << "the first change was not acknowledged, so it comes again";
  expect_changes(feed, 1, 2);
}

TEST_F(DriversChangefeedTest, of_a_cluster_without_rangefeeds_is_refused_with_the_setting) {
  OtherClient(options_.url).ask("SET CLUSTER SETTING kv.rangefeed.enabled = false");
  const Result<void> refused = make_change_slot(options_, ServerOwner::user);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("kv.rangefeed.enabled"), std::string::npos) << refused.error().detail;
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable) << "a server that cannot be used: 69";
}

}  // namespace
}  // namespace stalemate
