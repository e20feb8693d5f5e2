#include "record/load/read_ahead.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <utility>

#include "core/try_start.hpp"

namespace stalemate {

namespace {

constexpr std::uint64_t small_bytes = std::uint64_t{4} << 20U;
/// Far enough ahead that the disk never idles, near enough that the pages are still in memory when needed.
constexpr std::uint64_t ahead_bytes = std::uint64_t{256} << 20U;
constexpr std::size_t piece_bytes = std::size_t{4} << 20U;

}  // namespace

ReadAhead::ReadAhead(const std::filesystem::path& path, std::uint64_t size_bytes) : end_(ahead_bytes) {
  const int file = size_bytes < small_bytes ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    Result<std::jthread> thread = try_start("to read ahead", [&] { return std::jthread([this, file] { run(file); }); });
    if (!thread) {
      ::close(file);
      return;
    }
    thread_ = std::move(*thread);
  }
}

ReadAhead::~ReadAhead() {
  end_ = 0;
  end_.notify_one();
}

void ReadAhead::reached(std::uint64_t offset) {
  std::uint64_t before = end_.load(std::memory_order_relaxed);
  while (before != 0 && before < offset + ahead_bytes && !end_.compare_exchange_weak(before, offset + ahead_bytes)) {
  }
  end_.notify_one();
}

/// Sending to nowhere reads the file without copying it.
void ReadAhead::run(int file) {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  std::uint64_t offset = 0;
  for (std::uint64_t end = end_; nowhere >= 0 && end != 0; end = end_) {
    if (offset >= end) {
      end_.wait(end);
      continue;
    }
    const ssize_t sent = ::sendfile(nowhere, file, nullptr, piece_bytes);
    if (sent <= 0) {
      break;
    }
    offset += static_cast<std::uint64_t>(sent);
  }
  ::close(nowhere);
  ::close(file);
}

}  // namespace stalemate
