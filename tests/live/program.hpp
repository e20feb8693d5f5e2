// Runs the built program as a child and keeps what it prints; knows every process that descends from it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "unit/servers/own_folder.hpp"

namespace stalemate {

/// How a program ended and what it printed.
struct Ended {
  int code = -1;   ///< the exit code; -1 if a signal ended it
  int signal = 0;  ///< the signal that ended it; 0 if it ended itself
  std::string out = {};
  std::string err = {};
};

/// One child. The test's process adopts the child's orphans, so that none can hide.
class Program {
 public:
  /// Starts `stalemate ARGUMENTS` in `folder`. `prefix` is a command that executes it, such as {"env", "A=b"}.
  Program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
          const std::vector<std::string>& prefix = {});
  /// Kills it if it still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void send(int signal_number) const;
  /// Waits until it ends; kills it and fails the test after two minutes.
  Ended wait();
  /// What it printed to standard error so far.
  [[nodiscard]] std::string err() const;
  /// Waits until standard error holds the text, at most a minute; false if it did not come or the program ended.
  [[nodiscard]] bool says(const std::string& text) const;
  /// The same for a number of whole lines, words of the start-up not counted; the screen of a run without a terminal is
  /// one a second.
  [[nodiscard]] bool says_lines(std::ptrdiff_t count) const;
  /// The folder of its servers, as its keeper was told; waits for it, at most a minute. Empty if there is none.
  [[nodiscard]] std::filesystem::path servers_folder() const;

 private:
  template <class Condition>
  [[nodiscard]] bool comes_to(Condition condition) const;

  OwnFolder output_{};
  pid_t pid_ = -1;
};

/// Standard error without the words of the start-up, which are lines that end in " ...".
[[nodiscard]] std::string without_start_up(const std::string& err);

/// Runs it to its end.
[[nodiscard]] Ended run_stalemate(const std::filesystem::path& folder, const std::vector<std::string>& arguments);

/// What a shell command prints, standard error included.
[[nodiscard]] std::string output_of(const std::string& command);

/// Command lines of what still runs below this process, the dead reaped; waits a while for it to end. Empty is best.
[[nodiscard]] std::string left_running();
/// Command lines that hold `part`, of whatever runs on the machine now.
[[nodiscard]] std::string running_with(const std::string& part);
/// The same, after waiting a while for them to end. Empty is best.
[[nodiscard]] std::string left_running_with(const std::string& part);

/// The folders of runs below `folder`/runs, `latest` left out.
[[nodiscard]] std::vector<std::filesystem::path> run_folders(const std::filesystem::path& folder);
/// The one run's folder. Fails the test if there is not exactly one.
[[nodiscard]] std::filesystem::path only_run(const std::filesystem::path& folder);
/// A run's results.json. Fails the test if it cannot be read.
[[nodiscard]] nlohmann::json results_in(const std::filesystem::path& run_folder);
/// Its warnings, but for the one of a machine that let the program stand still, which any machine may do.
[[nodiscard]] std::vector<std::string> warnings_in(const nlohmann::json& results);

}  // namespace stalemate
