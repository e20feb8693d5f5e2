// Every option of every command: either a command line in which it cannot have an effect, which is refused with the
// reason before anything is started, or why there is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cli/subcommand.hpp"
#include "core/pattern/pattern.hpp"
#include "live/idle_options.hpp"
#include "live/program.hpp"
#include "scenario/effect.hpp"
#include "scenario/scenario.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/keeper_hook.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

class Options : public testing::Test {
 protected:
  void expect_refused(const std::string& command, const Idle& idle) {
    Words words = {command};
    words.insert(words.end(), idle.words.begin(), idle.words.end());
    const Ended ended = run_stalemate(folder_.path(), words);
    const std::string line = testing::PrintToString(words);
    EXPECT_EQ(ended.code, 64) << line << ended.err;
    EXPECT_EQ(ended.out, "") << line;
    EXPECT_THAT(ended.err, HasSubstr(idle.why)) << line;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << line << ended.err;
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "runs")) << line;
  }
  OwnFolder folder_{};
  OwnFolder base_{OwnFolder::passable};
};

// Whether some setting or pattern makes the field of this flag idle.
bool can_be_idle(const ScenarioField& field) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    for (unsigned choice = 0; choice < 16; ++choice) {
      Scenario scenario;
      scenario.pattern = pattern.name;
      scenario.key_distribution = static_cast<KeyDistribution>(choice % 4);
      scenario.pacing = static_cast<Pacing>(choice / 4 % 2);
      scenario.serialize = choice / 8 == 1;
      if (!why_idle(scenario, field.key).empty()) {
        return true;
      }
    }
  }
  return false;
}

TEST_F(Options, that_cannot_have_an_effect_are_refused_each_in_its_place) {
  folder_.write("untimed.edn",
                "{:index 0, :type :invoke, :process 0, :f :write, :value 1}\n"
                "{:index 1, :type :ok, :process 0, :f :write, :value 1}\n");
  std::map<std::string, std::map<std::string, Idle>> all = options_of_commands();
  for (const SubcommandInfo& info : SubcommandRegistry::all()) {
    if (info.name == "explore") {
      continue;  // cli/explore/explore_flags.cpp has the rules and cli_explore_test.cpp a case for each
    }
    const std::string command(info.name);
    const std::map<std::string, Idle>& options = all[command];
    CLI::App app;
    const std::unique_ptr<Subcommand> described = info.make();
    described->describe(app);
    std::set<std::string> seen;
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_lnames().empty() || option->get_lnames().front() == "help") {
        continue;
      }
      const std::string name = "--" + option->get_lnames().front();
      const auto field = std::ranges::find_if(scenario_fields(), [&](const ScenarioField& one) {
        return one.flags.contains(name + ",") || one.flags.ends_with(name);
      });
      if (field != scenario_fields().end() && !can_be_idle(*field)) {
        continue;
      }
      const auto idle = options.find(name);
      ASSERT_NE(idle, options.end()) << command << " " << name
                                     << ": say here when it cannot have an effect, or why always";
      seen.insert(name);
      if (!idle->second.words.empty()) {
        expect_refused(command, idle->second);
      }
    }
    EXPECT_EQ(seen.size(), options.size()) << command << " has fewer options than are told of here";
  }
  EXPECT_EQ(left_running(), "");
}

TEST_F(Options, that_say_the_same_thing_twice_are_refused) {
  const std::vector<Idle> all = {
      {{"before", "-r", "10ms", "--read-rate", "5"}, "say the same thing in two ways; give one of them"},
      {{"before", "--write-rate", "5", "-w", "10ms"}, "say the same thing in two ways; give one of them"},
      {{"before", "--skip", "fill=1%", "--fault", "skip=update=1%"}, "the fault skip is given twice"},
      {{"before", "--fault", "stall=db@1s+1s", "--fault", "stall=cache@1s+1s"}, "the fault stall is given twice"},
  };
  for (const Idle& idle : all) {
    expect_refused("run", idle);
  }
}

