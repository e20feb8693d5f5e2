// Runs the program we are measured against, and what it used of the processor.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stalemate {

/// How a peer's run went.
struct PeerRun {
  std::string output = {};  ///< what it wrote to standard output
  double cpu_seconds = 0;   ///< user and system time of the process
  double elapsed_seconds = 0;
};

/// Runs `arguments` (the first is found in PATH) with `environment` added to ours, and waits for its end.
/// Throws std::runtime_error when it cannot be started or fails; the sentence names the program only.
[[nodiscard]] PeerRun run_peer(const std::vector<std::string>& arguments,
                               const std::vector<std::pair<std::string, std::string>>& environment);

/// The number behind the first `label`, and blanks, in `text`; std::nullopt where there is none.
[[nodiscard]] std::optional<double> number_after(std::string_view text, std::string_view label);

/// User and system time of this process so far, all threads.
[[nodiscard]] double own_cpu_seconds();

/// Requires: numbers is not empty.
[[nodiscard]] double median_of(std::vector<double> numbers);

}  // namespace stalemate
