#include "support/turns.hpp"

#include <cstdio>
#include <utility>
#include <vector>

namespace stalemate {

double start_cpu_seconds(const std::function<PeerRun()>& run_shortest) {
  std::vector<double> seconds;
  for (int each = 0; each < 5; ++each) {
    seconds.push_back(run_shortest().cpu_seconds);
  }
  return median_of(std::move(seconds));
}

Turn turn_of(const PeerRun& run, double start_cpu_s, double ops, double ops_a_second) {
  Turn turn;
  turn.ops_a_second = ops_a_second;
  turn.cpu_us_an_op = (run.cpu_seconds - start_cpu_s) * 1e6 / ops;
  return turn;
}

bool compare(const Claim& claim, int rounds, double seconds, const std::function<Turn(double)>& ours,
             const std::function<Turn(double)>& peer) {
  std::vector<double> ours_rate, peer_rate, ours_cpu, peer_cpu, rate_ratio, cpu_ratio;
  for (int round = 0; round < rounds; ++round) {
    const Turn first = ours(seconds);
    const Turn second = peer(seconds);
    ours_rate.push_back(first.ops_a_second);
    peer_rate.push_back(second.ops_a_second);
    ours_cpu.push_back(first.cpu_us_an_op);
    peer_cpu.push_back(second.cpu_us_an_op);
    rate_ratio.push_back(first.ops_a_second / second.ops_a_second);
    cpu_ratio.push_back(first.cpu_us_an_op / second.cpu_us_an_op);
  }
  const double rate = median_of(rate_ratio);
  const double cpu = median_of(cpu_ratio);
  const bool is_claim = claim.cpu_ratio_max > 0;
  const bool holds = !is_claim || (rate >= claim.throughput_ratio_min && cpu <= claim.cpu_ratio_max);
  std::printf("%s\n", claim.title.c_str());
  std::printf("  ops a second  ours %8.0f  peer %8.0f  ratio %.2f", median_of(ours_rate), median_of(peer_rate), rate);
  if (claim.throughput_ratio_min > 0) {
    std::printf(" (at least %.2f)", claim.throughput_ratio_min);
  }
  std::printf("\n  CPU us an op  ours %8.2f  peer %8.2f  ratio %.2f", median_of(ours_cpu), median_of(peer_cpu), cpu);
  if (is_claim) {
    std::printf(" (at most %.2f)  %s", claim.cpu_ratio_max, holds ? "holds" : "DOES NOT HOLD");
  }
  std::printf("\n");
  std::fflush(stdout);
  return holds;
}

}  // namespace stalemate
