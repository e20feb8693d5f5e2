#include "check/passes/step_times.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include "check/passes/fetch.hpp"

namespace stalemate {

StepTimes::StepTimes(const History& history, const Crew& crew)
    : least_ends_((history.steps().size() + block_steps - 1) / block_steps, never) {
  const std::span<const StepRecord> steps = history.steps();
  std::vector<Nanoseconds> last_ns(crew.size, 0);
  crew([&](std::uint32_t member) {
    Nanoseconds latest_ns = 0;
    const std::size_t end = share_begin(least_ends_.size(), member + 1, crew.size);
    for (std::size_t block = share_begin(least_ends_.size(), member, crew.size); block < end; ++block) {
      Nanoseconds least_ns = never;
      const std::size_t begin = block * block_steps;
      for (const StepRecord& step : steps.subspan(begin, std::min(block_steps, steps.size() - begin))) {
        fetch_ahead(&step);
        const Nanoseconds end_ns = step.end_ns();
        least_ns = std::min(least_ns, end_ns);
        latest_ns = end_ns == never ? latest_ns : std::max(latest_ns, end_ns);
      }
      least_ends_[block] = least_ns;
    }
    last_ns[member] = latest_ns;
  });
  end_ns_ = std::ranges::max(last_ns);
  std::inclusive_scan(least_ends_.rbegin(), least_ends_.rend(), least_ends_.rbegin(), std::ranges::min);
}

}  // namespace stalemate
