#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "live/program.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

struct Wrong {
  Words arguments;
  std::string sentence;  ///< a part of what is said
};

class Usage : public testing::Test {
 protected:
  // One line on standard error, nothing on standard output, exit code 64, no folder, no process.
  void expect_refused(const Wrong& wrong) {
    const Ended ended = run_stalemate(folder_.path(), wrong.arguments);
    const std::string line = testing::PrintToString(wrong.arguments);
    EXPECT_EQ(ended.code, 64) << line;
    EXPECT_EQ(ended.out, "") << line;
    EXPECT_THAT(ended.err, HasSubstr(wrong.sentence)) << line;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << line << ended.err;
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "runs")) << line;
    EXPECT_EQ(left_running(), "") << line;
  }
  OwnFolder folder_{};
};

TEST_F(Usage, names_the_nearest_of_what_is_not_known) {
  folder_.write("key.toml", "pattern = \"none\"\nread_evry = \"1ms\"\n");
  folder_.write("section.toml", "[fault]\nskip = \"fill=1%\"\n");
  const std::vector<Wrong> all = {
      {{"rn", "before"}, "did you mean 'run'?"},
      {{"run", "befor"}, "did you mean 'before'?"},
      {{"up", "aftr"}, "did you mean 'after'?"},
      {{"run", "before", "--duraton", "1s"}, "did you mean '--duration'?"},
      {{"run", "before", "--pattern", "cache-asid"}, "did you mean 'cache-aside'?"},
      {{"run", "before", "--arrivals", "poison"}, "did you mean 'poisson'?"},
      {{"run", "before", "--key-distribution", "zipfan"}, "did you mean 'zipfian'?"},
      {{"run", "before", "--fault", "stal=db@1s+1s"}, "did you mean 'stall'?"},
      {{"run", "before", "--fault", "stall=dbs@1s+1s"}, "did you mean 'db'?"},
      {{"run", "before", "--skip", "fil=1%"}, "did you mean 'fill'?"},
      {{"run", "before", "--fail-if", "reads.droped>0"}, "did you mean 'reads.dropped'?"},
      {{"run", "before", "--fail-if", "stale.causes.stale fil>0"}, "did you mean 'stale.causes.stale fill'?"},
      {{"run", "before", "--fail-if", "errors.timed_ot>0"}, "did you mean 'errors.timed_out'?"},
      {{"run", "before", "--fail-if", "faults.stal>0"}, "did you mean 'faults.stall'?"},
      {{"run", "before", "--fail-if", "violations.stale-read>0"}, "did you mean 'violations.stale-reads'?"},
      {{"sweep", "before", "--over", "write_rat=1..9"}, "did you mean 'write_rate'?"},
      {{"sweep", "before", "--over", "pattern=a,b"}, "pattern is a text, and only numbers and times can be varied"},
      {{"sweep", "before", "--over", "ttl=1s..9s", "--of", "read_p9"}, "did you mean 'read_p90'?"},
      {{"down", "befor"}, "did you mean 'before'?"},
      {{"--hlep"}, "see 'stalemate --help'"},
      {{"run", "./key.toml"}, "./key.toml:2: unknown key 'read_evry' (did you mean 'read_every'?)"},
      {{"run", "section.toml"}, "did you mean 'faults'?"},
      {{"check", ".", "--only", "stale-read"}, "did you mean 'stale-reads'?"},
      {{"list", "pattern"}, "did you mean 'patterns'?"},
      {{"run", "before", "--cache", "memcache"},
       "--cache: 'memcache' is no engine and no URL (did you mean 'memcached'?)"},
      {{"run", "before", "--db", "maria"}, "--db: 'maria' is no engine and no URL (did you mean 'mariadb'?)"},
      {{"decide", "before", "--cache", "Redis"}, "--cache: 'Redis' is no engine and no URL (did you mean 'redis'?)"},
      {{"help", "rn"}, "did you mean 'run'?"},
  };
  for (const Wrong& wrong : all) {
    expect_refused(wrong);
  }
}

