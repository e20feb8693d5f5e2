#include "cli/check_history.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace stalemate {

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
