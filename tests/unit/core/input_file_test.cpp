// Input files: a regular file within its limit is read whole; anything else is refused at once, with a sentence.
#include "core/input_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

namespace stalemate {
namespace {

using testing::HasSubstr;

constexpr InputLimit limit = {.what = "a scenario", .bytes_max = 1024};

class InputFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "stalemate-input-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path written(const std::string& text) const {
    std::ofstream(folder_ / "file") << text;
    return folder_ / "file";
  }
  static std::string refusal_of(const std::filesystem::path& path) {
    const Result<std::string> text = read_input(path, limit);
    EXPECT_FALSE(text.has_value());
    EXPECT_EQ(text ? ErrorCode::none : text.error().code, ErrorCode::wrong_type);
    return text ? "" : text.error().detail;
  }

  std::filesystem::path folder_ = {};
};

TEST_F(InputFiles, are_read_whole_up_to_their_limit) {
  EXPECT_EQ(read_input(written(""), limit), "");
  EXPECT_EQ(read_input(written(std::string(1024, 'x')), limit), std::string(1024, 'x'));
}

TEST_F(InputFiles, that_are_too_long_are_refused_before_they_are_read) {
  EXPECT_THAT(refusal_of(written(std::string(1025, 'x'))),
              testing::EndsWith("/file: it has 1025 bytes, and a scenario has at most 1 KiB"));
  std::filesystem::resize_file(folder_ / "file", std::uintmax_t{1} << 42U);
  EXPECT_THAT(refusal_of(folder_ / "file"), HasSubstr("it has 4 TiB, and"));
}

TEST_F(InputFiles, whose_length_the_system_does_not_tell_are_bounded_all_the_same) {
  EXPECT_THAT(refusal_of("/proc/kallsyms"), HasSubstr("it has more than that"));
}

TEST_F(InputFiles, are_regular_files_and_nothing_else) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal_of(folder_ / "pipe"), HasSubstr("it is a pipe, not a file"));
  EXPECT_THAT(refusal_of("/dev/zero"), HasSubstr("it is a device, not a file"));
  EXPECT_THAT(refusal_of(folder_), HasSubstr("it is a folder"));
  EXPECT_THAT(refusal_of(folder_ / "nothing"), HasSubstr("No such file or directory"));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  std::strncpy(address.sun_path, (folder_ / "socket").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(refusal_of(folder_ / "socket"), HasSubstr("it is a socket"));
  ::close(socket);
}

TEST_F(InputFiles, can_be_read_in_part) {
  Result<InputFile> file = InputFile::open(written("abcdef"), limit);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->size_bytes(), 6U);
  EXPECT_EQ(file->read(4), "abcd");
  EXPECT_EQ(file->read(4), "ef");
}

}  // namespace
}  // namespace stalemate