TEST_F(Usage, refuses_durations_and_rates_that_make_no_sense) {
  folder_.write("empty.toml", "# nothing\n");
  folder_.write("results.json", "{}\n");
  const std::vector<Wrong> all = {
      {{"run", "before", "-d", "0s"}, "--duration: '0s' is not a duration"},
      {{"run", "before", "-d", "-1s"}, "--duration: '-1s'"},
      {{"run", "before", "-d", "25h"}, "at most 24h"},
      {{"run", "before", "-d", "99999999999999999999h"}, "at most 24h"},
      {{"run", "before", "-d", "10"}, "such as \"10ms\""},
      {{"run", "before", "-d", ""}, "--duration"},
      {{"run", "before", "-r", "0ms"}, "--read-every: '0ms'"},
      {{"run", "before", "-w", "1ns"}, "--write-every"},
      {{"run", "before", "--read-rate", "0"}, "--read-rate"},
      {{"run", "before", "--read-rate", "-5"}, "not -5"},
      {{"run", "before", "--write-rate", "1e12"}, "--write-rate"},
      {{"run", "before", "--write-rate", "nan"}, "--write-rate"},
      {{"run", "before", "--write-rate", "inf"}, "--write-rate"},
      {{"run", "before", "--read-rate", "10000000", "-d", "24h"}, "ops"},
      {{"run", "before", "--clients", "0"}, "from 1 to 4,096"},
      {{"run", "before", "--clients", "100000"}, "from 1 to 4,096"},
      {{"run", "before", "--keys", "-3"}, "--keys"},
      {{"run", "before", "--seed", "-1"}, "--seed"},
      {{"run", "before", "--threads", "-1"}, "--threads"},
      {{"run", "before", "--skip", "fill=200%"}, "'200%' is not a chance"},
      {{"run", "before", "-d", "1s", "--fault", "stall=db@5s+1s"}, "after the run's end"},
      {{"run", "after", "--fault", "restart=cache@1s+1s"}, "this scenario has no cache"},
      {{"run", "before", "--fault", "restart"}, "FAULT=TEXT"},
      {{"run", "before", "--fail-if", "reads.dropped>much"}, "no number behind >"},
      {{"run", "before", "--fail-if", "reads.dropped"}, "compares nothing"},
      {{"run", "before", "--out", ""}, "--out"},
      {{"run", "before", "--fail-if", "stale.stale>nan"}, "no number behind >"},
      {{"run", "before", "--fail-if", "stale.stale>inf"}, "no number behind >"},
      {{"run", "before", "--cache", ""}, "--cache: '' is no engine and no URL; for a private server name one of"},
      {{"run", "before", "--db", ""}, "--db: '' is no engine and no URL; for a private server name one of"},
      {{"run", "before", "--db", "localhost:5432"}, "such as postgres://USER:PASSWORD@HOST:PORT/DATABASE"},
      {{"run", "before", "-d", "1s", "-d", "2s"}, "--duration is given more than once"},
      {{"run", "before", "-d"}, "--duration needs a value behind it"},
      {{"run", "before", "--threads", "257"}, "threads must be a whole number from 0 to 256, not 257"},
      {{"run", "before", "--threads", "x"}, "threads must be a whole number from 0 to 256, not 'x'"},
      {{"run", "empty.toml"}, "empty.toml: nothing is written in it"},
      {{"explain", "x", "abc"}, "READ: 'abc' is not a whole number"},
      {{"explain", "x", "-1"}, "READ: '-1' is not a whole number"},
      {{"explain", "--list", "x", "350"}, "--list names every wrong read, so leave out the 350"},
      {{"check", "results.json"}, "results.json holds a run's results, not its history; name the run's folder"},
      {{"run"},
       "run needs SCENARIO: a built-in scenario (see 'stalemate list scenarios'), a .toml file, or an "
       "application's .toml file; see 'stalemate run "
       "--help'"},
      {{"replay"}, "replay needs TOKEN: what explore printed"},
      {{"compare"},
       "compare needs RUN 2 to 100 times: a run's folder, a folder of runs for its latest, or a results.json; see "
       "'stalemate compare --help'"},
      {{"compare", "a"}, "compare needs RUN 2 to 100 times: "},
      {{"run", "before", "after"}, "one argument too many"},
      {{"run", "./nope.toml"}, "./nope.toml: No such file"},
      {{"run", "before", "--db", "oracle://host/x"}, "postgres://"},
      {{"run", "before", "--cache", "http://host"}, "redis://"},
      {{"demo", "--fail-if", "reads.dropped>0"}, "demo takes no --fail-if"},
      {{"demo", "--junit", "a.xml"}, "--junit: demo shows what goes wrong and judges nothing"},
      {{"demo", "--annotations"}, "--annotations: demo shows what goes wrong and judges nothing"},
      {{"demo", "--markdown", "nowhere/a.md"}, "--markdown: cannot write nowhere/a.md: No such file"},
      {{"compare", "a", "b", "--junit", "a.xml"}, "--junit: compare puts runs side by side and judges none"},
      {{"report", "results.json", "--out", "nowhere/a.html"}, "--out: cannot write nowhere/a.html: No such file"},
      {{"report", "results.json", "--out", "."}, "--out: cannot write .: Is a directory"},
      {{"report", "results.json", "--out", ""}, "--out: '' names no file"},
      {{"run", "before", "--fail-if", "read_p99>5"}, "write for example read_p99>5ms"},
      {{"decide", "before", "--want", "worst_staleness<5"}, "write for example worst_staleness<5ms"},
      {{"sweep", "before", "--find", "rate where read_p99<5"}, "write for example read_p99<5ms"},
      {{"sweep", "before", "--over", "rate=1,2", "--over", "read_rate=1,2"}, "rate and read_rate say the same"},
      {{"sweep", "before", "--over", "ttl=1s,2s", "--svg", "."}, "--svg: cannot write .: Is a directory"},
      {{"sweep", "before", "--over", "ttl=1s,2s", "--svg", ""}, "--svg: '' names no file"},
      {{"sweep", "before", "--over", "ttl=1s,2s", "--svg", "-", "--json"}, "both want standard output"},
      {{"run", "after", "--fail-if", "cache.misses>0"}, "no figure for cache.misses, as this scenario has no cache"},
      {{"run", "after", "--fail-if", "samples.taken<1"}, "no figure for samples.taken, as this scenario has no cache"},
      {{"run", "before", "--sample-every", "none", "--fail-if", "samples.taken<1"}, "as sample_every is none"},
      {{"run", "before", "--fail-if", "origin.incorrect>0"}, "as that is counted with --serialize alone"},
      {{"run", "before", "--fail-if", "warm_up.loads>0"}, "as it has no warm-up"},
      {{"run", "before", "--fail-if", "asked.zipf_exponent>1"}, "as it is for key_distribution zipfian and latest"},
      {{"run", "before", "-d", "2s", "--sample-every", "3s"},
       "sample_every: the first sample would be due after 3s, and the run ends after 2s"},
      {{"check", "nofile"}, "nofile: No such file"},
      {{"decide"}, "decide needs SCENARIO"},
      {{"decide", "after"}, "after has no cache, so there is nothing to decide between; name a pattern with --with"},
      {{"decide", "before", "--with", "leese"}, "--with: there is no pattern 'leese' (did you mean 'lease'?)"},
      {{"decide", "before", "--with", "none"}, "--with: none is decided about in any case"},
      {{"decide", "before", "--want", "read_p98<5ms"},
       "--want: 'read_p98' is not a figure of results.json (did you mean"},
      {{"decide", "before", "--want", "read_p99"}, "--want: 'read_p99' compares nothing"},
      {{"decide", "before", "--want", "samples.taken<1"}, "no figure for samples.taken, as sample_every is none"},
      {{"decide", "before", "--budget", "soon"}, "--budget: 'soon'"},
      {{"decide", "before", "--rounds", "0"}, "--rounds: '0' is not a whole number from 1 to 100"},
      {{"decide", "before", "--fail-if", "reads.dropped>0"}, "decide takes no --fail-if; say with --want"},
      {{"compare", "a", "b"}, "cannot read a"},
      {{"compare", "results.json", "results.json"}, "results.json: scenario is missing; a run's results.json has it"},
  };
  for (const Wrong& wrong : all) {
    expect_refused(wrong);
  }
}

