// A database with several nodes of which some die: three forwarders in front of one PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "live/forwarder.hpp"
#include "live/own_servers.hpp"
#include "servers/engines/postgres_server.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Nodes : public OwnServersTest {
 protected:
  void SetUp() override {
    OwnServersTest::SetUp();
    for (std::unique_ptr<Forwarder>& node : nodes_) {
      node = std::make_unique<Forwarder>(database().port);
    }
  }
  [[nodiscard]] std::vector<std::string> on_all_nodes(const std::string& scenario,
                                                      const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"run", scenario};
    for (const std::unique_ptr<Forwarder>& node : nodes_) {
      words.insert(words.end(), {"--db", node->url_like(database().url)});
    }
    if (scenario != "after") {
      words.insert(words.end(), {"--cache", cache().url});
    }
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] std::string place(std::size_t node) const {
    return "127.0.0.1:" + std::to_string(nodes_[node]->port());
  }
  /// The outages of a node, or for 0 those of the whole database.
  static std::vector<json> outages_of(const json& results, int node) {
    std::vector<json> outages;
    std::ranges::copy_if(results["outages"], std::back_inserter(outages),
                         [node](const json& outage) { return outage["role"] == "database" && outage["node"] == node; });
    return outages;
  }
  /// How often `part` stands in `text`, however the lines are broken.
  static std::size_t count_of(std::string text, const std::string& part) {
    for (std::size_t end = text.find("\n   "); end != std::string::npos; end = text.find("\n   ")) {
      text.replace(end, text.find_first_not_of(' ', end + 1) - end, " ");
    }
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
      ++count;
    }
    return count;
  }

  std::array<std::unique_ptr<Forwarder>, 3> nodes_ = {};
};

TEST_F(Nodes, of_which_one_is_dead_leave_the_run_to_the_others_and_are_told_once) {
  for (const std::size_t dead : {0U, 1U}) {
    nodes_[dead]->die();
    const Ended ended = run_stalemate(folder_.path(), on_all_nodes("after", {"-d", "500ms", "--no-live"}));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(count_of(ended.err, "\n"), 1U) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("the run goes on without " + place(dead) + ", 1 of the 3 nodes: "));
    EXPECT_THAT(ended.err, HasSubstr(place(dead)));
    EXPECT_THAT(ended.err, Not(HasSubstr(database().password)));
    const json results = results_in(only_run(folder_.path()));
    for (const char* kind : {"reads", "writes"}) {
      EXPECT_EQ(results[kind]["ok"], results[kind]["planned"]) << kind;
    }
    ASSERT_EQ(results["outages"].size(), 1U) << results["outages"];
    const json outage = results["outages"][0];
    EXPECT_EQ(outage["node"], dead + 1);
    EXPECT_EQ(outage["nodes"], 3);
    EXPECT_EQ(outage["place"], place(dead));
    EXPECT_EQ(outage["start_ns"], 0);
    EXPECT_EQ(count_of(ended.out, "1 of 3 nodes of the database (" + place(dead) + ") did not answer for"), 1U)
        << ended.out;
    std::filesystem::remove_all(folder_.path() / "runs");
    nodes_[dead]->come_back();
  }
}

