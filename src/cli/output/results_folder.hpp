// The folder of one run: runs/SCENARIO/TIME/, and the link `latest` beside it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

struct ResultsFolder {
  std::filesystem::path path = {};
  std::string started_at = {};  ///< UTC, ISO 8601
};

/// Whether make_results_folder will probably succeed: makes such a folder and removes it again, before anything is
/// started. Errors: wrong_type, naming the folder, the system's reason and --out; defect where the disk is full or
/// broken.
[[nodiscard]] Result<void> check_results_base(const std::filesystem::path& base, std::string_view scenario);

/// Makes BASE/SCENARIO/TIME, TIME being the current one in UTC (with -2, -3, ... where that exists).
/// Errors: defect, naming the folder and the system's reason.
[[nodiscard]] Result<ResultsFolder> make_results_folder(const std::filesystem::path& base, std::string_view scenario);

/// Removes the folder and what is in it, and its parent if nothing else is there: for a run that did not begin.
void remove_results_folder(const ResultsFolder& folder);

/// Reserves disk space for as long as it lives, so that a history that fills the disk leaves room for the results.
/// The space has no name, so it is free again however the program ends. Reserves nothing where no space is left.
class ReservedSpace {
 public:
  explicit ReservedSpace(const ResultsFolder& folder);
  ~ReservedSpace();
  ReservedSpace(const ReservedSpace&) = delete;
  ReservedSpace& operator=(const ReservedSpace&) = delete;

 private:
  int file_;
};

/// Writes a whole file or nothing: the file gets its name only once it is complete.
/// Errors: defect, naming the file and the system's reason.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view text);

/// Points BASE/SCENARIO/latest at the folder. Errors: as write_file.
[[nodiscard]] Result<void> point_latest_at(const ResultsFolder& folder);

/// The run that a path names: a folder of runs stands for its `latest`, every other path for itself.
[[nodiscard]] std::filesystem::path run_at(const std::filesystem::path& path);

}  // namespace stalemate
