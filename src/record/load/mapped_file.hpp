// MappedFile: a file's bytes as memory, read-only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/input_file.hpp"
#include "record/load/cut_guard.hpp"

namespace stalemate {

/// Movable, not copyable. If another program truncates the file while it is mapped, the lost part reads as zeros; a
/// file that grows is seen as it was when opened.
class MappedFile {
 public:
  /// Errors: as InputFile::open; ErrorCode::unavailable, it cannot be mapped: with the path and the system's reason.
  [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path, const InputLimit& limit);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  /// Checks, after everything was read, that all of it was there.
  /// Errors: ErrorCode::unavailable, if the file got shorter since it was opened.
  [[nodiscard]] Result<void> check_whole() const;
  /// `read`, or the error of check_whole.
  template <class Read>
  [[nodiscard]] Result<Read> if_whole(Result<Read> read) const {
    if (Result<void> whole = check_whole(); !whole) {
      return std::unexpected(std::move(whole.error()));
    }
    return read;
  }

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }
  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  MappedFile() = default;
  std::filesystem::path path_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<CutGuard> guard_;
};

/// Tells the system that bytes `begin` to `end` of a MappedFile's are not needed in this process's memory any more.
/// They can still be read. Both ends are taken down to a multiple of 2 MiB, so that ranges that follow one another are
/// forgotten whole and the system need not take large pages apart. Any thread.
void forget_mapped(std::span<const std::byte> mapped, std::uint64_t begin, std::uint64_t end);

}  // namespace stalemate