TEST_F(Nodes, of_which_one_refuses_the_login_leave_the_run_to_the_other_and_it_is_named) {
  const std::string good = nodes_[0]->url_like(database().url);
  std::string bad = nodes_[1]->url_like(database().url);
  bad.replace(bad.find(database().password), database().password.size(), "wrong");
  const Ended ended =
      run_stalemate(folder_.path(), {"run", "after", "--db", good, "--db", bad, "-d", "500ms", "--no-live"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err,
              HasSubstr("the run goes on without " + place(1) + ", 1 of the 2 nodes: the database answered: "));
}

TEST_F(Nodes, that_die_in_mid_run_and_come_back_cost_the_ops_under_way_and_no_more) {
  Program program(folder_.path(),
                  on_all_nodes("before", {"-r", "5ms", "-w", "20ms", "-d", "5s", "--no-faults", "--clients", "12"}));
  ASSERT_TRUE(program.says_lines(1)) << program.err();
  nodes_[0]->die();
  ASSERT_TRUE(program.says("1 of 3 nodes of the database (" + place(0) + ") unreachable since")) << program.err();
  nodes_[0]->come_back();
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  ASSERT_EQ(outages_of(results, 1).size(), 1U) << results["outages"];
  const json outage = outages_of(results, 1).front();
  EXPECT_GT(outage["start_ns"], 0);
  EXPECT_LT(outage["end_ns"], 1e9 * results["elapsed_s"].get<double>()) << "it was seen that the node was back";
  EXPECT_TRUE(outages_of(results, 0).empty()) << "the database answered all the time";
  const int failed =
      results["reads"]["fail"].get<int>() + results["writes"]["fail"].get<int>() + results["writes"]["info"].get<int>();
  EXPECT_LE(failed, 4) << "one op of each client of that node at most";
}

TEST_F(Nodes, of_which_one_comes_up_late_take_it_in_once_it_is_known_to_be_of_the_database) {
  nodes_[2]->die();
  Program program(folder_.path(), on_all_nodes("after", {"-d", "5s"}));
  ASSERT_TRUE(program.says("1 of 3 nodes of the database (" + place(2) + ") unreachable since")) << program.err();
  nodes_[2]->come_back();
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  ASSERT_EQ(outages_of(results, 3).size(), 1U) << results["outages"];
  EXPECT_LT(outages_of(results, 3).front()["end_ns"], 1e9 * results["elapsed_s"].get<double>());
  EXPECT_THAT(warnings_in(results), IsEmpty());
}

// Who would read there would find none of the run's writes.
TEST_F(Nodes, of_which_one_comes_up_late_as_another_database_go_on_without_it_and_say_so) {
  auto others = start_private_servers({.database = &postgres_kind, .base_folder = base_.path()});
  ASSERT_TRUE(others) << others.error().detail;
  const ServerAddress other = (*others)->database()->facts().addresses.front();
  Forwarder late(other.port);
  late.die();
  Program program(folder_.path(),
                  {"run", "after", "-d", "5s", "--db", database().url, "--db", late.url_like(other.url)});
  const std::string late_place = "127.0.0.1:" + std::to_string(late.port());
  ASSERT_TRUE(program.says("1 of 2 nodes of the database (" + late_place + ") unreachable since")) << program.err();
  late.come_back();
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_THAT(warnings_in(results),
              ElementsAre(HasSubstr("what came up at " + late_place +
                                    " during the run is not the same database as the other nodes")));
  ASSERT_EQ(outages_of(results, 2).size(), 1U) << results["outages"];
  EXPECT_GE(outages_of(results, 2).front()["end_ns"], 1e9 * results["elapsed_s"].get<double>()) << "it never took part";
}

// The claim's connection dies with its node; a second run would find reads stale by the first one's writes.
TEST_F(Nodes, of_which_one_dies_are_still_claimed) {
  Program first(folder_.path(), on_all_nodes("after", {"-d", "5m"}));
  ASSERT_TRUE(first.says_lines(1)) << first.err();
  const auto holders = [this] {
    return sql("SELECT coalesce(string_agg(pid::TEXT, ' '), '') FROM pg_locks WHERE locktype = 'advisory' AND granted");
  };
  const auto await = [](const auto& condition) {
    for (int attempt = 0; attempt < 600 && !condition(); ++attempt) {
    }
    EXPECT_TRUE(condition());
  };
  const std::string before = holders();
  nodes_[0]->die();
  await([&] {
    const std::string now = holders();
    return now != "\n" && now != before;
  });
  const Ended second = run_stalemate(folder_.path(), {"run", "after", "-d", "200ms", "--db", database().url});
  EXPECT_EQ(second.code, 69) << second.err;
  EXPECT_THAT(second.err, HasSubstr("another run of stalemate is using the database"));
  first.send(SIGINT);
  const Ended ended = first.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_THAT(ended.err, Not(HasSubstr("lost its claim")));
}

TEST_F(Nodes, that_die_all_at_once_are_the_database_that_does_not_answer) {
  Program program(folder_.path(), on_all_nodes("after", {"-r", "5ms", "-w", "20ms", "-d", "6s"}));
  ASSERT_TRUE(program.says_lines(1)) << program.err();
  for (const std::unique_ptr<Forwarder>& node : nodes_) {
    node->die();
  }
  ASSERT_TRUE(program.says("database unreachable since")) << program.err();
  for (const std::unique_ptr<Forwarder>& node : nodes_) {
    node->come_back();
  }
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_EQ(outages_of(results, 0).size(), 1U) << results["outages"];
  for (int node = 1; node <= 3; ++node) {
    EXPECT_EQ(outages_of(results, node).size(), 1U) << node << results["outages"];
  }
  EXPECT_GT(results["reads"]["fail"], 0);
  EXPECT_GT(results["reads"]["ok"], 0);
}

TEST_F(Nodes, that_say_nothing_any_more_are_left_too) {
  folder_.write("short.toml",
                "pattern = \"none\"\ndatabase = \"postgres\"\nop_limit = \"500ms\"\nclients = 6\n"
                "connect_limit = \"1500ms\"\nread_every = \"10ms\"\nwrite_every = \"100ms\"\n"
                "duration = \"4s\"\n");
  std::vector<std::string> words = {"run", "./short.toml"};
  for (const std::unique_ptr<Forwarder>& node : nodes_) {
    words.insert(words.end(), {"--db", node->url_like(database().url)});
  }
  Program program(folder_.path(), words);
  ASSERT_TRUE(program.says_lines(1)) << program.err();
  nodes_[0]->freeze();
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_EQ(outages_of(results, 1).size(), 1U) << results["outages"];
  EXPECT_TRUE(outages_of(results, 0).empty()) << results["outages"];
  EXPECT_GT(results["reads"]["ok"].get<int>() * 10, results["reads"]["planned"].get<int>() * 8)
      << "a third of the clients were on that node";
}

TEST_F(Nodes, that_are_all_dead_end_the_run_before_it_begins_with_one_sentence) {
  for (const std::unique_ptr<Forwarder>& node : nodes_) {
    node->die();
  }
  const Ended ended = run_stalemate(folder_.path(), on_all_nodes("after", {"-d", "500ms", "--no-live"}));
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_EQ(count_of(ended.err, "\n"), 1U) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("nor can any of its other nodes"));
  EXPECT_TRUE(run_folders(folder_.path()).empty());
}

}  // namespace
}  // namespace stalemate
