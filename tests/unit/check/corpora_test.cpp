// Histories recorded by others, whose verdicts are known: ../shared/corpora beside the project.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "check/check.hpp"
#include "record/import.hpp"

namespace stalemate::test {
namespace {

std::filesystem::path corpora() {
  return std::filesystem::path(STALEMATE_SOURCE_DIR).parent_path() / "shared" / "corpora";
}

TEST(Corpora, all_known_verdicts_agree) {
  std::ifstream verdicts(corpora() / "verdicts.tsv");
  if (!verdicts) {
    GTEST_SKIP() << "SKIPPED: there are no recorded histories in " << corpora()
                 << ", so the verdicts of 116 histories were NOT compared";
  }
  std::string line;
  std::getline(verdicts, line);
  int compared = 0;
  while (std::getline(verdicts, line)) {
    std::istringstream fields(line);
    std::string file;
    std::string model;
    std::string verdict;
    fields >> file >> model >> verdict;
    const Result<EventHistory> events = read_events(corpora() / file);
    ASSERT_TRUE(events.has_value()) << file << ": " << events.error().detail;
    const Report report = check_all(*events, {}, model == "kv-append" ? Model::kv : Model::cas_register);
    EXPECT_EQ(name_of(report.verdict), verdict) << file;
    EXPECT_EQ(name_of(check_all(*events).verdict), verdict) << file << ", its model guessed";
    ++compared;
  }
  EXPECT_EQ(compared, 116);
}

TEST(Corpora, the_model_is_guessed_from_the_file) {
  if (!std::filesystem::exists(corpora())) {
    GTEST_SKIP() << "SKIPPED: there are no recorded histories in " << corpora();
  }
  EXPECT_EQ(guess_model(*read_events(corpora() / "kv" / "c01-ok.txt")), Model::kv);
  EXPECT_EQ(guess_model(*read_events(corpora() / "etcd" / "etcd_000.log")), Model::cas_register);
}

}  // namespace
}  // namespace stalemate::test
