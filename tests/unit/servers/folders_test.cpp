#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <set>
#include <string>

#include "servers/engines/binaries.hpp"
#include "servers/keeper/account.hpp"
#include "servers/keeper/folders.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat facts = {};
  return lstat(path.c_str(), &facts) == 0 ? facts.st_mode & 0777U : 0;
}

TEST(BaseFolder, is_made_for_us_alone) {
  const OwnFolder around;
  const auto base = open_base_folder(around.path() / "base");
  ASSERT_TRUE(base) << base.error().detail;
  EXPECT_EQ(mode_of(*base), passage_mode());
  EXPECT_EQ(mode_of(*base) & 0066U, 0U);
  EXPECT_TRUE(open_base_folder(*base)) << "a second time it is there";
}

TEST(BaseFolder, is_refused_when_it_is_a_symlink) {
  const OwnFolder around;
  std::filesystem::create_directory(around.path() / "elsewhere");
  std::filesystem::create_directory_symlink(around.path() / "elsewhere", around.path() / "base");
  const auto base = open_base_folder(around.path() / "base");
  ASSERT_FALSE(base);
  EXPECT_THAT(base.error().detail, HasSubstr("not a folder of ours"));
}

TEST(BaseFolder, is_refused_when_it_is_a_file) {
  const OwnFolder around;
  EXPECT_FALSE(open_base_folder(around.write("base", "")));
}

TEST(BaseFolder, is_refused_when_others_may_write_to_it) {
  const OwnFolder around;
  for (const mode_t mode : {0777U, 0720U, 0702U}) {
    chmod(around.path().c_str(), mode);
    const auto base = open_base_folder(around.path());
    ASSERT_FALSE(base) << mode;
    EXPECT_THAT(base.error().detail, HasSubstr("others may write"));
  }
}

TEST(BaseFolder, is_refused_when_somebody_else_owns_it) {
  if (geteuid() == 0) {
    const OwnFolder around;
    ASSERT_EQ(chown(around.path().c_str(), 65534, 65534), 0);
    const auto base = open_base_folder(around.path());
    ASSERT_FALSE(base);
    EXPECT_THAT(base.error().detail, HasSubstr("belongs to user 65534"));
  } else {
    const auto base = open_base_folder("/");
    ASSERT_FALSE(base);
    EXPECT_THAT(base.error().detail, HasSubstr("belongs to user 0"));
  }
}

TEST(RunFolders, are_swept_once_nobody_holds_their_lock) {
  const OwnFolder base;
  auto living = make_run_folder(base.path());
  ASSERT_TRUE(living);
  std::filesystem::path dead;
  {
    auto dying = make_run_folder(base.path());
    ASSERT_TRUE(dying);
    dead = dying->path;
    std::filesystem::create_directories(dead / "postgres" / "data");
  }
  EXPECT_EQ(sweep_run_folders(base.path()), 1);
  EXPECT_TRUE(std::filesystem::exists(living->path));
  EXPECT_FALSE(std::filesystem::exists(dead));
  EXPECT_EQ(sweep_run_folders(base.path()), 0);
}

TEST(RunFolders, are_all_the_sweep_touches) {
  const OwnFolder base;
  const OwnFolder target;
  std::filesystem::create_directory(base.path() / "up-before");
  std::filesystem::create_directory(base.path() / "mine");
  base.write("run-file", "");
  target.write("precious", "");
  std::filesystem::create_directory_symlink(target.path(), base.path() / "run-link");
  EXPECT_EQ(sweep_run_folders(base.path()), 0);
  for (const char* const name : {"up-before", "mine", "run-file", "run-link"}) {
    EXPECT_TRUE(std::filesystem::exists(base.path() / name)) << name;
  }
  EXPECT_TRUE(std::filesystem::exists(target.path() / "precious"));
}

