// The command line of explore and replay: what is refused, and that nothing is promised that was not found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "live/program.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

// One step of cache-aside, after which no property is violated.
constexpr const char* harmless_token = "s1-1dhp2rv8cmpp2wv9chjgaskjcnspg13q5hs740000000201dwkv0";

class ExploreProgram : public testing::Test {
 protected:
  Ended ended(const Words& words) { return run_stalemate(folder_.path(), words); }

  void expect_refused(const Words& words, const std::string& sentence) {
    const Ended refused = ended(words);
    const std::string line = testing::PrintToString(words);
    EXPECT_EQ(refused.code, 64) << line;
    EXPECT_EQ(refused.out, "") << line;
    EXPECT_THAT(refused.err, HasSubstr(sentence)) << line;
    EXPECT_EQ(std::ranges::count(refused.err, '\n'), 1) << line << refused.err;
  }

  OwnFolder folder_{};
};

TEST_F(ExploreProgram, refuses_what_the_matrix_would_not_heed) {
  const std::vector<Words> all = {
      {"lease"},           {"--faults", "crash"}, {"--processes", "w,r"}, {"--max-faults", "2"}, {"--random", "9"},
      {"--only", "fresh"}, {"--diagram", "svg"},  {"--every-event"},      {"--exhaust"}};
  for (const Words& more : all) {
    Words words = {"explore", "--matrix"};
    words.insert(words.end(), more.begin(), more.end());
    expect_refused(words, more.front() == "lease" ? "PATTERN and --matrix do not go together"
                                                  : more.front() + " and --matrix do not go together");
  }
}

TEST_F(ExploreProgram, refuses_flags_that_are_for_other_flags) {
  const auto expect_of_lease = [&](Words words, const std::string& sentence) {
    words.insert(words.begin(), {"explore", "lease"});
    expect_refused(words, sentence);
  };
  expect_of_lease({"--max-faults", "2"}, "--max-faults is only for --faults");
  expect_of_lease({"--pct", "3"}, "--pct is only for --random");
  expect_of_lease({"--seed", "3"}, "--seed is only for --random");
  expect_of_lease({"--annotations", "--json"}, "--annotations and --json do not go together");
  expect_of_lease({"--junit", "-", "--json"}, "--junit - and --json both want standard output");
  expect_of_lease({"--junit", "nowhere/a.xml"}, "--junit: cannot write nowhere/a.xml: No such file or directory");
  expect_of_lease({"--junit", "a", "--markdown", "a"}, "--junit and --markdown name the same file");
  expect_of_lease({"--json", "--diagram", "svg"}, "--diagram and --json do not go together");
  expect_of_lease({"--random", "5", "--exhaust"}, "--exhaust and --random do not go together");
  expect_of_lease({"--random", "5", "--max-states", "9"}, "--max-states and --random do not go together");
  expect_of_lease({"--random", "5", "--max-memory", "9"}, "--max-memory and --random do not go together");
  expect_of_lease({"--faults", "crash", "--max-faults", "0"}, "--max-faults: '0' is not a whole number from 1 to 2");
  expect_refused({"explore", "--matrix", "--markdown", "-", "--json"},
                 "--markdown - and --json both want standard output");
  expect_refused({"explore", "--matrix", "--junit", "a"}, "--junit and --matrix do not go together");
  for (const char* flag : {"--db", "--cache"}) {
    expect_refused({"replay", harmless_token, flag, "redis://localhost"}, flag + std::string(" is only for --live"));
  }
  expect_refused({"replay", harmless_token, "--replace"}, "--replace is only for --live");
  expect_refused({"replay", harmless_token, "--json", "--diagram", "svg"}, "--diagram and --json do not go together");
  expect_refused({"replay", harmless_token, "--live", "--diagram", "svg"}, "--diagram and --live do not go together");
}

