// The rules, applied to the project itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include "tidy/rules.hpp"

namespace stalemate::tidy {
namespace {

namespace fs = std::filesystem;

// Files that may be longer than 400 lines, each with its reason.
const std::set<std::string> long_files = {};

const fs::path root = STALEMATE_SOURCE_DIR;

bool exists_in_project(const std::string& path) {
  return fs::exists(root / path);
}

std::string text_of(const std::string& path) {
  std::ifstream stream(root / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// Paths from the root of all files below `folder` with one of these endings, sorted.
std::set<std::string> files_below(const std::string& folder, std::initializer_list<std::string_view> endings) {
  std::set<std::string> paths;
  if (!fs::exists(root / folder)) {
    return paths;
  }
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    const std::string path = fs::relative(entry.path(), root).string();
    if (entry.is_regular_file() && path.find("node_modules/") == std::string::npos &&
        std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); })) {
      paths.insert(path);
    }
  }
  return paths;
}

std::map<std::string, std::unique_ptr<SourceFile>> all_sources() {
  std::map<std::string, std::unique_ptr<SourceFile>> sources;
  for (const char* folder : {"src", "tests", "bench"}) {
    for (const std::string& path : files_below(folder, {".cpp", ".hpp"})) {
      sources.emplace(path, std::make_unique<SourceFile>(path, text_of(path)));
    }
  }
  return sources;
}

std::set<std::string> all_documents() {
  std::set<std::string> paths = files_below("docs", {".md"});
  paths.merge(files_below("packaging", {".md"}));
  if (exists_in_project("README.md")) {
    paths.insert("README.md");
  }
  return paths;
}

void expect_none(const Findings& findings) {
  for (const std::string& sentence : findings) {
    ADD_FAILURE() << sentence;
  }
}

TEST(Tree, keeps_to_who_may_include_whom) {
  for (const auto& [path, file] : all_sources()) {
    expect_none(check_includes(*file, exists_in_project));
  }
}

TEST(Tree, is_deterministic_where_it_says_so) {
  const auto sources = all_sources();
  for (const auto& [path, file] : sources) {
    const auto sibling = file->is_header() ? sources.end() : sources.find(path.substr(0, path.rfind('.')) + ".hpp");
    expect_none(check_determinism(*file, sibling == sources.end() ? nullptr : sibling->second.get()));
  }
}

TEST(Tree, builds_no_temporary_in_a_co_await) {
  for (const auto& [path, file] : all_sources()) {
    expect_none(check_coroutines(*file));
  }
}

TEST(Tree, has_one_type_for_one_name) {
  const auto sources = all_sources();
  std::vector<const SourceFile*> files;
  for (const auto& [path, file] : sources) {
    files.push_back(file.get());
  }
  expect_none(check_type_names(files));
}

TEST(Tree, keeps_its_form) {
  const auto sources = all_sources();
  ASSERT_GT(sources.size(), 20U);
  for (const auto& [path, file] : sources) {
    expect_none(check_form(*file, long_files, exists_in_project));
  }
  for (const std::string& path : long_files) {
    EXPECT_TRUE(sources.contains(path)) << path << " may be long, but it is not there";
  }
}

TEST(Tree, leaves_no_work_undone) {
  for (const auto& [path, file] : all_sources()) {
    expect_none(check_markers(path, file->text));
  }
  for (const char* folder : {"docs", "packaging", "scenarios", "cmake", "web"}) {
    for (const std::string& path : files_below(folder, {".md", ".toml", ".cmake", ".txt", ".yml", ".sh", ".ts"})) {
      expect_none(check_markers(path, text_of(path)));
    }
  }
  for (const char* path : {"dev", "README.md", "CMakeLists.txt", "src/CMakeLists.txt", "tests/CMakeLists.txt"}) {
    expect_none(check_markers(path, text_of(path)));
  }
}

TEST(Tree, has_no_dead_links) {
  for (const std::string& path : all_documents()) {
    expect_none(check_links(path, text_of(path), exists_in_project));
  }
}

TEST(Tree, describes_every_room) {
  std::vector<std::string> rooms;
  for (const auto& entry : fs::directory_iterator(root / "src")) {
    if (entry.is_directory() && !fs::is_empty(entry.path())) {
      rooms.push_back(entry.path().filename().string());
    }
  }
  ASSERT_FALSE(rooms.empty());
  expect_none(check_rooms_are_described(rooms, text_of("docs/whats-here.md")));
}

}  // namespace
}  // namespace stalemate::tidy
