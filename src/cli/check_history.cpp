#include "cli/check_history.hpp"

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <thread>
#include <vector>

#include "cli/output/results_folder.hpp"
#include "core/try_start.hpp"
#include "record/history_reader.hpp"

namespace stalemate {

std::filesystem::path history_path(const std::string& run_or_file) {
  const std::filesystem::path path = run_at(run_or_file);
  return std::filesystem::is_directory(path) ? path / "history.stale" : path;
}

void ImportFlags::describe(CLI::App& app) {
  app.add_flag(
      "--excerpt", is_excerpt_,
      "the file is a part of a longer history: what held before it is not known, and ops may end that have not "
      "begun");
  app.add_option_function<std::string>(
      "--initial", [this](const std::string& text) { initial_ = text; },
      "what every key held at first, where the file does not say it, in EDN: nil (not there), 0, '\"text\"'");
}

ImportOptions ImportFlags::options() const {
  return {.is_excerpt = is_excerpt_, .initial = initial_};
}

Result<bool> names_own_history(const std::filesystem::path& path) {
  if (path.filename() == "results.json") {
    return failed(ErrorCode::wrong_type,
                  fmt::format("{} holds a run's results, not its history; name the run's folder: {}", path.string(),
                              path.has_parent_path() ? path.parent_path().string() : "."));
  }
  return is_own_history(path);
}

Result<History> read_on_all_cores(const std::filesystem::path& path, StepsWanted steps) {
  return read_history(
      path, {.steps = steps == StepsWanted::yes, .threads = std::max(1U, std::thread::hardware_concurrency())});
}

Report check_on_all_cores(const History& history, const CheckOptions& options, const CheckProgress& progress) {
  return check_all(history, options, crew_of_all_cores(), progress);
}

CheckProgress checking(Waiting& waiting) {
  waiting.next("checking the history");
  return
      [&waiting](std::size_t done, std::size_t parts) { waiting.reached(fmt::format("{} of {} parts", done, parts)); };
}

Crew crew_of(std::uint32_t threads) {
  return {.size = threads, .run = [threads](const Crew::Work& work) {
            std::vector<std::jthread> others;
            for (std::uint32_t member = 1; member < threads; ++member) {
              start_or_do(others, [&work, member] { work(member); });
            }
            work(0);
          }};
}

Crew crew_of_all_cores() {
  return crew_of(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace stalemate
