// Runs merged through the built program: figures, refusals, and a folder that is whole or not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "live/program.hpp"

namespace stalemate {
namespace {

using json = nlohmann::json;
using testing::HasSubstr;

std::string whole_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class MergedRuns : public testing::Test {
 protected:
  [[nodiscard]] Ended ended(const std::vector<std::string>& arguments) const {
    return run_stalemate(folder_.path(), arguments);
  }
  /// Runs what there is to merge, into the folder of that name.
  void run(const std::string& name, const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"run", "before", "-d",    "700ms", "-r",       "1ms",
                                          "-w",  "5ms",    "--out", name,    "--no-live"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended done = ended(arguments);
    ASSERT_EQ(done.code, 0) << done.err;
  }
  [[nodiscard]] json results(const std::string& name) const { return results_in(folder_.path() / name); }
  OwnFolder folder_{};
};

TEST_F(MergedRuns, have_the_counts_and_percentiles_of_all_and_can_be_merged_and_compared_again) {
  run("a", {"--seed", "1"});
  run("b", {"--seed", "2"});
  run("c", {"--seed", "3"});
  const Ended merged = ended({"merge", "a/before", "b/before", "--out", "ab"});
  ASSERT_EQ(merged.code, 0) << merged.err;
  EXPECT_THAT(merged.out, HasSubstr("Results: ab\n"));
  EXPECT_THAT(merged.out, HasSubstr("Merged from 2 runs, "));
  const json a = results("a/before/latest");
  const json b = results("b/before/latest");
  const json ab = results("ab");
  for (const char* kind : {"reads", "writes"}) {
    EXPECT_EQ(ab[kind]["ok"], a[kind]["ok"].get<int>() + b[kind]["ok"].get<int>());
  }
  const json& latency = ab["latency"]["read"]["response"];
  EXPECT_EQ(latency["count"], ab["reads"]["ok"]);
  EXPECT_EQ(latency["max_ns"], std::max(a["latency"]["read"]["response"]["max_ns"].get<std::int64_t>(),
                                        b["latency"]["read"]["response"]["max_ns"].get<std::int64_t>()));
  EXPECT_EQ(ab["stale"]["stale"], a["stale"]["stale"].get<int>() + b["stale"]["stale"].get<int>());
  EXPECT_EQ(ab["merged"]["runs"].size(), 2U);
  EXPECT_EQ(ended({"compare", "ab", "c/before"}).code, 0);

  ASSERT_EQ(ended({"merge", "c/before", "ab", "--out", "in-steps"}).code, 0);
  ASSERT_EQ(ended({"merge", "b/before", "c/before", "a/before", "--out", "at-once"}).code, 0);
  EXPECT_EQ(whole_text(folder_.path() / "in-steps/parts.json"), whole_text(folder_.path() / "at-once/parts.json"));

  const Ended twice = ended({"merge", "ab", "b/before", "--out", "twice"});
  EXPECT_EQ(twice.code, 64);
  EXPECT_THAT(twice.err, HasSubstr("are the same run"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "twice"));
  EXPECT_EQ(ended({"merge", "a/before", "b/before", "--out", "ab"}).code, 64) << "it is there";

  run("d", {"--pattern", "lease"});
  const Ended other = ended({"merge", "a/before", "d/before", "--out", "ad"});
  EXPECT_EQ(other.code, 64);
  EXPECT_THAT(other.err, HasSubstr("their patterns differ, cache-aside against lease"));

  const std::filesystem::path history = folder_.path() / "c/before/latest/history.stale";
  std::filesystem::resize_file(history, std::filesystem::file_size(history) / 2);
  const Ended cut = ended({"merge", "a/before", "c/before", "--out", "ac"});
  EXPECT_EQ(cut.code, 64);
  EXPECT_THAT(cut.err, HasSubstr("a run is merged by its whole history"));
}

}  // namespace
}  // namespace stalemate
