// What is named on the command line and was written by others: files of every kind, and histories in every format.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "data_files.hpp"
#include "live/program.hpp"
#include "record/history_writer.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class Imported : public testing::Test {
 protected:
  [[nodiscard]] Ended ended(const std::vector<std::string>& arguments) const {
    return run_stalemate(folder_.path(), arguments);
  }
  [[nodiscard]] std::string case_named(const std::string& name) const { return test::data_folder() / "cases" / name; }

  OwnFolder folder_{};
};

TEST_F(Imported, files_that_are_none_are_refused_at_once_by_every_command) {
  const std::string pipe = folder_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& file : {pipe, std::string("/dev/zero"), std::string("/dev/tty")}) {
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"check", file},
                                               {"explain", file},
                                               {"export", file, "--to", "csv"},
                                               {"compare", file, file},
                                               {"run", file}}) {
      const Ended refused = ended(command);
      EXPECT_EQ(refused.code, 64) << command.front() << " " << file;
      EXPECT_THAT(refused.err, testing::StartsWith("stalemate: cannot read " + file + ": ")) << command.front();
      EXPECT_EQ(std::ranges::count(refused.err, '\n'), 1) << refused.err;
    }
  }
}

TEST_F(Imported, files_that_are_too_long_are_refused_with_both_lengths) {
  const std::string text = folder_.write("long.edn", "{:process 0, :type :invoke, :f :read}\n");
  std::filesystem::resize_file(text, (std::uintmax_t{1} << 30U) + 1);
  EXPECT_THAT(ended({"check", text}).err,
              HasSubstr("it has 1073741825 bytes, and a history that is a text has at most 1 GiB"));
  const std::string results = folder_.write("results.json", "{}");
  std::filesystem::resize_file(results, std::uintmax_t{1} << 33U);
  EXPECT_THAT(ended({"compare", results, results}).err,
              HasSubstr("it has 8 GiB, and a run's results.json has at most 16 MiB"));
  const std::string scenario = folder_.write("long.toml", "");
  std::filesystem::resize_file(scenario, std::uintmax_t{1} << 33U);
  EXPECT_THAT(ended({"run", scenario}).err, HasSubstr("it has 8 GiB, and a scenario has at most 1 MiB"));
}

TEST_F(Imported, violations_have_in_json_the_names_that_the_file_has) {
  const json number = json::parse(ended({"check", case_named("json-key-number.edn"), "--json"}).out);
  const json violation = number["checks"][0]["violations"][0];
  EXPECT_EQ(violation["key"], 1);
  EXPECT_THAT(violation["sentence"].get<std::string>(), HasSubstr("of key 1,"));
  ASSERT_EQ(violation["ops"].size(), 2U);
  EXPECT_EQ(violation["ops"][0]["kind"], "cas");
  EXPECT_EQ(violation["ops"][0]["value"], json::parse("[7, 9]"));
  EXPECT_EQ(violation["ops"][0]["client"], 10);
  EXPECT_EQ(violation["ops"][1]["client"], 11);
  EXPECT_EQ(violation["ops"][1]["value"], 7);
  const json text = json::parse(ended({"check", case_named("json-key-text.jsonl"), "--json"}).out);
  int violations = 0;
  for (const json& check : text["checks"]) {
    for (const json& found : check["violations"]) {
      ++violations;
      EXPECT_EQ(found["key"], "a") << check["name"];
      EXPECT_THAT(found["sentence"].get<std::string>(), HasSubstr("client 11's read of 0")) << check["name"];
      EXPECT_EQ(found["ops"].back()["client"], 11);
      EXPECT_EQ(found["ops"].back()["value"], 0);
      EXPECT_EQ(found["ops"].back()["key"], "a");
    }
  }
  EXPECT_GT(violations, 0);
}

