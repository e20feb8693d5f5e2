// ReadAhead: loads a file from the disk into the page cache, some way ahead of its readers.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <thread>

namespace stalemate {

/// Its thread reads one piece after the other, in order, as disks are fastest; threads that work at several places of
/// the mapped file then find the pages in memory. It is an optimisation only: everything works without it.
class ReadAhead {
 public:
  /// Does nothing for a file that is small or cannot be opened.
  ReadAhead(const std::filesystem::path& path, std::uint64_t size_bytes);
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead();

  /// How far the file is being worked on. Any thread.
  void reached(std::uint64_t offset);

 private:
  void run(int file);

  std::atomic<std::uint64_t> end_;  // reading ahead must not pass this; 0: stop
  std::jthread thread_;
};

}  // namespace stalemate