TEST_F(Options, without_a_text_are_refused) {
  for (const char* flag : {"--skip", "--fault", "--replica", "--cache", "--cockroach", "--db", "--out"}) {
    expect_refused("run", {{"before", flag, ""}, ""});
  }
}

TEST_F(Options, of_a_replica_that_is_not_there_are_refused) {
  std::ofstream(folder_.path() / "cockroach") << "#!/bin/sh\n";
  const std::string binary = folder_.path() / "cockroach";
  std::filesystem::permissions(binary, std::filesystem::perms::owner_all);
  folder_.write("mine.toml", "pattern = \"read-your-writes\"\ndatabase = \"cockroach\"\n");
  expect_refused("run", {{"mine.toml", "--cockroach", binary}, "a private CockroachDB has none"});
  expect_refused("run", {{"mine.toml", "--db", "postgres://u@h/d"}, "name one with --replica"});
}

// The scenario's own faults as well: another pattern may never make the calls they are for.
TEST_F(Options, that_make_the_scenarios_own_faults_idle_are_refused_with_the_way_out) {
  expect_refused("run",
                 {{"before", "--pattern", "ttl-only"},
                  "faults.skip: invalidate=1% can hit nothing, as pattern ttl-only never makes such a call, only "
                  "lookup, load, fill, update; leave it out, with --no-faults, or give it anew with --fault"});
  expect_refused("run", {{"before", "--pattern", "none", "--no-faults", "--fault", "stall=cache@1s+1s"},
                         "faults.stall: cache@1s+1s can hit nothing, as pattern none uses no cache"});
}

TEST_F(Options, have_a_hint_where_other_tools_call_them_so) {
  const std::vector<Idle> all = {
      {{"before", "--expiry", "5s"}, "did you mean '--ttl'?"},
      {{"before", "--qps", "5"}, "did you mean '--read-rate' or '--write-rate'?"},
      {{"before", "--theta", "1.1"}, "did you mean '--zipf-exponent'?"},
      {{"before", "--timeout", "1s"}, "did you mean '--op-limit'?"},
  };
  for (const Idle& idle : all) {
    expect_refused("run", idle);
  }
}

