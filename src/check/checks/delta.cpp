// delta: Δ-atomicity: how long ago every read may have been answered for the history to be linearizable.
//
//   value 6   |- write -|                 |- read -|      the read is right Δ ago, before 7 was complete:
//   value 7                |- write -|                     Δ = inv(read) - completion(write 7)
//                                    <-Δ->
//
// Cost: linear without conflicts, n log n at worst.

#include "check/checks/zone_measure_check.hpp"

namespace stalemate {

namespace {

struct Delta {
  static constexpr ZoneMeasure measure = ZoneMeasure::delta;
  static constexpr std::string_view figure = "delta";
  /// Answering from the past helps no read of the future.
  static bool repairs(const KeyHistory& key) { return !has_impossible_reads(key); }
  static Nanoseconds least(const KeyHistory&) { return 0; }
};

const bool delta_registered = CheckRegistry::add(
    {.name = "delta",
     .summary = "the least time ago from which every read may be answered to make the history linearizable",
     .models = model_bit(Model::distinct_register),
     .decides = false,
     .prefiltered_by = PrefilteredBy::order,
     .make = make_key_check<ZoneMeasureCheck<Delta>>});

}  // namespace

}  // namespace stalemate
