#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "application/application.hpp"
#include "live/program.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Init, writes_a_file_that_is_read_without_a_mistake) {
  const OwnFolder folder;
  const Ended ended = run_stalemate(folder.path(), {"init"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, HasSubstr("wrote shop.toml"));
  const Result<Application> application = load_application(folder.path() / "shop.toml");
  ASSERT_TRUE(application) << application.error().detail;
  EXPECT_EQ(application->name, "shop");
  EXPECT_EQ(application->folder, folder.path());
}

TEST(Init, never_overwrites) {
  const OwnFolder folder;
  folder.write("mine.toml", "precious");
  const Ended ended = run_stalemate(folder.path(), {"init", "mine.toml"});
  EXPECT_EQ(ended.code, 64);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.err, "stalemate: mine.toml is there already, and is left as it is; name another file\n");
  EXPECT_EQ(text_of_file(folder.path() / "mine.toml"), "precious");
  std::filesystem::create_symlink("nowhere.toml", folder.path() / "link.toml");
  EXPECT_EQ(run_stalemate(folder.path(), {"init", "link.toml"}).code, 64);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "nowhere.toml"));
}

TEST(Init, says_why_it_cannot_write) {
  const OwnFolder folder;
  const Ended ended = run_stalemate(folder.path(), {"init", "no/such/folder.toml"});
  EXPECT_EQ(ended.code, 64);
  EXPECT_EQ(ended.err, "stalemate: no/such/folder.toml cannot be written: No such file or directory\n");
}

}  // namespace
}  // namespace stalemate