TEST_F(ExploreProgram, refuses_values_that_say_nothing) {
  const auto expect_of_lease = [&](Words words, const std::string& sentence) {
    words.insert(words.begin(), {"explore", "lease"});
    expect_refused(words, sentence);
  };
  expect_of_lease({"--random", "0"}, "--random: '0' is not a whole number from 1");
  expect_of_lease({"--random", "1", "--pct", "0"}, "--pct: '0' is not a whole number from 1");
  expect_of_lease({"--processes", ""}, "a process has 1 to 4 ops");
  expect_of_lease({"--diagram", ""}, "'' is no diagram; there are text, mermaid and svg");
  expect_of_lease({"--faults", ""}, "--faults: name at least one of crash");
  expect_of_lease({"--only", ""}, "--only: name at least one of converges");
  expect_of_lease({"--faults", "crash,crash"}, "--faults: 'crash' is named twice; name it once");
  expect_of_lease({"--faults", "all,crash"}, "--faults: 'all' stands alone");
  expect_of_lease({"--faults", "crash,all"}, "--faults: 'all' stands alone");
  expect_of_lease({"--faults", "crsh"}, "did you mean 'crash'?");
  expect_of_lease({"--faults", "tuna"}, "--faults: 'tuna' is no fault of explore; they are crash, ");
  expect_of_lease({"--only", "tuna"}, "--only: 'tuna' is no property of explore; they are converges, ");
  expect_of_lease({"--only", "fresh,fresh"}, "--only: 'fresh' is named twice");
}

TEST_F(ExploreProgram, refuses_a_fault_that_cannot_hit_the_pattern_and_says_why) {
  expect_refused({"explore", "cdc-invalidate", "--faults", "replica-lag"},
                 "--faults: 'replica-lag' cannot hit cdc-invalidate: it reads from no replica");
  expect_refused({"explore", "cache-aside", "--faults", "crash,expire"},
                 "'expire' cannot hit cache-aside: it keeps no lock, lease, tombstone or marker that could run out");
  expect_refused({"explore", "none", "--faults", "rollback"}, "it keeps nothing in the cache");
  expect_refused({"explore", "none", "--processes", "r,r", "--only", "linearizable", "--faults", "refused"},
                 "'refused' cannot hit none in the scope r,r: it writes no row");
  const Ended all = ended({"explore", "lease", "--faults", "all", "--only", "converges", "--processes", "w,r"});
  EXPECT_EQ(all.code, 1) << all.err;
  EXPECT_THAT(all.out, HasSubstr("at most 1 fault of crash, "));
  EXPECT_THAT(all.out, Not(HasSubstr("replica-lag"))) << "all are all that can hit it";
}

std::size_t count_in(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t place = text.find(part); place != std::string::npos; place = text.find(part, place + 1)) {
    ++count;
  }
  return count;
}

TEST_F(ExploreProgram, shows_what_a_fault_does_by_itself_to_a_pattern_that_is_broken_anyway) {
  const Words words = {"explore", "cache-aside", "--faults", "lost-request", "--only", "fresh"};
  const std::string out = ended(words).out;
  EXPECT_THAT(out, HasSubstr("fresh is violated by 2 processes, 3 ops, 0 faults, 6 steps:"));
  EXPECT_THAT(out, HasSubstr("fresh is violated by lost-request itself, 2 processes, 3 ops, 1 fault, 6 steps:"));
  EXPECT_THAT(out, HasSubstr("Without the fault (lost-request) the same order of steps is right.\n"));
  EXPECT_EQ(count_in(out, "is violated by"),
            count_in(out, "\nRemedy: fresh holds without faults and with lost-request"));
  EXPECT_EQ(count_in(out, "No run with fewer steps violates it.\n"), 1U);
  EXPECT_EQ(count_in(out, "No run with fewer steps is its doing.\n"), 1U);
  EXPECT_THAT(out, HasSubstr("in the scope w,w,rr,rr, with the pattern 'none'.\n"));
  EXPECT_THAT(ended({"explore", "cache-aside", "--faults", "crash", "--only", "fresh"}).out, HasSubstr("does no harm"));
  Words as_json = words;
  as_json.emplace_back("--json");
  const json found = json::parse(ended(as_json).out)["findings"][0];
  EXPECT_EQ(found["witness"]["faults"], 0);
  EXPECT_EQ(found["shortest"], true);
  EXPECT_THAT(found["remedy"].dump(), HasSubstr("\"none\""));
  ASSERT_EQ(found["by_itself"].size(), 1U);
  EXPECT_EQ(found["by_itself"][0]["fault"], "lost-request");
  EXPECT_EQ(found["by_itself"][0]["witness"]["faults"], 1);
  const std::string token = found["by_itself"][0]["witness"]["token"];
  EXPECT_EQ(ended({"replay", token}).code, 1) << "it is a run like any other";
}

