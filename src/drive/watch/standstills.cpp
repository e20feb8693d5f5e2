#include "drive/watch/standstills.hpp"

#include <algorithm>

namespace stalemate {
namespace {

constexpr std::chrono::milliseconds beat{20};
// A starved run must not fill memory.
constexpr std::size_t standstills_max = 100'000;

}  // namespace

void StandstillWatch::start() {
  const Nanoseconds due_ns = clock_.now_ns() + std::chrono::nanoseconds(beat).count();
  timer_.expires_after(beat);
  timer_.async_wait([this, due_ns](const boost::system::error_code& error) {
    if (!error) {
      note(due_ns, clock_.now_ns());
      start();
    }
  });
}

void StandstillWatch::note(Nanoseconds due_ns, Nanoseconds came_ns) {
  if (came_ns - due_ns >= standstill_least_ns && all_.size() < standstills_max) {
    all_.push_back({due_ns, came_ns});
  }
}

std::vector<Standstill> StandstillWatch::merged(std::vector<Standstill> standstills) {
  std::ranges::sort(standstills, {}, &Standstill::start_ns);
  std::vector<Standstill> merged;
  for (const Standstill& standstill : standstills) {
    if (!merged.empty() && standstill.start_ns <= merged.back().end_ns) {
      merged.back().end_ns = std::max(merged.back().end_ns, standstill.end_ns);
    } else {
      merged.push_back(standstill);
    }
  }
  return merged;
}

}  // namespace stalemate
