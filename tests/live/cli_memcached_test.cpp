// Runs with a memcached: started by its name, given by its URL, and what cannot be had of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/text/key_names.hpp"
#include "drivers/memcached/claim.hpp"
#include "drivers/memcached/session.hpp"
#include "drivers/run_task.hpp"
#include "live/program.hpp"
#include "live/small_memcached.hpp"
#include "one_line.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/keeper_hook.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

std::string refused_by_memcached(const std::vector<std::string>& more) {
  const OwnFolder folder;
  std::vector<std::string> words = {"run", "before", "--no-live", "--cache", "memcached"};
  words.insert(words.end(), more.begin(), more.end());
  const Ended ended = run_stalemate(folder.path(), words);
  EXPECT_EQ(ended.code, 64) << ended.err;
  return as_one_line(ended.err);
}

TEST(MemcachedRun, is_started_by_its_name_samples_entries_and_leaves_nothing) {
  const OwnFolder folder;
  const Ended ended = run_stalemate(folder.path(), {"run", "before", "--no-live", "--no-faults", "-d", "2s", "-r",
                                                    "2ms", "-w", "100ms", "--cache", "memcached"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(left_running(), "");
  const json results = results_in(only_run(folder.path()));
  EXPECT_EQ(results["asked"]["cache_engine"], "memcached");
  EXPECT_EQ(results["engines"][1]["name"], "memcached");
  EXPECT_GT(results["samples"]["taken"], 0) << results["samples"];
  EXPECT_GT(results["cache"]["hit_ratio"], 0.5) << results["cache"];
  EXPECT_EQ(warnings_in(results), std::vector<std::string>());
}

TEST(MemcachedRun, finds_the_stale_entries_that_skipped_deletes_leave) {
  const OwnFolder folder;
  const Ended ended =
      run_stalemate(folder.path(), {"run", "before", "--no-live", "--no-faults", "-d", "2s", "-r", "2ms", "-w", "20ms",
                                    "--fault", "invalidate: skip 30%", "--cache", "memcached"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder.path()));
  EXPECT_GT(results["stale"]["stale"], 0);
}

TEST(MemcachedRun, is_refused_for_what_memcached_cannot_do) {
  EXPECT_THAT(refused_by_memcached({"--pattern", "near-cache"}),
              AllOf(HasSubstr("'near-cache' needs pushes of the cache, which memcached does not have"),
                    HasSubstr("lease"), HasSubstr("gumball")));
  EXPECT_THAT(refused_by_memcached({"--pattern", "write-behind"}), HasSubstr("a queue in the cache"));
  EXPECT_THAT(
      refused_by_memcached({"--fault", "cache: rollback 1s..2s"}),
      HasSubstr("faults.rollback: it needs a copy of the cache that is put back, which memcached does not have"));
  EXPECT_THAT(refused_by_memcached({"--fault", "cache: restart 1s..2s kept"}),
              HasSubstr("a restart with what the cache held"));
  EXPECT_THAT(refused_by_memcached({"--fault", "cache: unreachable 1s..2s", "--cache", "memcached://127.0.0.1:1"}),
              HasSubstr("--cache"));
}

TEST(MemcachedRun, is_refused_where_entries_are_to_live_for_a_part_of_a_second) {
  EXPECT_THAT(refused_by_memcached({"--ttl", "1500ms"}),
              HasSubstr("time_to_live: 1s500ms needs times to live in milliseconds, which memcached does not have: it "
                        "counts whole seconds; write 2s, or name another engine"));
  EXPECT_THAT(refused_by_memcached({"--ttl", "500ms", "--pattern", "lease"}), HasSubstr("write 1s"));
}

// One PostgreSQL for all, and a small memcached for each.
class MemcachedByUrl : public testing::Test {
 protected:
  void SetUp() override {
    auto servers = start_private_servers({.database = &postgres_kind, .base_folder = base_.path()});
    ASSERT_TRUE(servers) << servers.error().detail;
    servers_ = std::move(*servers);
    small_ = std::make_unique<SmallMemcached>(base_.path());
  }
  [[nodiscard]] std::vector<std::string> words(const std::string& cache_url,
                                               const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"run",         "before", "--no-live",
                                    "--no-faults", "--db",   servers_->database()->facts().addresses.front().url,
                                    "--cache",     cache_url};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] Ended run(const std::string& cache_url, const std::vector<std::string>& more) const {
    return run_stalemate(folder_.path(), words(cache_url, more));
  }

  OwnFolder base_{OwnFolder::passable};
  OwnFolder folder_{};
  std::unique_ptr<PrivateServers> servers_;
  std::unique_ptr<SmallMemcached> small_;
};

TEST_F(MemcachedByUrl, tells_what_was_evicted_because_its_memory_was_full) {
  const Ended ended = run(small_->url(), {"-d", "4s", "--keys", "40000", "-r", "100us", "-w", "1s", "--clients", "16"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_THAT(warnings_in(results), testing::Contains(HasSubstr("items during the run, since its memory was full")));
}

TEST_F(MemcachedByUrl, that_does_not_answer_ends_with_69_and_one_sentence) {
  const Ended ended = run("memcached://127.0.0.1:1", {"-d", "300ms"});
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(as_one_line(ended.err), HasSubstr("the cache at memcached://127.0.0.1:1 cannot be reached"));
}

TEST_F(MemcachedByUrl, with_a_wrong_password_does_not_show_it) {
  std::string url = small_->url();
  const std::size_t colon = url.find(':', url.find("://") + 3);
  url.replace(colon + 1, url.find('@') - colon - 1, "hunter2");
  const Ended ended = run(url, {"-d", "300ms"});
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_EQ(ended.err.find("hunter2"), std::string::npos) << ended.err;
}

TEST_F(MemcachedByUrl, an_entry_in_another_form_is_told_as_an_error_of_its_reads) {
  boost::asio::io_context context(1);
  MemcachedOptions options;
  options.url = small_->url();
  MemcachedSession session(context, options);
  Program running(folder_.path(),
                  words(small_->url(), {"-d", "3s", "-r", "2ms", "-w", "10s", "--pattern", "read-through"}));
  // In all that time, so that it is there while the run reads, too.
  const std::string name = "stock:" + std::string(product_id(Key{0}).view());
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(4);
       std::chrono::steady_clock::now() < end;) {
    ASSERT_TRUE(run_task(context, session.tell("ms " + name + " 14 T0\r\n{\"quantity\":5}\r\n")));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const Ended ended = running.wait();
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(as_one_line(ended.out), HasSubstr("does not hold a quantity"));
}

TEST_F(MemcachedByUrl, is_claimed_by_one_run_at_a_time) {
  MemcachedOptions options;
  options.url = small_->url();
  {
    const auto claim = MemcachedClaim::take(options);
    ASSERT_TRUE(claim) << claim.error().detail;
    const Ended second = run(small_->url(), {"-d", "300ms"});
    EXPECT_EQ(second.code, 69) << second.err;
    EXPECT_THAT(as_one_line(second.err), HasSubstr("another run of stalemate is using the cache"));
    EXPECT_EQ((*claim)->lost(), "") << "it was renewed all the time";
  }
  const Ended third = run(small_->url(), {"-d", "300ms"});
  EXPECT_EQ(third.code, 0) << third.err;
}

TEST_F(MemcachedByUrl, that_a_killed_run_had_claimed_is_free_some_seconds_later) {
  boost::asio::io_context context(1);
  MemcachedOptions options;
  options.url = small_->url();
  MemcachedSession session(context, options);
  ASSERT_TRUE(run_task(context, session.tell("ms stalemate:run 4 T6\r\ngone\r\n")));
  const Ended ended = run(small_->url(), {"-d", "300ms"});
  EXPECT_EQ(ended.code, 0) << ended.err;
}

}  // namespace
}  // namespace stalemate
