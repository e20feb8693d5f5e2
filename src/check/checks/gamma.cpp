// gamma: Γ-atomicity: how much every interval must be relaxed, half of it at each end, for the history to be
// linearizable. Unlike Δ it does not blame the reads: it also tells how far wrong the clocks would have to be.
//
//   value 6   |- write -|                 |- read -|      Γ/2 at the end of write 7 and Γ/2 at the begin of the read
//   value 7                |- write -|                     make the two overlap
//                                    <-Γ->
//
// Cost: linear without conflicts, n log n at worst.

#include "check/checks/zone_measure_check.hpp"

namespace stalemate {

namespace {

struct Gamma {
  static constexpr ZoneMeasure measure = ZoneMeasure::gamma;
  static constexpr std::string_view figure = "gamma";
  static bool repairs(const KeyHistory& key) { return key.phantoms == 0 && !key.has_failed_reads; }
  static Nanoseconds least(const KeyHistory& key) {
    Nanoseconds least_ns = 0;
    if (key.has_future_reads) {
      for (const Cluster& cluster : key.clusters) {
        if (cluster.is_read()) {
          least_ns = std::max(least_ns, cluster.write_invocation_ns - cluster.read_completion_min_ns);
        }
      }
    }
    return least_ns;
  }
};

const bool gamma_registered =
    CheckRegistry::add({.name = "gamma",
                        .summary = "the least relaxation of every interval that makes the history linearizable",
                        .models = model_bit(Model::distinct_register),
                        .decides = false,
                        .prefiltered_by = PrefilteredBy::order,
                        .make = make_key_check<ZoneMeasureCheck<Gamma>>});

}  // namespace

}  // namespace stalemate
