// explore and replay of a user's own service: a program of Python with cache-aside, on real servers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "live/program.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr const char* shop = STALEMATE_SOURCE_DIR "/tests/applications/python/program.toml";
// Of a pattern.
constexpr const char* pattern_token = "s1-1dhp2rv8cmpp2wv9chjgaskjcnspg13q5hs740000000201dwkv0";

class ExploreApplicationProgram : public testing::Test {
 protected:
  Ended ended(const Words& words) { return run_stalemate(folder_.path(), words); }

  void expect_refused(const Words& words, const std::string& sentence) {
    const Ended refused = ended(words);
    EXPECT_EQ(refused.code, 64) << testing::PrintToString(words);
    EXPECT_EQ(refused.out, "") << testing::PrintToString(words);
    EXPECT_THAT(refused.err, HasSubstr(sentence)) << testing::PrintToString(words);
  }

  OwnFolder folder_{};
};

TEST_F(ExploreApplicationProgram, finds_how_cache_aside_keeps_an_old_value_and_repeats_it) {
  const Words explore = {"explore", shop, "--scope", "w,r", "--json", "--budget", "100s", "--junit", "junit.xml"};
  const Ended first = ended(explore);
  ASSERT_EQ(first.code, 1) << first.err;
  const json found = json::parse(first.out);
  EXPECT_EQ(found["searches"][0]["orders"], 35);
  EXPECT_EQ(found["searches"][0]["proof"], true);
  const json& converges = found["findings"][0];
  EXPECT_EQ(converges["property"], "converges");
  EXPECT_EQ(converges["verdict"], "violated");
  EXPECT_EQ(converges["witness"]["steps"].size(), 7U);
  EXPECT_EQ(found["findings"][1]["verdict"], "holds");
  EXPECT_THAT(found["behaves_like"], testing::Contains("cache-aside"));
  std::ifstream file(folder_.path() / "junit.xml");
  const std::string junit{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(junit, HasSubstr("tests=\"7\" failures=\"1\" errors=\"0\" skipped=\"4\""));

  const Ended second = ended(explore);
  EXPECT_EQ(json::parse(second.out)["trace_hash"], found["trace_hash"]);

  const std::string token = converges["witness"]["token"];
  const Ended again = ended({"replay", token, shop});
  EXPECT_EQ(again.code, 1) << again.err;
  EXPECT_THAT(again.out, HasSubstr("Every step led where it led then."));
  EXPECT_THAT(again.out, HasSubstr("  7. "));
}

TEST_F(ExploreApplicationProgram, refuses_what_does_not_go_with_a_file_and_files_that_are_not_there) {
  expect_refused({"explore", shop, "--random", "5"}, "--random is only for patterns");
  expect_refused({"explore", shop, "--matrix"}, "--matrix is only for patterns");
  expect_refused({"explore", "cache-aside", "--budget", "5s"}, "--budget is only for a service of your own");
  expect_refused({"explore", shop, "--junit", "nowhere/x.xml"}, "--junit: cannot write nowhere/x.xml");
  expect_refused({"explore", shop, "--budget", "long"}, "--budget: ");
  expect_refused({"explore", shop, "--faults", "late-row"}, "'late-row' is no fault of an application; they are crash");
  expect_refused({"explore", shop, "--scope", "w,x"}, "'x' holds 'x'");
  expect_refused({"explore", shop, "--max-faults", "2"}, "--max-faults is only for --faults");
  expect_refused({"explore", "not-there.toml"}, "not-there.toml");
  expect_refused({"replay", pattern_token, shop}, "the token is of a pattern");
  expect_refused({"replay", "a1-0000"}, "name its file, too");
  expect_refused({"replay", "a1-0000", shop}, "the token was changed or cut off");
}

TEST_F(ExploreApplicationProgram, refuses_a_service_of_one_instance_and_says_why) {
  std::ofstream(folder_.path() / "one.toml") << R"([application]
url = ["http://127.0.0.1:1"]
[stores]
database = "postgres://shop@127.0.0.1:1/shop"
cache = "redis://127.0.0.1:1"
database_gates = [2]
cache_gates = [3]
[requests]
read = { request = "GET /products/{key}", value = "/quantity" }
write = { request = "PUT /products/{key}", body = '{"quantity": {value}}' }
)";
  expect_refused({"explore", "one.toml"},
                 "'url' in one.toml names one instance, and it cannot be told for which client");
  expect_refused({"explore", "one.toml", "--scope", "w,r"}, "w,r needs 2 instances, and 'url' in one.toml names 1");
}

}  // namespace
}  // namespace stalemate
