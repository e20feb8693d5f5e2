// What a run says when it cannot do its plan: that the servers were at their limit, or that clients were lacking.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "live/own_servers.hpp"
#include "one_line.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

class Limits : public OwnServersTest {
 protected:
  // The database alone, with far more writes than it can do, none of which is waited for in the end.
  void write_scenario(const std::string& more) const {
    std::ofstream(folder_.path() / "much.toml") << "pattern = 'none'\ndatabase = 'postgres'\ncache = false\n"
                                                   "read_rate = 10\nduration = '4s'\ndrain_limit = '1ms'\n"
                                                << more;
  }
  [[nodiscard]] Ended run_it(const std::vector<std::string>& arguments) const {
    std::vector<std::string> words = {"run", "much.toml", "--db", database().url, "--no-live"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run_stalemate(folder_.path(), words);
  }
  // What is said of it, in one line.
  [[nodiscard]] static std::string causes(const nlohmann::json& results) {
    return results.at("drift").at("causes").dump();
  }
};

TEST_F(Limits, of_few_rows_and_many_clients_are_the_rows_and_no_more_clients_are_asked_for) {
  write_scenario("write_rate = 20000\nclients = 64\n");
  ASSERT_EQ(run_it({"-d", "10ms"}).code, 0) << "makes the table";
  EXPECT_EQ(
      sql("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END'"),
      "CREATE FUNCTION\n");
  EXPECT_EQ(sql("CREATE TRIGGER slow BEFORE UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION slow()"), "CREATE TRIGGER\n");
  const Ended ended = run_it({});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json results = results_in(folder_.path() / "runs/much/latest");
  const nlohmann::json& limit = results.at("limit");
  EXPECT_EQ(limit.at("by"), "locks") << limit;
  EXPECT_GT(limit.at("rate"), 0) << "what was reached";
  EXPECT_GT(limit.at("sessions_waiting_for_locks"), 32);
  EXPECT_TRUE(limit.at("servers_cores").is_null()) << "no server was ours";
  EXPECT_THAT(causes(results), HasSubstr("more clients would only wait longer"));
  EXPECT_THAT(causes(results), Not(HasSubstr("needs")));
}

TEST_F(Limits, of_few_rows_of_a_serializable_database_are_the_conflicts) {
  write_scenario("write_rate = 20000\nclients = 64\nretries_max = 100\n");
  const std::string serializable = database().url + "?options=-c%20default_transaction_isolation%3Dserializable";
  const Ended ended = run_stalemate(folder_.path(), {"run", "much.toml", "--db", serializable, "--no-live"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json results = results_in(folder_.path() / "runs/much/latest");
  EXPECT_EQ(results.at("limit").at("by"), "conflicts") << results.at("limit");
  EXPECT_THAT(causes(results), Not(HasSubstr("needs")));
}

TEST_F(Limits, of_clients_that_wait_for_something_else_are_the_clients) {
  write_scenario("write_rate = 400\nclients = 4\n");
  const Ended ended = run_it({"--fault", "delay=db=50ms"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json results = results_in(folder_.path() / "runs/much/latest");
  const nlohmann::json& limit = results.at("limit");
  if (limit.at("busy_cores") >= 0.9 * limit.at("cores").get<double>()) {
    EXPECT_EQ(limit.at("by"), "unknown") << "a busy machine proves nothing: " << limit;
    EXPECT_THAT(causes(results), HasSubstr("busy with other programs"));
    return;
  }
  EXPECT_EQ(limit.at("by"), "clients") << limit;
  EXPECT_THAT(causes(results), HasSubstr("while the database had room"));
  EXPECT_THAT(causes(results), HasSubstr("ops under way at once, and there are 4 clients"));
}

TEST_F(Limits, of_private_servers_know_what_those_used) {
  write_scenario("write_rate = 100000\nclients = 32\n");
  const Ended ended = run_stalemate(folder_.path(), {"run", "much.toml", "--no-live"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json results = results_in(folder_.path() / "runs/much/latest");
  const nlohmann::json& limit = results.at("limit");
  EXPECT_NE(limit.at("by"), "clients") << limit;
  EXPECT_GT(limit.at("servers_cores"), 0.01);
  EXPECT_GT(limit.at("own_cores"), 0.01);
  EXPECT_GE(limit.at("busy_cores"), 0.02);
  EXPECT_THAT(causes(results), Not(HasSubstr("needs")));
}

// The calls under way wait for it and end well, so nothing but the plan knows of it.
TEST_F(Limits, are_a_stall_that_is_shorter_than_the_time_limit_of_a_call) {
  write_scenario("write_rate = 600\nclients = 4\n");
  const Ended ended =
      run_stalemate(folder_.path(), {"run", "much.toml", "--no-live", "-d", "2s", "--fault", "stall=db@500ms+1500ms"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json results = results_in(folder_.path() / "runs/much/latest");
  ASSERT_EQ(results.at("stops").size(), 1U) << results.at("stops");
  const nlohmann::json& stop = results.at("stops").front();
  EXPECT_EQ(stop.at("fault"), "stall");
  EXPECT_EQ(stop.at("role"), "database");
  EXPECT_GE(stop.at("start_ns"), 500'000'000);
  EXPECT_GT(stop.at("end_ns"), stop.at("start_ns"));
  EXPECT_TRUE(results.at("outages").empty()) << results.at("outages");
  EXPECT_EQ(results.at("limit").at("by"), "outage") << results.at("limit");
  EXPECT_GT(results.at("writes").at("dropped"), 0);
  EXPECT_THAT(causes(results), HasSubstr("the fault stall kept the database from answering"));
  EXPECT_THAT(as_one_line(ended.out), HasSubstr("he fault stall kept the database from answering"));
}

TEST_F(Limits, are_none_of_a_run_that_keeps_up) {
  ASSERT_EQ(run("after", {"-d", "300ms"}).code, 0);
  EXPECT_TRUE(results_in(only_run(folder_.path())).at("limit").is_null());
}

}  // namespace
}  // namespace stalemate
