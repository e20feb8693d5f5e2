// Histories recorded by others, whose verdicts are known.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "check/check.hpp"
#include "data_files.hpp"
#include "record/foreign/import.hpp"

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

}  // namespace
}  // namespace stalemate::test
