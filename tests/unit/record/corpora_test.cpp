// Other people's recorded histories, from ../shared/corpora beside the project.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>

#include "record/export.hpp"
#include "record/import.hpp"

namespace stalemate {
namespace {

std::filesystem::path corpora() {
  return std::filesystem::path(STALEMATE_SOURCE_DIR) / ".." / "shared" / "corpora";
}

std::vector<std::filesystem::path> corpus_files() {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::exists(corpora())) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(corpora())) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".edn" || extension == ".log" || extension == ".txt") {
        files.push_back(entry.path());
      }
    }
  }
  return files;
}

class Corpora : public testing::Test {
 protected:
  void SetUp() override {
    if (corpus_files().empty()) {
      std::cerr << "SKIPPED LOUDLY: there are no recorded histories at " << corpora() << "\n";
      GTEST_SKIP();
    }
  }
};

TEST_F(Corpora, every_file_is_read) {
  std::map<std::string, int> formats;
  for (const auto& file : corpus_files()) {
    const Result<EventHistory> history = read_events(file);
    ASSERT_TRUE(history.has_value()) << history.error().detail;
    EXPECT_FALSE(history->ops.empty()) << file;
    ++formats[file.extension().string()];
  }
  EXPECT_EQ(formats[".log"], 52);
  EXPECT_EQ(formats[".edn"] + formats[".log"] + formats[".txt"], 116);
}

TEST_F(Corpora, a_jepsen_log_has_the_ops_that_its_lines_tell) {
  const Result<EventHistory> history = read_events(corpora() / "etcd" / "etcd_000.log");
  ASSERT_TRUE(history.has_value());
  const EventOp& first = history->ops.front();
  EXPECT_EQ(first.kind, EventKind::read);
  EXPECT_EQ(history->processes[first.process], 0);
  EXPECT_EQ(first.outcome, Outcome::ok);
  EXPECT_EQ(first.value, nil_value);
  EXPECT_EQ(first.invocation, 0);
  EXPECT_EQ(first.completion, 6);
  EXPECT_FALSE(history->timed);
  EXPECT_EQ(history->keys, std::vector{nil_value});
}

TEST_F(Corpora, kv_files_have_keys_and_texts) {
  const Result<EventHistory> history = read_events(corpora() / "kv" / "c01-bad.txt");
  ASSERT_TRUE(history.has_value());
  const EventOp& first = history->ops.front();
  EXPECT_EQ(first.kind, EventKind::append);
  EXPECT_EQ(history->values.edn(history->keys[first.key]), "\"0\"");
  EXPECT_EQ(history->values.text(first.value), "x 0 0 y");
  EXPECT_EQ(history->keys.size(), 8U);
}

TEST_F(Corpora, every_file_survives_every_format) {
  for (const auto& file : corpus_files()) {
    const Result<EventHistory> history = read_events(file);
    ASSERT_TRUE(history.has_value());
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
}

}  // namespace
}  // namespace stalemate