TEST_F(Imported, nothing_that_others_wrote_moves_the_terminal) {
  const std::string bad = "\\u001b[31m\\u009b2J\\u202e";  // as EDN and JSON escape it
  const std::string raw =
      "\x1b[31m\xC2\x9B"
      "2J\xE2\x80\xAE";
  const std::string edn = "{:process \"" + bad + "\", :key \"k" + raw + "\", :f :write, :type :invoke, :value \"" +
                          raw + "\"}\n{:process \"" + bad + "\", :key \"k" + bad +
                          "\", :f :write, :type :ok, :value nil}\n" + "{:process 1, :key \"k" + bad +
                          "\", :f :read, :type :invoke}\n{:process 1, :key \"k" + bad +
                          "\", :f :read, :type :ok, :value \"" + bad + "!\", :error \"" + raw + "\"}\n";
  const std::string file = folder_.write("a" + raw + "b.edn", edn);
  const std::string wrong = folder_.write("c" + raw + "d.edn", "{:process 0, :type :" + raw + "}");
  std::vector<Ended> all = {ended({"check", file}),
                            ended({"check", file, "--json"}),
                            ended({"check", file, "--model", "cas-register"}),
                            ended({"check", wrong}),
                            ended({"explain", file}),
                            ended({"no" + raw}),
                            ended({"check", "no" + raw}),
                            ended({"check", file, "--only", raw}),
                            ended({"run", raw + ".toml"})};
  EXPECT_EQ(all[0].code, 1) << all[0].err;
  EXPECT_EQ(json::parse(all[1].out)["checks"].size(),
            json::parse(ended({"check", file, "--json"}).out)["checks"].size());
  for (const std::string format : {"edn", "jsonl", "csv"}) {
    all.push_back(ended({"export", file, "--to", format}));
    EXPECT_EQ(all.back().code, 0);
  }
  for (const Ended& shown : all) {
    const std::string both = shown.out + shown.err;
    EXPECT_THAT(both, Not(HasSubstr("\x1b")));
    EXPECT_THAT(both, Not(HasSubstr("\xC2\x9B")));
    EXPECT_THAT(both, Not(HasSubstr("\xE2\x80\xAE")));
  }
}

TEST_F(Imported, stories_of_a_history_that_others_wrote_move_no_terminal) {
  const std::string file = folder_.path() / "history.stale";
  HistoryHeader header;
  header.pattern = header.scenario_name = "cache\x1b[31m";
  header.key_count = 1;
  header.client_count = 2;
  header.fault_names = {"", "\x1b[1mskip"};
  header.key_names = {"\x1b[2J"};
  header.value_names = {"\x1b[3m0", "\x1b[3m1", "\x1b[3m2"};
  auto writer = HistoryWriter::create(file, header, {});
  ASSERT_TRUE(writer) << writer.error().detail;
  HistoryWriter::Lane& lane = (*writer)->lane(0);
  for (OpIndex index = 0; index < 3; ++index) {
    lane.append(Op{.index = index,
                   .client = static_cast<ClientId>(index % 2),
                   .kind = index < 2 ? OpKind::write : OpKind::read,
                   .outcome = Outcome::ok,
                   .value = index < 2 ? static_cast<Value>(index) : 0,
                   .intended_ns = index * 100,
                   .invocation_ns = index * 100,
                   .completion_ns = index * 100 + 10});
    if (index < 2) {
      lane.append(Step{.op = index,
                       .command = Command::write,
                       .role = Role::update,
                       .outcome = Outcome::ok,
                       .value = static_cast<Value>(index),
                       .version = index + 1,
                       .start_ns = index * 100,
                       .end_ns = index * 100 + 5});
    }
  }
  ASSERT_TRUE((*writer)->close({}));
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{{"check", file},
                                                                                       {"check", file, "--json"},
                                                                                       {"explain", file},
                                                                                       {"explain", file, "--mermaid"},
                                                                                       {"explain", file, "--list"}}) {
    const Ended shown = ended(command);
    EXPECT_THAT(shown.out + shown.err, Not(HasSubstr("\x1b"))) << command.front();
    EXPECT_FALSE(shown.out.empty()) << shown.err;
  }
}