TEST_F(Usage, lists_a_row_a_line_and_within_the_width_of_a_terminal) {
  const std::string lines = run_stalemate(folder_.path(), {"list"}).out;
  const auto of_terminal = [](const std::string& command) {
    std::string out = output_of("script -qec '" STALEMATE_PROGRAM " " + command + "' /dev/null");
    std::erase(out, '\r');
    return out;
  };
  const std::string wrapped = of_terminal("list");
  EXPECT_GT(std::ranges::count(wrapped, '\n'), std::ranges::count(lines, '\n'));
  std::istringstream all(wrapped);
  for (std::string line; std::getline(all, line);) {
    EXPECT_LE(line.size(), 80U) << line;
  }
  const auto words_of = [](const std::string& text) {
    std::istringstream in(text);
    return Words(std::istream_iterator<std::string>(in), {});
  };
  EXPECT_EQ(words_of(wrapped), words_of(lines));
}

TEST_F(Usage, never_prints_the_password_of_a_url_it_refuses) {
  for (const Words& words : {Words{"run", "before", "--db", "postgres://u:hushhush@host:notaport/x"},
                             Words{"run", "before", "--db", "mysql://u:hushhush@host/x"},
                             Words{"run", "before", "--db", "u:hushhush@host/x"},
                             Words{"run", "before", "--cache", "redis://:hushhush@host:notaport/0"},
                             Words{"run", "before", "--cache", "http://:hushhush@host/0"}}) {
    const Ended ended = run_stalemate(folder_.path(), words);
    // libpq takes any text for a port, and says what is wrong with it when it is to connect.
    EXPECT_THAT(ended.code, testing::AnyOf(64, 69));
    EXPECT_THAT(ended.err + ended.out, testing::Not(HasSubstr("hushhush")));
    EXPECT_THAT(ended.err, HasSubstr("host"));
  }
}

TEST_F(Usage, says_what_it_is_and_can_without_a_complaint) {
  for (const Words& words : {Words{"--help"}, Words{"--version"}, Words{"run", "--help"}, Words{"list"},
                             Words{"list", "scenarios", "before"}}) {
    const Ended ended = run_stalemate(folder_.path(), words);
    EXPECT_EQ(ended.code, 0);
    EXPECT_NE(ended.out, "");
    EXPECT_EQ(ended.err, "");
  }
}

}  // namespace
}  // namespace stalemate
