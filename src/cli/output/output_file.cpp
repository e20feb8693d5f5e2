#include "cli/output/output_file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <unistd.h>

#include "cli/output/results_folder.hpp"
#include "cli/text/say.hpp"

namespace stalemate {
namespace {

namespace fs = std::filesystem;

bool is_special(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_regular_file(path, ignored);
}

// The system's reason why no file can be made in the folder; 0 if one can.
int try_to_write_in(const fs::path& folder) {
  std::string trial = (folder / ".trial-XXXXXX").native();
  const int file = ::mkstemp(trial.data());
  if (file < 0) {
    return errno;
  }
  ::close(file);
  ::unlink(trial.c_str());
  return 0;
}

}  // namespace

bool is_standard_output(std::string_view path) {
  return path == "-";
}

Result<void> check_output_file(std::string_view flag, const std::string& path) {
  if (is_standard_output(path)) {
    return {};
  }
  if (path.empty()) {
    return failed(ErrorCode::wrong_type,
                  fmt::format("{}: '' names no file; give a name, or - for standard output", flag));
  }
  std::error_code ignored;
  int problem = 0;
  if (fs::is_directory(path, ignored)) {
    problem = EISDIR;
  } else if (is_special(path)) {
    problem = ::access(path.c_str(), W_OK) == 0 ? 0 : errno;
  } else {
    const fs::path folder = fs::path(path).parent_path();
    problem = try_to_write_in(folder.empty() ? "." : folder);
  }
  return problem == 0 ? Result<void>()
                      : failed(ErrorCode::wrong_type, fmt::format("{}: cannot write {}: {}; name another file", flag,
                                                                  path, std::generic_category().message(problem)));
}

Result<void> write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return failed(ErrorCode::defect, std::generic_category().message(errno));
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> write_output_file(std::string_view flag, const std::string& path, std::string_view text) {
  if (is_standard_output(path)) {
    fmt::print("{}", text);
    return {};
  }
  Result<void> written;
  if (is_special(path)) {
    std::ofstream file(path, std::ios::binary);
    file << text << std::flush;
    written = file ? Result<void>() : failed(ErrorCode::defect, fmt::format("cannot write {}", path));
  } else {
    written = write_file(path, text);
  }
  if (!written) {
    return failed(ErrorCode::defect, fmt::format("{}: {}", flag, written.error().detail));
  }
  note(fmt::format("{}: {} is written", flag, path));
  return {};
}

}  // namespace stalemate
