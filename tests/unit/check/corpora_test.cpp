// Histories recorded by others, and in a format of ours that is no longer written, whose verdicts are known.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "check/causes/causes.hpp"
#include "check/causes/story.hpp"
#include "check/check.hpp"
#include "data_files.hpp"
#include "record/foreign/import.hpp"
#include "record/history_reader.hpp"

namespace stalemate::test {
namespace {

/// Those of the table whose file begins so; how many there were.
int compare_verdicts(const std::filesystem::path& folder, std::string_view beginning) {
  int compared = 0;
  for (const auto& row : rows_of(folder / "verdicts.tsv", 3)) {
    const std::string& file = row[0];
    if (!file.starts_with(beginning)) {
      continue;
    }
    const Result<EventHistory> events = read_events(folder / file);
    EXPECT_TRUE(events.has_value()) << file << ": " << (events ? "" : events.error().detail);
    if (events) {
      const Report report = check_all(*events, {}, row[1] == "kv-append" ? Model::kv : Model::cas_register);
      EXPECT_EQ(name_of(report.verdict), row[2]) << file;
      EXPECT_EQ(name_of(check_all(*events).verdict), row[2]) << file << ", its model guessed";
    }
    ++compared;
  }
  return compared;
}

TEST(Corpora, all_known_verdicts_agree) {
  EXPECT_EQ(compare_verdicts(data_folder() / "corpora", ""), 56);
}

TEST(Corpora, all_known_verdicts_of_knossos_agree) {
  if (!std::filesystem::exists(shared_corpora() / "cas-register")) {
    GTEST_SKIP() << "the histories of knossos (EPL) are not given away with the project, and not at "
                 << shared_corpora() << ", so 60 verdicts were NOT compared";
  }
  EXPECT_EQ(compare_verdicts(shared_corpora(), "cas-register/"), 60);
}

TEST(Corpora, the_model_is_guessed_from_the_file) {
  EXPECT_EQ(guess_model(*read_events(data_folder() / "corpora" / "kv" / "c01-ok.txt")), Model::kv);
  EXPECT_EQ(guess_model(*read_events(data_folder() / "corpora" / "etcd" / "etcd_000.log")), Model::cas_register);
}

/// The verdict and the stories of all stale reads.
std::string told_of(const History& history) {
  const Report report = check_all(history);
  CauseFinder finder(history);
  std::string told = std::string(name_of(report.verdict)) + "\n\n";
  for (const StaleRead& read : find_result(report, "stale-reads")->stale_reads) {
    told += story_of(history, finder.explain(read)) + "\n";
  }
  return told;
}

TEST(FormatOne, is_told_word_for_word_as_when_it_was_written) {
  const Result<History> history = read_history(data_folder() / "formats" / "format-1.stale");
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  EXPECT_EQ(told_of(*history), project_text("tests/data/formats/format-1.txt"));
}

TEST(FormatOne, counts_as_skipped_what_failed_by_a_fault_without_an_error_and_without_taking_time) {
  const Result<History> history = read_history(data_folder() / "formats" / "format-1.stale");
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  // Its results.json counted 25 skipped calls, and 4 that the database refused.
  EXPECT_EQ(std::ranges::count_if(history->steps(), &StepRecord::skipped), 25);
}

}  // namespace
}  // namespace stalemate::test
