// Ours and a peer's, turn by turn, and what is claimed of the two.
#pragma once

#include <functional>
#include <string>

#include "support/peer.hpp"

namespace stalemate {

/// How many clients each side has.
inline constexpr unsigned turn_connections = 16;

/// What one turn of either side came to.
struct Turn {
  double ops_a_second = 0;
  double cpu_us_an_op = 0;
};

/// What a peer's start and its logins take of the processor: the median of several runs of one op a connection.
[[nodiscard]] double start_cpu_seconds(const std::function<PeerRun()>& run_shortest);

/// A peer's turn, without its start.
[[nodiscard]] Turn turn_of(const PeerRun& run, double start_cpu_s, double ops, double ops_a_second);

struct Claim {
  std::string title;
  double throughput_ratio_min = 0;  ///< 0: nothing is claimed of it
  double cpu_ratio_max = 0;         ///< 0: nothing is claimed at all
};

/// Prints both sides, turn by turn, so that a machine that is busy for a while is busy for both; each ratio is of two
/// neighbours. False where the claim does not hold.
bool compare(const Claim& claim, int rounds, double seconds, const std::function<Turn(double)>& ours,
             const std::function<Turn(double)>& peer);

}  // namespace stalemate
