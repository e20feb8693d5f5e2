#include "cli/check_history.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>
#include <vector>

#include "record/history_reader.hpp"

namespace stalemate {

std::filesystem::path history_path(const std::string& run_or_file) {
  std::filesystem::path path = run_or_file;
  return std::filesystem::is_directory(path) ? path / "history.stale" : path;
}

Result<bool> is_own_history(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(64, '\0');
  if (!file) {
    return failed(ErrorCode::wrong_type, fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  }
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return looks_like_history(std::as_bytes(std::span(bytes)));
}

Report check_on_all_cores(const History& history, const CheckOptions& options) {
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  CheckRun run(history, options, threads);
  std::atomic<std::uint32_t> next = 0;
  const auto work = [&run, &next] {
    for (std::uint32_t part = next++; part < run.parts(); part = next++) {
      run.check_part(part);
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned thread = 1; thread < threads; ++thread) {
      others.emplace_back(work);
    }
    work();
  }
  return run.report();
}

}  // namespace stalemate
