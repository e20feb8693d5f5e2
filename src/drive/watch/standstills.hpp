// Periods in which this program itself stood still: stopped by a signal, or without a processor.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <vector>

#include "drive/live_clock.hpp"

namespace stalemate {

struct Standstill {
  Nanoseconds start_ns = 0;
  Nanoseconds end_ns = 0;
  friend bool operator==(const Standstill&, const Standstill&) = default;
};

/// Those of one thread whose event loop never blocks: a timer is due every 20 ms. Where it fires standstill_least_ns
/// late or more, the thread stood still from when it was due. Keeps the first 100,000.
/// Thread rule: the thread that runs the context.
class StandstillWatch {
 public:
  static constexpr Nanoseconds standstill_least_ns = 25'000'000;

  StandstillWatch(boost::asio::io_context& context, const Clock& clock) : clock_(clock), timer_(context) {}
  /// From now on, for as long as it lives and the context runs.
  void start();
  /// Notes that a timer due at one instant fired at another.
  void note(Nanoseconds due_ns, Nanoseconds came_ns);

  [[nodiscard]] const std::vector<Standstill>& all() const { return all_; }
  /// The standstills of all threads, sorted; those that overlap are one.
  [[nodiscard]] static std::vector<Standstill> merged(std::vector<Standstill> standstills);

 private:
  const Clock& clock_;
  boost::asio::steady_timer timer_;
  std::vector<Standstill> all_ = {};
};

}  // namespace stalemate
