#include "cli/output/results_folder.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "cli/output/output_file.hpp"

namespace stalemate {
namespace {

namespace fs = std::filesystem;

// Runs of one scenario that may begin in one second.
constexpr int same_second_max = 1000;
// Several times what results.json takes.
constexpr off_t reserved_bytes = 64 * 1024;

std::unexpected<Error> cannot(std::string_view what, const fs::path& path, int error) {
  return failed(ErrorCode::defect,
                fmt::format("cannot {} {}: {}", what, path.string(), std::generic_category().message(error)));
}

// Makes a folder in `wanted`, and `wanted` itself where it is not there, and removes them again: nothing else shows
// what root may do. The system's reason why it could not; 0 if it could.
int try_to_make(const fs::path& wanted) {
  std::error_code error;
  std::vector<fs::path> missing;
  for (fs::path path = fs::absolute(wanted, error); !error && !fs::exists(path, error) && path.has_relative_path();
       path = path.parent_path()) {
    missing.push_back(path);
  }
  error.clear();
  fs::create_directories(wanted, error);
  std::string trial = (wanted / ".trial-XXXXXX").native();
  int problem = error.value();
  if (problem == 0 && ::mkdtemp(trial.data()) == nullptr) {
    problem = errno;
  }
  if (problem == 0) {
    fs::remove(trial, error);
  }
  for (const fs::path& made : missing) {
    fs::remove(made, error);  // not where somebody else has put something into it
  }
  return problem;
}

}  // namespace

Result<void> check_results_base(const fs::path& base, std::string_view scenario) {
  const fs::path wanted = base / scenario;
  // Another run that begins at the same moment may remove what it has made between two steps of ours.
  constexpr int attempts_max = 5;
  int problem = 0;
  for (int attempt = 1; attempt <= attempts_max; ++attempt) {
    problem = try_to_make(wanted);
    if (problem != ENOENT) {
      break;
    }
  }
  if (problem == 0) {
    return {};
  }
  std::unexpected<Error> error = cannot("make the folder", wanted, problem);
  if (problem != ENOSPC && problem != EDQUOT && problem != EIO) {
    error.error().code = ErrorCode::wrong_type;
    error.error().detail += "; name another place for the runs with --out";
  }
  return error;
}

Result<ResultsFolder> make_results_folder(const fs::path& base, std::string_view scenario) {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  ResultsFolder folder;
  folder.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
  const std::string time = fmt::format("{:%Y-%m-%dT%H-%M-%SZ}", fmt::gmtime(now));
  const fs::path parent = base / scenario;
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) {
    return cannot("make the folder", parent, error.value());
  }
  for (int attempt = 1; attempt <= same_second_max; ++attempt) {
    folder.path = parent / (attempt == 1 ? time : fmt::format("{}-{}", time, attempt));
    if (fs::create_directory(folder.path, error)) {
      return folder;
    }
    if (error) {
      return cannot("make the folder", folder.path, error.value());
    }
  }
  return cannot("make the folder", folder.path, EEXIST);
}

void remove_results_folder(const ResultsFolder& folder) {
  std::error_code ignored;
  fs::remove_all(folder.path, ignored);
  fs::remove(folder.path.parent_path(), ignored);
}

ReservedSpace::ReservedSpace(const ResultsFolder& folder)
    : file_(::open((folder.path / ".reserved").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
  if (file_ >= 0) {
    ::unlink((folder.path / ".reserved").c_str());
    static_cast<void>(::posix_fallocate(file_, 0, reserved_bytes));
  }
}

ReservedSpace::~ReservedSpace() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

Result<void> write_file(const fs::path& path, std::string_view text) {
  const fs::path unfinished = path.string() + ".unfinished";
  const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    return cannot("write", path, errno);
  }
  Result<void> written = write_all(file, text);
  if (::close(file) != 0 && written) {
    written = failed(ErrorCode::defect, std::generic_category().message(errno));
  }
  if (!written) {
    ::unlink(unfinished.c_str());
    return failed(ErrorCode::defect, fmt::format("cannot write {}: {}", path.string(), written.error().detail));
  }
  std::error_code error;
  fs::rename(unfinished, path, error);
  if (error) {
    return cannot("write", path, error.value());
  }
  return {};
}

Result<void> point_latest_at(const ResultsFolder& folder) {
  const fs::path link = folder.path.parent_path() / "latest";
  const fs::path unfinished = folder.path.parent_path() / (folder.path.filename().string() + ".latest");
  std::error_code error;
  fs::create_symlink(folder.path.filename(), unfinished, error);
  if (!error) {
    fs::rename(unfinished, link, error);
  }
  if (error) {
    return cannot("make the link", link, error.value());
  }
  return {};
}

fs::path run_at(const fs::path& path) {
  std::error_code ignored;
  const bool is_run = fs::exists(path / "results.json", ignored) || fs::exists(path / "history.stale", ignored);
  return !is_run && fs::is_directory(path / "latest", ignored) ? path / "latest" : path;
}

}  // namespace stalemate
