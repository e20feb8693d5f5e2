// What a run tells of the parts that serve no client when they fail: a pattern's feed and the sampler.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "live/own_servers.hpp"
#include "one_line.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Feeds : public OwnServersTest {
 protected:
  [[nodiscard]] std::vector<std::string> with_pattern(const std::string& pattern) const {
    return command("before", {"--pattern", pattern, "-r", "5ms", "-w", "20ms", "-d", "5s", "--no-faults"});
  }
  [[nodiscard]] std::string redis(const std::string& words) const {
    return output_of(cache().client_command + " " + words + " 2>/dev/null");
  }
  /// The lines of CLIENT LIST of connections that track keys in broadcasting mode.
  [[nodiscard]] std::vector<std::string> tracking() const {
    std::vector<std::string> lines;
    std::istringstream list(redis("CLIENT LIST"));
    for (std::string line; std::getline(list, line);) {
      const std::size_t flags = line.find(" flags=");
      if (flags != std::string::npos && line.substr(flags, line.find(' ', flags + 1) - flags).contains('B')) {
        lines.push_back(line);
      }
    }
    return lines;
  }
  /// The refusal of `part`; fails the test where there is not exactly one, but for the one that says that the part was
  /// not through at the end.
  static json refusal_of(const json& results, const std::string& part) {
    json found;
    for (const json& refusal : results["refusals"]) {
      if (refusal["part"] == part && refusal["error"] != "timed_out") {
        EXPECT_TRUE(found.is_null()) << results["refusals"];
        found = refusal;
      }
    }
    EXPECT_FALSE(found.is_null()) << results["refusals"];
    return found;
  }
};

TEST_F(Feeds, that_lose_the_connection_which_has_keys_tracked_say_so_and_make_it_anew) {
  Program program(folder_.path(), with_pattern("near-cache"));
  ASSERT_TRUE(program.says_lines(1)) << program.err();
  const std::vector<std::string> before = tracking();
  ASSERT_FALSE(before.empty());
  for (const std::string& line : before) {
    EXPECT_EQ(redis("CLIENT KILL ID " + line.substr(3, line.find(' ') - 3)), "1\n") << line;
  }
  ASSERT_TRUE(program.says_lines(3)) << program.err();
  EXPECT_EQ(tracking().size(), before.size()) << "each application server follows again";
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json refusal = refusal_of(results_in(only_run(folder_.path())), "background");
  EXPECT_EQ(refusal["role"], "cache");
  EXPECT_EQ(refusal["error"], "connection_lost");
  EXPECT_EQ(refusal["count"], before.size());
  EXPECT_THAT(refusal["words"], HasSubstr("the connection that tracks changed keys was lost"));
  EXPECT_THAT(ended.out, HasSubstr("The background part of the pattern"));
  const json cache = results_in(only_run(folder_.path()))["cache"];
  EXPECT_TRUE(cache["predicted_hit_ratio"].is_null());
  EXPECT_THAT(cache["not_predicted"], HasSubstr("the pattern's background part failed"));
}

TEST_F(Feeds, whose_slot_is_dropped_in_mid_run_tell_it_in_the_servers_words) {
  Program program(folder_.path(), with_pattern("cdc-invalidate"));
  ASSERT_TRUE(program.says_lines(1)) << program.err();
  // A slot that is read from at this moment cannot be dropped.
  for (int attempt = 0; attempt < 500 && sql("SELECT count(*) FROM pg_replication_slots") != "0\n"; ++attempt) {
    static_cast<void>(sql("SELECT pg_drop_replication_slot('stalemate_changes')"));
  }
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json refusal = refusal_of(results_in(only_run(folder_.path())), "background");
  EXPECT_EQ(refusal["role"], "database");
  // It is "active for" the one who drops it, or "does not exist" any more.
  EXPECT_THAT(refusal["words"], HasSubstr("replication slot \"stalemate_changes\""));
  EXPECT_THAT(ended.out, HasSubstr("replication slot \"stalemate_changes\""));
}

TEST_F(Feeds, whose_table_is_dropped_in_mid_run_tell_it_in_the_servers_words) {
  Program program(folder_.path(), with_pattern("outbox"));
  ASSERT_TRUE(program.says_lines(1)) << program.err();
  EXPECT_EQ(sql("DROP TABLE stock_outbox"), "DROP TABLE\n");
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json refusal = refusal_of(results_in(only_run(folder_.path())), "background");
  EXPECT_EQ(refusal["error"], "unknown_table");
  EXPECT_THAT(refusal["words"], HasSubstr("relation \"stock_outbox\" does not exist"));
}

TEST_F(Feeds, that_the_database_refuses_at_the_start_end_the_run_with_its_words) {
  EXPECT_EQ(sql("CREATE ROLE poor LOGIN PASSWORD 'poor'; GRANT ALL ON SCHEMA public TO poor"), "CREATE ROLE\nGRANT\n");
  const std::string url = "postgres://poor:poor@127.0.0.1:" + std::to_string(database().port) + "/postgres";
  const Ended ended = run_stalemate(
      folder_.path(), {"run", "before", "--pattern", "cdc-invalidate", "--db", url, "--cache", cache().url});
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("replication"));
  EXPECT_THAT(ended.err, HasSubstr("SQLSTATE 42501"));
  EXPECT_TRUE(run_folders(folder_.path()).empty());
}

TEST_F(Feeds, that_the_cache_refuses_at_the_start_end_the_run_with_its_words) {
  ASSERT_EQ(redis("ACL SETUSER poor on '>poor' '~*' '&*' +@all '-client|tracking'"), "OK\n");
  const std::string url = "redis://poor:poor@127.0.0.1:" + std::to_string(cache().port) + "/0";
  const Ended ended = run_stalemate(
      folder_.path(), {"run", "before", "--pattern", "near-cache", "--db", database().url, "--cache", url});
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("the background part of the pattern cannot begin"));
  EXPECT_THAT(ended.err, HasSubstr("NOPERM"));
  EXPECT_TRUE(run_folders(folder_.path()).empty());
}

// The clients' calls are allowed, those of the sampler are not.
TEST_F(Feeds, are_not_all_that_can_fail_unseen_the_sampler_tells_what_it_was_refused_with) {
  ASSERT_EQ(redis("ACL SETUSER poor on '>poor' '~*' '&*' +@all -mget"), "OK\n");
  const std::string url = "redis://poor:poor@127.0.0.1:" + std::to_string(cache().port) + "/0";
  const Ended ended =
      run_stalemate(folder_.path(), {"run", "before", "-d", "1s", "--no-live", "--db", database().url, "--cache", url});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json refusal = refusal_of(results_in(only_run(folder_.path())), "sampler");
  EXPECT_EQ(refusal["role"], "cache");
  EXPECT_THAT(refusal["words"], HasSubstr("NOPERM"));
  EXPECT_THAT(as_one_line(ended.out), HasSubstr("of the sampler failed at the cache: NOPERM"));
}

}  // namespace
}  // namespace stalemate
