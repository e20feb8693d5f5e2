// Texts compared with files: tests/unit/report/golden/NAME. UPDATE_GOLDEN=1 in the environment rewrites them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace stalemate {

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::filesystem::path source_path(std::string_view path) {
  return std::filesystem::path(STALEMATE_SOURCE_DIR) / path;
}

inline bool updates_golden() {
  const char* wish = std::getenv("UPDATE_GOLDEN");  // NOLINT(concurrency-mt-unsafe): nothing here sets the environment
  return wish != nullptr && std::string_view(wish) == "1";
}

inline void expect_golden(const std::string& text, std::string_view name) {
  const auto path = source_path("tests/unit/report/golden") / name;
  if (updates_golden()) {
    std::ofstream(path, std::ios::binary) << text;
  }
  EXPECT_EQ(text, text_of_file(path)) << "If this is right, run the test again with UPDATE_GOLDEN=1: " << path;
}

}  // namespace stalemate
