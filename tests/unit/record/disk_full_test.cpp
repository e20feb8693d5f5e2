// What happens when the disk does not take the history: nothing is lost in silence, and what was written is readable.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <thread>

#include "record/history_reader.hpp"
#include "record/history_writer.hpp"
#include "temporary_folder.hpp"

namespace stalemate {
namespace {

constexpr OpIndex many_ops = 400'000;

HistoryHeader small_header() {
  return {.key_count = 1, .client_count = 1};
}

Op op_of(OpIndex index) {
  return Op{.index = index, .outcome = Outcome::ok, .invocation_ns = index, .completion_ns = index + 1};
}

/// Appends until the writer says that it has failed; how many ops were appended.
OpIndex append_until_failed(HistoryWriter& writer, OpIndex ops_max) {
  OpIndex index = 0;
  while (index < ops_max && !writer.has_failed()) {
    writer.lane(0).append(op_of(index++));
  }
  return index;
}

void expect_readable_and_truncated(const std::filesystem::path& path, OpIndex appended, std::uint64_t lost) {
  const Result<History> history = read_history(path);
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  EXPECT_FALSE(history->is_complete());
  EXPECT_FALSE(history->truncation.empty());
  EXPECT_GT(history->ops().size(), 0U);
  EXPECT_EQ(history->ops().size() + lost, appended);
  for (const OpRecord& op : history->ops()) {
    ASSERT_EQ(op.invocation_ns(), op.index());
  }
}

TEST(DiskFull, a_limit_of_file_size_ends_the_recording_with_a_readable_history) {
  const TemporaryFolder folder;
  rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit limit = before;
  limit.rlim_cur = 1'000'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  // SIGXFSZ would end this process if the writer's thread did not block it.
  auto writer = HistoryWriter::create(folder.file("h"), small_header(), {});
  ASSERT_TRUE(writer.has_value());
  const OpIndex appended = append_until_failed(**writer, many_ops);
  const Result<void> closed = (*writer)->close({});
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(closed.has_value());
  EXPECT_TRUE((*writer)->has_failed());
  EXPECT_EQ(closed.error().code, ErrorCode::unavailable);
  EXPECT_NE(closed.error().detail.find("File too large"), std::string::npos) << closed.error().detail;
  expect_readable_and_truncated(folder.file("h"), appended, (*writer)->records_lost());
}

TEST(DiskFull, a_full_file_system_ends_the_recording_with_a_readable_history) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("small"));
  if (::mount("tmpfs", folder.file("small").c_str(), "tmpfs", 0, "size=1m") != 0) {
    GTEST_SKIP() << "a small file system can be mounted as root only";
  }
  {
    auto writer = HistoryWriter::create(folder.file("small/h"), small_header(), {});
    EXPECT_TRUE(writer.has_value());
    const OpIndex appended = append_until_failed(**writer, many_ops);
    const Result<void> closed = (*writer)->close({});
    EXPECT_FALSE(closed.has_value());
    EXPECT_NE(closed.error().detail.find("No space left on device"), std::string::npos) << closed.error().detail;
    expect_readable_and_truncated(folder.file("small/h"), appended, (*writer)->records_lost());
  }
  ASSERT_EQ(::umount(folder.file("small").c_str()), 0);
}

TEST(DiskFull, a_full_device_is_refused_when_the_history_is_created) {
  const auto writer = HistoryWriter::create("/dev/full", small_header(), {});
  ASSERT_FALSE(writer.has_value());
  EXPECT_NE(writer.error().detail.find("/dev/full: No space left on device"), std::string::npos)
      << writer.error().detail;
}

TEST(DiskFull, a_folder_that_is_not_there_is_named) {
  const auto writer = HistoryWriter::create("/no/such/folder/h", small_header(), {});
  ASSERT_FALSE(writer.has_value());
  EXPECT_NE(writer.error().detail.find("/no/such/folder/h"), std::string::npos);
}

/// A "disk" that takes bytes only when the test wants: a named pipe.
class SlowDisk : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    end_ = ::open(path().c_str(), O_RDONLY | O_NONBLOCK);
    ASSERT_GE(end_, 0);
  }
  void TearDown() override { close_pipe(); }

  [[nodiscard]] std::filesystem::path path() const { return folder_.file("pipe"); }
  void close_pipe() {
    if (end_ >= 0) {
      ::close(end_);
      end_ = -1;
    }
  }
  /// Reads what there is, into `bytes`.
  void drain(std::vector<std::byte>& bytes) const {
    std::byte part[4096];
    for (ssize_t size = 0; (size = ::read(end_, part, sizeof part)) > 0;) {
      bytes.insert(bytes.end(), part, part + size);
    }
  }

 private:
  TemporaryFolder folder_;
  int end_ = -1;
};

TEST_F(SlowDisk, makes_append_wait_and_loses_nothing) {
  auto writer = HistoryWriter::create(path(), small_header(), {.buffer_bytes_max = 300'000});
  ASSERT_TRUE(writer.has_value());
  std::atomic<bool> is_done = false;
  std::jthread run([&] {
    for (OpIndex index = 0; index < 100'000; ++index) {
      (*writer)->lane(0).append(op_of(index));
    }
    EXPECT_TRUE((*writer)->close({}).has_value());
    is_done = true;
  });
  std::vector<std::byte> bytes;
  while ((*writer)->stalled_ns() == 0 && !is_done) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    drain(bytes);
  }
  while (!is_done) {
    drain(bytes);
    std::this_thread::yield();
  }
  drain(bytes);
  EXPECT_GT((*writer)->stalled_ns(), 0);
  EXPECT_EQ((*writer)->records_lost(), 0U);
  const Result<History> history = parse_history(bytes, "pipe");
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  EXPECT_TRUE(history->is_complete());
  EXPECT_EQ(history->ops().size(), 100'000U);
}

TEST_F(SlowDisk, that_stalls_too_long_ends_the_recording) {
  auto writer =
      HistoryWriter::create(path(), small_header(), {.buffer_bytes_max = 300'000, .stall_limit_ns = 50'000'000});
  ASSERT_TRUE(writer.has_value());
  append_until_failed(**writer, many_ops);
  ASSERT_TRUE((*writer)->has_failed());
  const Result<void> failure = (*writer)->failure();
  ASSERT_FALSE(failure.has_value());
  EXPECT_EQ(failure.error().code, ErrorCode::timed_out);
  (*writer)->lane(0).append(op_of(0));
  EXPECT_GT((*writer)->records_lost(), 0U);
  close_pipe();  // so that the writer's thread comes back from its write
}

}  // namespace
}  // namespace stalemate
