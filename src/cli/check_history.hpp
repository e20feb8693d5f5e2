// What every command on a recorded history needs: its path, and its checks on several threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "check/check.hpp"
#include "check/check_progress.hpp"
#include "cli/text/waiting.hpp"
#include "record/foreign/import.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace stalemate {

/// The history of a run's folder; any other path as it is.
[[nodiscard]] std::filesystem::path history_path(const std::string& run_or_file);

/// The options of every command that reads histories of others.
class ImportFlags {
 public:
  void describe(CLI::App& app);
  /// True: an option was given that says something of the file.
  [[nodiscard]] bool are_given() const { return is_excerpt_ || initial_.has_value(); }
  [[nodiscard]] ImportOptions options() const;

 private:
  bool is_excerpt_ = false;
  std::optional<std::string> initial_ = {};
};

/// Whether the file begins as our own histories do.
/// Errors: as is_own_history; wrong_type, it is a run's results.json, of which the sentence names the folder.
[[nodiscard]] Result<bool> names_own_history(const std::filesystem::path& path);

enum class StepsWanted : std::uint8_t { yes, no };

/// As read_history, on one thread a core.
[[nodiscard]] Result<History> read_on_all_cores(const std::filesystem::path& path,
                                                StepsWanted steps = StepsWanted::yes);

/// As check_all, on one thread a core.
[[nodiscard]] Report check_on_all_cores(const History& history, const CheckOptions& options,
                                        const CheckProgress& progress = {});

/// From now on `waiting` tells the progress of the checks. It must outlive the returned object.
[[nodiscard]] CheckProgress checking(Waiting& waiting);

/// A crew of that many threads, which live as long as each piece of work. Requires: threads > 0.
[[nodiscard]] Crew crew_of(std::uint32_t threads);
/// One thread a core.
[[nodiscard]] Crew crew_of_all_cores();

}  // namespace stalemate
