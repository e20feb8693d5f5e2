// InputFile: a file that a user named, opened so that it can neither hang the program nor fill its memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

/// What kind of input a file must be, and how long it may be.
struct InputLimit {
  std::string_view what = {};   ///< such as "a scenario": part of the sentence where it is too long
  std::uint64_t bytes_max = 0;  ///< a longer file is refused
};

/// A regular file, opened for reading. Anything else (a folder, a pipe, a device, a socket) is refused at once, before
/// it is read or waited for. Movable, not copyable.
class InputFile {
 public:
  /// Errors: ErrorCode::wrong_type, a sentence with the path and the system's reason, what it is instead of a file, or
  /// both lengths.
  [[nodiscard]] static Result<InputFile> open(const std::filesystem::path& path, const InputLimit& limit);

  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&& other) noexcept;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// When it was opened.
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  /// The rest of it, or its first `bytes_max` bytes if there are more. Errors: as open.
  [[nodiscard]] Result<std::string> read(std::uint64_t bytes_max);

 private:
  InputFile(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_bytes_ = 0;
};

/// The whole of a file. Errors: as InputFile::open; also one that grew beyond the limit while it was read.
[[nodiscard]] Result<std::string> read_input(const std::filesystem::path& path, const InputLimit& limit);

}  // namespace stalemate
