#include "cli/output/results_at.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/output/results_folder.hpp"
#include "core/input_file.hpp"
#include "report/results/results_json.hpp"

namespace stalemate {
namespace {

// Many times what a run of a million keys writes.
constexpr InputLimit results_limit = {.what = "a run's results.json", .bytes_max = std::uint64_t{16} << 20U};

// The fields that a comparison or a page needs; others may be missing, as in the results of an older version.
constexpr const char* told_members[] = {"/scenario",   "/pattern",     "/engines",       "/asked",
                                        "/plan/reads", "/plan/writes", "/reads/planned", "/writes/planned",
                                        "/reads/ok",   "/writes/ok",   "/latency/read",  "/latency/write"};

// The first of them that is not there, with dots between the levels; none if all are. Requires: a JSON object.
std::optional<std::string> missing_member(const nlohmann::json& results) {
  for (const std::string pointer : told_members) {
    if (!results.contains(nlohmann::json::json_pointer(pointer))) {
      std::string path = pointer.substr(1);
      std::ranges::replace(path, '/', '.');
      return path;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<RunResults> results_at(const std::string& run_or_file) {
  const std::filesystem::path path = run_at(run_or_file);
  const std::filesystem::path file = std::filesystem::is_directory(path) ? path / "results.json" : path;
  const Result<std::string> text = read_input(file, results_limit);
  if (!text) {
    return failed(ErrorCode::wrong_type, text.error().detail + "; name a run's folder or its results.json");
  }
  Result<RunResults> results = from_json(*text);
  if (!results) {
    return failed(ErrorCode::wrong_type, file.string() + ": " + results.error().detail);
  }
  if (const std::optional<std::string> missing = missing_member(nlohmann::json::parse(*text))) {
    return failed(ErrorCode::wrong_type, fmt::format("{}: {} is missing; a run's results.json has it, so name a "
                                                     "finished run's folder or its results.json",
                                                     file.string(), *missing));
  }
  return results;
}

}  // namespace stalemate