TEST(RunFolders, are_removed_without_following_links_out_of_them) {
  const OwnFolder base;
  const OwnFolder target;
  target.write("precious", "");
  std::filesystem::create_directory_symlink(target.path(), base.path() / "out");
  std::filesystem::create_directory(base.path() / "gone");
  std::filesystem::rename(base.path() / "out", base.path() / "gone" / "out");
  EXPECT_TRUE(remove_servers_folder(base.path() / "gone"));
  EXPECT_FALSE(std::filesystem::exists(base.path() / "gone"));
  EXPECT_TRUE(std::filesystem::exists(target.path() / "precious"));
  EXPECT_TRUE(remove_servers_folder(base.path() / "gone")) << "a second time there is nothing to do";
}

TEST(PrivateFile, is_readable_by_its_owner_alone_and_never_replaces) {
  const OwnFolder folder;
  ASSERT_TRUE(write_private_file(folder.path() / "secret", "x", std::nullopt));
  EXPECT_EQ(mode_of(folder.path() / "secret"), 0600U);
  EXPECT_FALSE(write_private_file(folder.path() / "secret", "y", std::nullopt));
  ASSERT_TRUE(make_private_folder(folder.path() / "inner", std::nullopt));
  EXPECT_EQ(mode_of(folder.path() / "inner"), 0700U);
}

TEST(Password, is_another_each_time_and_fits_a_url) {
  std::set<std::string> seen;
  for (int count = 0; count < 100; ++count) {
    const std::string password = random_password();
    EXPECT_EQ(password.size(), 32U);
    EXPECT_EQ(password.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(seen.insert(password).second);
  }
}

TEST(Account, of_a_server_is_never_root) {
  constexpr std::array<std::string_view, 2> names = {"no-such-account", "root"};
  const auto account = account_for(names);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->has_value(), geteuid() == 0);
  if (*account) {
    EXPECT_EQ((*account)->name, "nobody");
    EXPECT_NE((*account)->user, 0U);
  }
}

TEST(PathFolders, keep_their_order_and_leave_the_working_folder_out) {
  EXPECT_THAT(folders_of_path("/a:/b::/c:"), ElementsAre("/a", "/b", "/c"));
  EXPECT_TRUE(folders_of_path("").empty());
  EXPECT_TRUE(folders_of_path(":").empty());
}

TEST(VersionedFolders, come_newest_first_by_number) {
  const OwnFolder folder;
  for (const char* const version : {"9.6", "15", "9.10", "16", "notes", "15.x"}) {
    std::filesystem::create_directories(folder.path() / version / "bin");
  }
  EXPECT_THAT(versioned_folders(folder.path()), ElementsAre(folder.path() / "16/bin", folder.path() / "15/bin",
                                                            folder.path() / "9.10/bin", folder.path() / "9.6/bin"));
  EXPECT_TRUE(versioned_folders(folder.path() / "absent").empty());
}

TEST(ProgramFolder, is_the_first_that_holds_all_of_them) {
  const OwnFolder folder;
  std::filesystem::create_directory(folder.path() / "half");
  std::filesystem::create_directory(folder.path() / "whole");
  for (const char* const program : {"half/one", "whole/one", "whole/two", "half/two"}) {
    chmod(folder.write(program, "").c_str(), std::string_view(program) == "half/two" ? 0600 : 0700);
  }
  const std::array<std::filesystem::path, 3> folders = {folder.path() / "absent", folder.path() / "half",
                                                        folder.path() / "whole"};
  constexpr std::array<std::string_view, 2> programs = {"one", "two"};
  EXPECT_EQ(folder_with(folders, programs), folder.path() / "whole");
}

TEST(Binaries, that_are_missing_are_told_with_what_to_do) {
  const auto cockroach = find_cockroach("/no/such/cockroach");
  ASSERT_FALSE(cockroach);
  EXPECT_EQ(cockroach.error().code, ErrorCode::unavailable);
  EXPECT_THAT(cockroach.error().detail, HasSubstr("'/no/such/cockroach' is not a program"));
}

}  // namespace
}  // namespace stalemate
