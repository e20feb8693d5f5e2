// The version of a database write is its place in the order of commits: many writers on few keys, against what a
// trigger saw under the row's lock.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "core/text/key_names.hpp"
#include "drivers/postgres/session.hpp"
#include "live/drivers_fixture.hpp"
#include "servers/engines/postgres_server.hpp"

namespace stalemate {
namespace {

struct AppliedWrite {
  Version version = unknown_version;
  Value value = absent;
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
};

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class DriversCommitOrderTest : public DriversLiveTest, public testing::WithParamInterface<Isolation> {
 protected:
  static constexpr unsigned threads = 2;
  static constexpr unsigned writers_a_thread = 6;
  static constexpr int writes_a_writer = 120;

  // One writer of key 0. Values of different writers never meet.
  static Task<void> write_often(PostgresSession& session, Value first, std::vector<AppliedWrite>& applied) {
    for (int each = 0; each < writes_a_writer; ++each) {
      AppliedWrite write;
      write.value = first + each;
      write.begin_ns = now_ns();
      const auto written = co_await session.write(Key(0), write.value);
      write.end_ns = now_ns();
      if (written) {
        write.version = written->version;
        applied.push_back(write);
      }
    }
  }

  static void write_on_one_thread(const PostgresOptions& options, Value first, std::vector<AppliedWrite>& applied) {
    boost::asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE);
    std::vector<std::unique_ptr<PostgresSession>> sessions;
    std::vector<Task<void>> writers;
    for (unsigned each = 0; each < writers_a_thread; ++each) {
      sessions.push_back(std::make_unique<PostgresSession>(context, options));
      writers.push_back(write_often(*sessions.back(), first + static_cast<Value>(each) * 1000, applied));
      writers.back().start();
    }
    context.run();
    for (const Task<void>& writer : writers) {
      EXPECT_TRUE(writer.done());
    }
  }

  std::vector<AppliedWrite> all_writes() {
    PostgresOptions options = database_options();
    options.isolation = GetParam();
    options.op_limit_ns = 60'000'000'000;
    options.retries_max = 250;
    std::array<std::vector<AppliedWrite>, threads> applied;
    std::vector<std::thread> running;
    for (unsigned each = 0; each < threads; ++each) {
      running.emplace_back(write_on_one_thread, options, static_cast<Value>(1'000'000 * (each + 1)),
                           std::ref(applied[each]));
    }
    std::vector<AppliedWrite> all;
    for (unsigned each = 0; each < threads; ++each) {
      running[each].join();
      all.insert(all.end(), applied[each].begin(), applied[each].end());
    }
    std::ranges::sort(all, {}, &AppliedWrite::version);
    return all;
  }
};

TEST_P(DriversCommitOrderTest, versions_of_a_key_follow_one_another_as_its_values_did) {
  start(&postgres_kind, nullptr);
  make_table(6);
  OtherClient other(database_options().url);
  other.ask("CREATE TABLE succession (earlier INT PRIMARY KEY, later INT UNIQUE)");
  other.ask(
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN INSERT INTO succession VALUES (OLD.quantity, NEW.quantity); RETURN NULL; END'");
  other.ask("CREATE TRIGGER note AFTER UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION note()");
  const std::vector<AppliedWrite> writes = all_writes();
  ASSERT_EQ(writes.size(), threads * writers_a_thread * writes_a_writer);
  EXPECT_EQ(other.ask("SELECT count(*) FROM succession"), std::to_string(writes.size()));
  Value before = initial_value;
  for (std::size_t place = 0; place < writes.size(); ++place) {
    ASSERT_NE(writes[place].version, unknown_version);
    ASSERT_TRUE(place == 0 || writes[place - 1].version < writes[place].version) << "two writes share a version";
    ASSERT_EQ(other.ask("SELECT later FROM succession WHERE earlier = " + std::to_string(before)),
              std::to_string(writes[place].value))
        << "at place " << place;
    before = writes[place].value;
  }
}

TEST_P(DriversCommitOrderTest, versions_agree_with_real_time_where_nothing_slows_the_writers) {
  start(&postgres_kind, nullptr);
  make_table(6);
  const std::vector<AppliedWrite> writes = all_writes();
  ASSERT_EQ(writes.size(), threads * writers_a_thread * writes_a_writer);
  // No later version's write may have ended before an earlier version's began.
  std::int64_t latest_begin_ns = 0;
  for (std::size_t place = 0; place < writes.size(); ++place) {
    ASSERT_TRUE(place == 0 || writes[place - 1].version < writes[place].version) << "two writes share a version";
    ASSERT_LT(latest_begin_ns, writes[place].end_ns) << "at place " << place;
    latest_begin_ns = std::max(latest_begin_ns, writes[place].begin_ns);
  }
  OtherClient other(database_options().url);
  EXPECT_EQ(other.ask("SELECT quantity FROM stock WHERE product_id = '" + std::string(product_id(Key(0)).view()) + "'"),
            std::to_string(writes.back().value));
}

INSTANTIATE_TEST_SUITE_P(, DriversCommitOrderTest, testing::Values(Isolation::read_committed, Isolation::serializable),
                         [](const testing::TestParamInfo<Isolation>& level) {
                           return level.param == Isolation::serializable ? "serializable" : "read_committed";
                         });

}  // namespace
}  // namespace stalemate
