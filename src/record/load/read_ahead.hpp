// ReadAhead: brings a file from the disk into the system's memory, some way ahead of who reads it.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <thread>

namespace stalemate {

/// A thread of its own asks for one piece after the other, in order, which is how disks and systems are fastest; those
/// who work on a mapped file, here and there at once, find it there. It does nothing but that: without it all works.
class ReadAhead {
 public:
  /// A file that is small, or cannot be opened, is left alone.
  ReadAhead(const std::filesystem::path& path, std::uint64_t size_bytes);
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead();

  /// How far the file is being worked on. Any thread.
  void reached(std::uint64_t offset);

 private:
  void run(int file);

  std::atomic<std::uint64_t> end_;  // no more than up to here may be asked for; 0: no more at all
  std::jthread thread_;
};

}  // namespace stalemate
