// Random timelines of faults: whatever goes wrong and when, the books of a run balance, it ends, nothing of it stays
// behind, and its verdict is that of its file.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "live/program.hpp"

namespace stalemate {
namespace {

using nlohmann::json;

std::string milliseconds(std::uint32_t count) {
  return std::to_string(count) + "ms";
}

/// Some time of a run of a second.
std::string window(SeededRandom& random) {
  const std::uint32_t begin = 50 + random.draw_below(700);
  return milliseconds(begin) + ".." + milliseconds(begin + 20 + random.draw_below(250));
}

std::string call_fault(SeededRandom& random) {
  constexpr std::array calls = {"db", "cache", "update", "load", "lookup"};
  constexpr std::array names = {"lost-request", "lost-reply", "delayed", "crash", "delay", "duplicated", "refused"};
  const std::string name = names.at(random.draw_below(names.size()));
  const std::string call = name == "refused"      ? "update"
                           : name == "duplicated" ? "cache"
                                                  : calls.at(random.draw_below(calls.size()));
  std::string how = name == "delayed" || name == "delay" || name == "duplicated"
                        ? " " + milliseconds(1 + random.draw_below(30))
                        : std::string();
  const bool is_unanswered = name == "lost-request" || name == "lost-reply" || name == "delayed";
  how += is_unanswered ? " timeout=" + milliseconds(1 + random.draw_below(40)) : "";
  how += random.draw_below(2) == 0 ? " " + window(random) : "";
  how += random.draw_below(4) == 0 ? " n=" + std::to_string(1 + random.draw_below(9))
                                   : " " + std::to_string(1 + random.draw_below(40)) + "%";
  return call + ": " + name + how;
}

/// One that holds the server, which is to be held by no other.
std::string server_fault(SeededRandom& random, bool is_cache) {
  constexpr std::array of_any = {"stall", "restart", "unreachable", "rollback"};
  constexpr std::array of_cache = {"evict", "expire"};
  const std::uint32_t place = random.draw_below(is_cache ? 6 : 4);
  const std::string name = place < 4 ? of_any.at(place) : of_cache.at(place - 4);
  return std::string(is_cache ? "cache: " : "db: ") + name + " " + window(random);
}

std::vector<std::string> timeline(SeededRandom& random) {
  std::vector<std::string> faults;
  for (std::uint32_t count = 1 + random.draw_below(3); count > 0; --count) {
    faults.push_back(call_fault(random));
  }
  for (const bool is_cache : {false, true}) {
    if (random.draw_below(2) == 0) {
      faults.push_back(server_fault(random, is_cache));
    }
  }
  return faults;
}

void expect_balanced(const json& counts, const std::string& what) {
  EXPECT_EQ(counts["planned"], counts["sent"].get<int>() + counts["dropped"].get<int>()) << what;
  EXPECT_EQ(counts["sent"], counts["ok"].get<int>() + counts["fail"].get<int>() + counts["info"].get<int>()) << what;
}

void run_one(std::uint64_t seed) {
  constexpr std::array patterns = {"cache-aside",         "outbox",       "lease",
                                   "near-cache",          "write-behind", "cdc-invalidate",
                                   "versioned-tombstone", "update-first", "lock"};
  SeededRandom random(seed);
  const std::string pattern = patterns.at(random.draw_below(patterns.size()));
  const OwnFolder folder;
  std::vector<std::string> words = {
      "run", "before", "--pattern", pattern,       "-d",         "1s",    "-r",     "4ms",
      "-w",  "8ms",    "--no-live", "--no-faults", "--op-limit", "200ms", "--seed", std::to_string(seed)};
  std::string told = "seed " + std::to_string(seed) + ", " + pattern;
  for (const std::string& fault : timeline(random)) {
    words.insert(words.end(), {"--fault", fault});
    told += ", '" + fault + "'";
  }
  const Ended ended = run_stalemate(folder.path(), words);
  if (ended.code == 64 && ended.err.contains("can hit nothing")) {
    return;  // a call that the pattern never makes
  }
  ASSERT_EQ(ended.code, 0) << told << "\n" << ended.err;
  EXPECT_EQ(left_running(), "") << told;
  const json results = results_in(only_run(folder.path()));
  expect_balanced(results["reads"], told);
  expect_balanced(results["writes"], told);
  const Ended checked = run_stalemate(folder.path(), {"check", only_run(folder.path()), "--json"});
  EXPECT_EQ(json::parse(checked.out)["verdict"], results["verdict"]) << told;
}

void run_many(std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t seed = first; seed < first + count && !testing::Test::HasFatalFailure(); ++seed) {
    run_one(seed);
  }
}

TEST(FaultTimelines, ten_at_random_leave_the_books_balanced_and_nothing_behind) {
  run_many(1, 10);
}

TEST(FaultTimelinesSoak, two_hundred_at_random_leave_the_books_balanced_and_nothing_behind) {
  run_many(1000, 200);
}

}  // namespace
}  // namespace stalemate
