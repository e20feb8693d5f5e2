#include "record/load/mapped_file.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace stalemate {
namespace {

std::unexpected<Error> cannot_read(const std::filesystem::path& path, const std::string& why) {
  return failed(ErrorCode::unavailable, "cannot read " + path.string() + ": " + why);
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path, const InputLimit& limit) {
  const Result<InputFile> file = InputFile::open(path, limit);
  if (!file) {
    return std::unexpected(file.error());
  }
  MappedFile mapped;
  mapped.path_ = path;
  if (file->size_bytes() > 0) {
    void* const data = ::mmap(nullptr, file->size_bytes(), PROT_READ, MAP_PRIVATE, file->descriptor(), 0);
    if (data == MAP_FAILED) {
      return cannot_read(path, std::generic_category().message(errno));
    }
    mapped.data_ = static_cast<std::byte*>(data);
    mapped.size_ = file->size_bytes();
    mapped.guard_ = std::make_unique<CutGuard>(mapped.data_, mapped.size_);
    ::madvise(data, mapped.size_, MADV_SEQUENTIAL);  // a hint only
  }
  return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      guard_(std::move(other.guard_)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(guard_, other.guard_);
  return *this;
}

MappedFile::~MappedFile() {
  guard_.reset();
  if (data_ != nullptr) {
    ::munmap(data_, size_);
  }
}

Result<void> MappedFile::check_whole() const {
  if (guard_ != nullptr && guard_->was_cut()) {
    return cannot_read(path_, "it got shorter while it was read");
  }
  return {};
}

void forget_mapped(std::span<const std::byte> mapped, std::uint64_t begin, std::uint64_t end) {
  constexpr std::uintptr_t unit = std::uintptr_t{2} << 20U;
  const auto first = reinterpret_cast<std::uintptr_t>(mapped.data());
  const auto place_of = [first](std::uint64_t offset) { return std::max(first, (first + offset) / unit * unit); };
  if (place_of(begin) < place_of(end)) {
    void* const data = const_cast<std::byte*>(mapped.data()) + (place_of(begin) - first);
    ::madvise(data, place_of(end) - place_of(begin), MADV_DONTNEED);
  }
}

}  // namespace stalemate