// The same steps with another fault in them are another run.
TEST_F(ExploreProgram, tells_of_each_of_several_faults_the_run_that_it_is_to_blame_for) {
  const std::string out = ended({"explore", "lease", "--faults", "delayed,lost-request", "--only", "fresh"}).out;
  EXPECT_THAT(out, HasSubstr("  fresh                delayed      is to blame for the 6 steps below\n"));
  EXPECT_THAT(out, HasSubstr("  fresh                lost-request is to blame for 6 other steps, below\n"));
  EXPECT_THAT(out, HasSubstr("fresh is violated by lost-request itself, 2 processes, 3 ops, 1 fault, 6 steps:\n  1. "));
  EXPECT_EQ(count_in(out, "   [lost-request]\n"), 1U) << "a step of that run";
  EXPECT_EQ(count_in(out, "\n  6. "), 2U);
  EXPECT_EQ(count_in(out, "\nAgain: stalemate replay "), 2U);
}

TEST_F(ExploreProgram, says_which_lengths_were_ruled_out_where_a_limit_was_passed) {
  const Words words = {"explore", "cache-aside", "--faults", "evict", "--only", "converges", "--max-states"};
  const auto with = [&](const char* count) {
    Words all = words;
    all.emplace_back(count);
    return ended(all).out;
  };
  EXPECT_THAT(with("1000000"), HasSubstr("evict        is to blame for 9 other steps, below\n"));
  EXPECT_THAT(with("20"), testing::ContainsRegex("evict        not decided within 20 pairs of states; allow more with "
                                                 "--max-states; no run of up to [1-8] steps is its doing\n"));
  EXPECT_THAT(ended({"explore", "lease", "--only", "fresh", "--max-states", "100"}).out,
              testing::ContainsRegex("within 100 states; allow more with --max-states; no run of up to [1-9] steps "
                                     "violates it\n"));
}

TEST_F(ExploreProgram, tells_memory_and_large_counts_so_that_they_can_be_read) {
  EXPECT_THAT(ended({"explore", "none", "--only", "fresh"}).out, testing::ContainsRegex("at most 0\\.[1-9] MB;"));
  EXPECT_THAT(ended({"explore", "lease", "--only", "fresh"}).out,
              testing::ContainsRegex("[0-9],[0-9]+ states, [0-9]+,[0-9]+ steps between them, at most [0-9.]+ MB;"));
}

TEST_F(ExploreProgram, tries_ops_one_after_another_where_no_race_hides_a_fault) {
  EXPECT_EQ(ended({"explore", "cache-aside"}).code, 1);
  const Ended apart = ended({"explore", "cache-aside", "--one-after-another"});
  EXPECT_EQ(apart.code, 0) << apart.out;
  EXPECT_THAT(apart.out, HasSubstr("no client's op overlaps another's"));
  EXPECT_EQ(ended({"explore", "cache-aside", "--one-after-another", "--faults", "lost-request"}).code, 1);
  expect_refused({"explore", "--matrix", "--one-after-another"}, "--one-after-another and --matrix do not go together");
  expect_refused({"explore", "lease", "--random", "5", "--one-after-another"},
                 "--one-after-another and --random do not go together");
}

TEST_F(ExploreProgram, takes_names_in_one_list_and_in_several) {
  const Ended list = ended({"explore", "none", "--only", "fresh,converges", "--faults", "crash,lost-reply"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_EQ(ended({"explore", "--only", "fresh", "--only", "converges", "none", "--faults", "crash", "--faults",
                   "lost-reply"})
                .out,
            list.out);
}

TEST_F(ExploreProgram, names_the_read_and_the_write_that_it_missed_and_says_what_an_at_sign_is) {
  const std::string out = ended({"explore", "versioned-fill", "--only", "fresh,linearizable"}).out;
  EXPECT_THAT(out, HasSubstr("The read missed a write that had been acknowledged before the read began.\n"
                             "It is reader 1's read, which returned 0 (step 6). It missed writer 1's write of 1, "
                             "acknowledged (steps 3 to 4).\n"));
  EXPECT_THAT(out, HasSubstr("explains what was read.\nThe ops: reader 1's read, which returned 0 (steps 1 to 5), "
                             "writer 1's write of 1, acknowledged (steps 3 to 4) and reader 1's read, which returned 0 "
                             "(step 6).\n"));
  EXPECT_THAT(out, HasSubstr("(@ stands before the version of a row or an entry"));
  EXPECT_THAT(ended({"explore", "cache-aside", "--only", "fresh"}).out, Not(HasSubstr("(@ stands")));
}

TEST_F(ExploreProgram, draws_no_wider_than_the_terminal) {
  std::istringstream lines(ended({"explore", "cdc-invalidate", "--only", "fresh", "--diagram", "text"}).out);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.find('|') == std::string::npos || line.size() <= 80) << line;
  }
}

