#include "core/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace stalemate {
namespace {

std::unexpected<Error> cannot_read(const std::filesystem::path& path, std::string_view why) {
  return failed(ErrorCode::wrong_type, "cannot read " + path.string() + ": " + std::string(why));
}

std::unexpected<Error> cannot_read(const std::filesystem::path& path, int error_number) {
  return cannot_read(path, std::generic_category().message(error_number));
}

/// What stands there in place of a file, as a part of a sentence.
std::string_view words_of_mode(mode_t mode) {
  if (S_ISDIR(mode)) {
    return "it is a folder";
  }
  if (S_ISFIFO(mode)) {
    return "it is a pipe, not a file";
  }
  return S_ISSOCK(mode) ? "it is a socket, not a file" : "it is a device, not a file";
}

std::string words_of_size(std::uint64_t bytes) {
  constexpr std::string_view units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  std::uint64_t number = bytes;
  for (; number >= 1024 && number % 1024 == 0 && unit + 1 < std::size(units); ++unit) {
    number /= 1024;
  }
  return std::to_string(number) + " " + std::string(units[unit]);
}

std::string too_long(const InputLimit& limit, const std::string& has) {
  return "it has " + has + ", and " + std::string(limit.what) + " has at most " + words_of_size(limit.bytes_max);
}

}  // namespace

Result<InputFile> InputFile::open(const std::filesystem::path& path, const InputLimit& limit) {
  // O_NONBLOCK: a pipe that nobody writes to would be waited for.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) {
    return cannot_read(path, errno == ENXIO ? std::string("it is a socket or a device, not a file")
                                            : std::generic_category().message(errno));
  }
  InputFile file(path, descriptor);
  struct stat facts = {};
  if (::fstat(descriptor, &facts) != 0) {
    return cannot_read(path, errno);
  }
  if (!S_ISREG(facts.st_mode)) {
    return cannot_read(path, words_of_mode(facts.st_mode));
  }
  file.size_bytes_ = static_cast<std::uint64_t>(facts.st_size);
  if (file.size_bytes_ > limit.bytes_max) {
    return cannot_read(path, too_long(limit, words_of_size(file.size_bytes_)));
  }
  return file;
}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_bytes_(other.size_bytes_) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Result<std::string> InputFile::read(std::uint64_t bytes_max) {
  constexpr std::uint64_t piece_bytes = std::uint64_t{1} << 20U;
  std::string text;
  text.reserve(std::min(size_bytes_, bytes_max));
  while (text.size() < bytes_max) {
    const std::size_t before = text.size();
    text.resize(before + std::min(piece_bytes, bytes_max - before));
    const ssize_t taken = ::read(descriptor_, text.data() + before, text.size() - before);
    if (taken < 0 && errno != EINTR) {
      return cannot_read(path_, errno);
    }
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(taken, 0)));
    if (taken == 0) {
      break;
    }
  }
  return text;
}

Result<std::string> read_input(const std::filesystem::path& path, const InputLimit& limit) {
  Result<InputFile> file = InputFile::open(path, limit);
  if (!file) {
    return std::unexpected(file.error());
  }
  Result<std::string> text = file->read(limit.bytes_max + 1);
  if (text && text->size() > limit.bytes_max) {
    return cannot_read(path, too_long(limit, "more than that"));
  }
  return text;
}

}  // namespace stalemate
