// Pages that hold what the program says of itself; UPDATE_GOLDEN=1 writes them anew.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace stalemate {

/// The part of the page between the two lines is this text, or becomes it. `path` is from the project's folder.
inline void expect_generated(const std::string& path, const std::string& begin, const std::string& end,
                             const std::string& text) {
  const std::string file = STALEMATE_SOURCE_DIR "/" + path;
  std::ifstream in(file, std::ios::binary);
  std::string page(std::istreambuf_iterator<char>(in), {});
  const std::size_t at_begin = page.find(begin);
  ASSERT_NE(at_begin, std::string::npos) << path;
  const std::size_t from = at_begin + begin.size();
  const std::size_t to = page.find(end, from);
  ASSERT_NE(to, std::string::npos) << path;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here sets the environment
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    page.replace(from, to - from, text);
    std::ofstream(file, std::ios::binary) << page;
    return;
  }
  EXPECT_EQ(page.substr(from, to - from), text) << "Run the test again with UPDATE_GOLDEN=1.";
}

}  // namespace stalemate