// What only one half of the demonstration can take is for that half; what no half can take is refused.
TEST_F(Options, of_the_demonstration_are_each_for_the_halves_that_can_take_them) {
  expect_refused("demo", {{"--pattern", "nope"}, "there is no pattern 'nope'"});
  expect_refused("demo", {{"--pattern", "ttl-only"},
                          "invalidate=1% can hit nothing, as pattern ttl-only never makes such a call"});
  const Ended ended = run_stalemate(folder_.path(), {"demo", "-d", "500ms", "--no-live", "--pattern", "lock", "--ttl",
                                                     "5s", "--arrivals", "constant", "--skip", "invalidate=50%"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  for (const auto& [name, pattern] :
       {std::pair{"before", "lock"}, std::pair{"after", "none"}, std::pair{"before-no-skips", "lock"}}) {
    const nlohmann::json results = results_in(folder_.path() / "runs" / name / "latest");
    EXPECT_EQ(results["pattern"], pattern) << name;
    EXPECT_EQ(results["asked"]["arrivals"], "constant") << name;
    EXPECT_EQ(results["asked"]["time_to_live_ns"].is_null(), std::string_view(name) == "after") << name;
    EXPECT_EQ(results["asked"]["faults"].size(), std::string_view(name) == "before" ? 1U : 0U) << name;
  }
  EXPECT_THAT(ended.out, HasSubstr("stalemate explore lock'"));
  EXPECT_THAT(run_stalemate(folder_.path(), {"demo", "--help"}).out,
              HasSubstr("--pattern is for the two with a cache"));
  EXPECT_EQ(left_running(), "");
}

// Nothing that is asked for is lost: a TTL by flag is in the results and in the comparison.
TEST_F(Options, of_the_time_to_live_reach_results_and_comparison) {
  for (const char* ttl : {"2s", "60s"}) {
    const Ended ended = run_stalemate(folder_.path(), {"run", "before", "-d", "300ms", "--no-live", "--ttl", ttl});
    ASSERT_EQ(ended.code, 0) << ended.err;
  }
  const std::vector<std::filesystem::path> runs = run_folders(folder_.path());
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(results_in(runs[0])["asked"]["time_to_live_ns"], 2'000'000'000);
  const Ended compared = run_stalemate(folder_.path(), {"compare", runs[0], runs[1]});
  EXPECT_THAT(compared.out, HasSubstr("Not like with like: time to live 2 s against 60 s.")) << compared.err;
  EXPECT_EQ(left_running(), "");
}

// Whatever else is in the results: no address, and no password.
TEST_F(Options, that_hold_passwords_leave_none_of_them_in_the_results) {
  const auto servers =
      start_private_servers({.database = &postgres_kind, .cache = &redis_kind, .base_folder = base_.path()});
  ASSERT_TRUE(servers) << servers.error().detail;
  const ServerAddress database = (*servers)->database()->facts().addresses.front();
  const ServerAddress cache = (*servers)->cache()->facts().addresses.front();
  const Ended ended = run_stalemate(
      folder_.path(), {"run", "before", "-d", "300ms", "--no-live", "--db", database.url, "--cache", cache.url});
  ASSERT_EQ(ended.code, 0) << ended.err;
  for (const char* file : {"results.json", "scenario.toml", "history.stale"}) {
    std::ifstream in(only_run(folder_.path()) / file, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    ASSERT_FALSE(text.empty()) << file;
    EXPECT_EQ(text.find(database.password), std::string::npos) << file;
    EXPECT_EQ(text.find(cache.password), std::string::npos) << file;
  }
}

TEST_F(Options, are_explained_by_help_in_whatever_way_it_is_asked_for) {
  const auto said = [&](const Words& words) {
    const Ended ended = run_stalemate(folder_.path(), words);
    EXPECT_EQ(ended.code, 0) << testing::PrintToString(words) << ended.err;
    return ended.out;
  };
  EXPECT_EQ(said({"help"}), said({"--help"}));
  for (const SubcommandInfo& info : SubcommandRegistry::all()) {
    const std::string name(info.name);
    EXPECT_EQ(said({"help", name}), said({name, "--help"}));
    EXPECT_THAT(said({"help"}), HasSubstr("\n  " + name + " "));
  }
  expect_refused("help", {{"rn"}, "'rn' is not a command (did you mean 'run'?)"});
  const std::string help = said({"help", "run"});
  for (const ScenarioField& field : scenario_fields()) {
    if (!field.flags.empty()) {
      EXPECT_THAT(help, HasSubstr(std::string(field.flags))) << field.key;
      if (field.kind != "true or false") {
        EXPECT_THAT(help, HasSubstr("[" + default_text(field) + "]")) << field.key;
      }
    }
  }
  EXPECT_THAT(said({"help", "demo"}), HasSubstr("[10ms]"));
}

TEST_F(Options, are_explained_within_the_width_there_is) {
  for (const int width : {40, 60, 80, 100}) {
    for (const SubcommandInfo& info : SubcommandRegistry::all()) {
      Program program(folder_.path(), {"help", std::string(info.name)}, {"env", "COLUMNS=" + std::to_string(width)});
      const Ended ended = program.wait();
      std::istringstream lines(ended.out);
      for (std::string line; std::getline(lines, line);) {
        const std::size_t last_word = line.size() - (line.find_last_of(' ') + 1);
        const bool is_one_word = line.find_last_of(' ') == line.find_first_not_of(' ') - 1 || last_word == line.size();
        EXPECT_TRUE(line.size() <= static_cast<std::size_t>(width) || is_one_word || line.starts_with("  --"))
            << width << ": " << line;
      }
    }
  }
}

}  // namespace
}  // namespace stalemate
