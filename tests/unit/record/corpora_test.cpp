// Other people's recorded histories: those of tests/data/corpora, and those that may not be given away with the
// project.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "data_files.hpp"
#include "record/foreign/export.hpp"
#include "record/foreign/import.hpp"

namespace stalemate {
namespace {

std::filesystem::path corpora() {
  return test::data_folder() / "corpora";
}

std::vector<std::filesystem::path> histories_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".edn" || extension == ".log" || extension == ".txt") {
      files.push_back(entry.path());
    }
  }
  return files;
}

void expect_survives_every_format(const std::filesystem::path& file) {
  const Result<EventHistory> history = read_events(file);
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  EXPECT_FALSE(history->ops.empty()) << file;
  std::ostringstream edn;
  std::ostringstream json;
  std::ostringstream csv;
  write_edn(*history, edn);
  write_json_lines(*history, json);
  write_csv(*history, csv);
  EXPECT_EQ(parse_edn(edn.str(), "edn"), *history) << file;
  EXPECT_EQ(parse_json_lines(json.str(), "json"), *history) << file;
  EXPECT_EQ(parse_csv(csv.str(), "csv"), *history) << file;
}

TEST(Corpora, every_file_is_read_and_survives_every_format) {
  const std::vector<std::filesystem::path> files = histories_in(corpora());
  EXPECT_EQ(files.size(), 56U);
  for (const auto& file : files) {
    expect_survives_every_format(file);
  }
}

TEST(Corpora, of_knossos_survive_every_format) {
  const std::filesystem::path folder = test::shared_corpora() / "cas-register";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "the histories of knossos (EPL) are not given away with the project, and not at " << folder;
  }
  for (const auto& file : histories_in(folder)) {
    expect_survives_every_format(file);
  }
}

TEST(Corpora, a_jepsen_log_has_the_ops_that_its_lines_tell) {
  const Result<EventHistory> history = read_events(corpora() / "etcd" / "etcd_000.log");
  ASSERT_TRUE(history.has_value());
  const EventOp& first = history->ops.front();
  EXPECT_EQ(first.kind, EventKind::read);
  EXPECT_EQ(history->processes[first.process], "0");
  EXPECT_EQ(first.outcome, Outcome::ok);
  EXPECT_EQ(first.value, nil_value);
  EXPECT_EQ(first.invocation, 0);
  EXPECT_EQ(first.completion, 6);
  EXPECT_FALSE(history->timed);
  EXPECT_EQ(history->keys, std::vector{nil_value});
}

TEST(Corpora, kv_files_have_keys_and_texts) {
  const Result<EventHistory> history = read_events(corpora() / "kv" / "c01-bad.txt");
  ASSERT_TRUE(history.has_value());
  const EventOp& first = history->ops.front();
  EXPECT_EQ(first.kind, EventKind::append);
  EXPECT_EQ(history->values.edn(history->keys[first.key]), "\"0\"");
  EXPECT_EQ(history->values.text(first.value), "x 0 0 y");
  EXPECT_EQ(history->keys.size(), 8U);
}

}  // namespace
}  // namespace stalemate