TEST_F(ExploreProgram, says_where_a_diagram_is_to_be_had_alone) {
  EXPECT_THAT(ended({"explore", "--help"}).out, HasSubstr("stalemate replay TOKEN"));
}

TEST_F(ExploreProgram, says_of_harmless_steps_that_they_violate_nothing) {
  const Ended story = ended({"replay", harmless_token});
  EXPECT_EQ(story.code, 0);
  EXPECT_THAT(story.out, HasSubstr("These steps do not violate fresh."));
  EXPECT_THAT(story.out, Not(HasSubstr("is violated")));
  EXPECT_THAT(story.out, Not(HasSubstr("missed a write")));
  for (const char* kind : {"text", "mermaid", "svg"}) {
    const Ended drawn = ended({"replay", harmless_token, "--diagram", kind});
    EXPECT_EQ(drawn.code, 0);
    EXPECT_THAT(drawn.out, Not(HasSubstr("missed a write"))) << kind;
    EXPECT_THAT(drawn.out, Not(HasSubstr("Note over"))) << kind;
  }
  const json whole = json::parse(ended({"replay", harmless_token, "--json"}).out);
  EXPECT_EQ(whole["violated"], false);
  EXPECT_EQ(whole["conclusion"], "");
  EXPECT_TRUE(whole["live"].is_null());
}

TEST_F(ExploreProgram, refuses_a_token_with_any_other_last_sign) {
  std::string token = harmless_token;
  EXPECT_EQ(ended({"replay", token}).code, 0);
  for (const char sign : std::string("123456789abcdefghjkmnpqrstvwxyz")) {
    token.back() = sign;
    expect_refused({"replay", token}, "the token was changed or cut off on its way");
  }
  expect_refused({"replay", harmless_token + std::string("0")}, "the token was changed or cut off on its way");
}

TEST_F(ExploreProgram, says_why_it_does_not_know) {
  const Ended lots = ended({"explore", "none", "--random", "1000", "--only", "fresh"});
  EXPECT_EQ(lots.code, 2);
  EXPECT_THAT(lots.out, HasSubstr("none found in 1,000 runs; not a proof"));
  EXPECT_THAT(ended({"explore", "lease", "--max-states", "1000", "--only", "fresh"}).out,
              HasSubstr("not decided within 1,000 states; allow more with --max-states"));
  EXPECT_THAT(ended({"explore", "none", "--processes", "r,r", "--only", "fresh"}).out,
              HasSubstr("no op of this scope could violate it"));
  const json whole = json::parse(ended({"explore", "none", "--random", "1000", "--only", "fresh", "--json"}).out);
  EXPECT_EQ(whole["findings"][0]["reason"], "none found in 1,000 runs; not a proof");
}

// Seconds of a process's time on a processor.
double processor_seconds_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::istringstream behind_name(all.substr(std::min(all.size(), all.rfind(')') + 1)));
  std::vector<std::string> fields;
  for (std::string field; behind_name >> field;) {
    fields.push_back(field);
  }
  return fields.size() < 12 ? 0.0 : std::stod(fields[11]) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

TEST_F(ExploreProgram, interrupted_prints_what_it_found_so_far) {
  Program program(folder_.path(), {"explore", "cache-aside", "--processes", "w,w,w,rr,rr,rr", "--exhaust", "--faults",
                                   "all", "--max-faults", "2", "--max-states", "4000000000"});
  for (int wait = 0; wait < 6000 && processor_seconds_of(program.pid()) < 1.5; ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  program.send(SIGINT);
  const Ended interrupted = program.wait();
  EXPECT_EQ(interrupted.code, 130);
  EXPECT_THAT(interrupted.err, testing::EndsWith("stalemate: interrupted; what was not decided by then is unknown\n"));
  EXPECT_THAT(interrupted.out, HasSubstr("interrupted before it was decided"));
  EXPECT_THAT(interrupted.out, HasSubstr("not every state was visited: interrupted before it was decided\n"));
  EXPECT_THAT(interrupted.out, Not(HasSubstr("a limit was passed")));
}

}  // namespace
}  // namespace stalemate