TEST_F(Imported, histories_have_nothing_to_explain_and_it_is_said_what_judges_them) {
  const std::string file = case_named("failover-took-it-back.edn");
  const Ended refused = ended({"explain", file});
  EXPECT_EQ(refused.code, 64);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr("others do not hold the store calls that would explain a read; 'stalemate check " +
                                     file + "' judges it"));
}

// Whether a history needs the general search shows only when it is judged.
TEST_F(Imported, options_of_the_general_search_are_said_to_have_changed_nothing_where_there_was_none) {
  const std::string line = "{:process 0, :f :write, :type ";
  const std::string once = folder_.write("once.edn", line + ":invoke, :value 1}\n" + line + ":ok, :value 1}\n");
  const std::string twice = folder_.write("twice.edn", line + ":invoke, :value 1}\n" + line + ":ok, :value 1}\n" +
                                                           line + ":invoke, :value 1}\n" + line + ":ok, :value 1}\n");
  const Ended needless = ended({"check", once, "--budget", "5s", "--every-key"});
  EXPECT_EQ(needless.code, 0);
  EXPECT_EQ(needless.err,
            "stalemate: warning: --budget changed nothing: no key of this history needs the general search\n"
            "stalemate: warning: --every-key changed nothing: no key of this history needs the general search\n");
  EXPECT_EQ(ended({"check", once}).err, "");
  EXPECT_EQ(ended({"check", twice, "--budget", "5s", "--every-key"}).err, "");
  EXPECT_THAT(ended({"check", twice, "--only", "linearizable"}).out, HasSubstr("\n  keys searched: 1\n"));
}

TEST_F(Imported, options_that_say_what_a_file_is_are_refused_where_it_says_so_itself) {
  const std::string exported =
      folder_.write("own.edn",
                    "{:process :nemesis, :type :info, :f :stalemate, :value {:timed false, :initial 0}}\n"
                    "{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :read, :value 0}\n");
  EXPECT_EQ(ended({"check", exported}).code, 0);
  const Ended said = ended({"check", exported, "--initial", "1"});
  EXPECT_EQ(said.code, 64);
  EXPECT_THAT(said.err, HasSubstr("says itself that every key held 0 at first"));
  const std::string plain = folder_.write("plain.edn",
                                          "{:process 0, :type :invoke, :f :read}\n"
                                          "{:process 0, :type :ok, :f :read, :value \"a\"}\n");
  EXPECT_EQ(ended({"check", plain}).code, 1);
  EXPECT_EQ(ended({"check", plain, "--initial", "\"a\""}).code, 0);
  EXPECT_EQ(ended({"check", plain, "--excerpt"}).code, 0);
  EXPECT_EQ(ended({"check", plain, "--initial", "(1"}).code, 64);
  EXPECT_EQ(ended({"check", plain, "--initial", ""}).code, 64) << "nothing is no value";
  EXPECT_EQ(ended({"check", plain, "--only", "regular,regular"}).code, 64);
  EXPECT_EQ(ended({"check", plain, "--excerpt", "--initial", "1"}).code, 64);
  EXPECT_EQ(ended({"export", plain, "--excerpt", "-o", folder_.path() / "part.edn"}).code, 0);
  EXPECT_EQ(ended({"check", folder_.path() / "part.edn"}).code, 0) << "that it is an excerpt goes with it";
  const Ended ends = ended({"check", case_named("excerpt.edn")});
  EXPECT_EQ(ends.code, 64);
  EXPECT_THAT(ends.err, HasSubstr("--excerpt"));
  EXPECT_EQ(ended({"check", case_named("excerpt.edn"), "--excerpt"}).code, 0);
}

}  // namespace
}  // namespace stalemate
