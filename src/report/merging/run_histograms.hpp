// RunHistograms: the histograms behind a run's percentiles, which results.json does not hold.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string_view>

#include "check/check.hpp"
#include "core/histogram.hpp"
#include "record/history.hpp"
#include "report/results/run_results.hpp"

namespace stalemate {

/// As OpLatency and Latency, before they are figures.
struct KindHistograms {
  LatencyHistogram response = {};
  LatencyHistogram service = {};
};
struct PhaseHistograms {
  KindHistograms read = {};
  KindHistograms write = {};
};

/// Adding two is exact: the same as if the ops of both had been recorded in one.
struct RunHistograms {
  PhaseHistograms measured = {};    ///< what came after the warm-up
  PhaseHistograms warm_up = {};     ///< empty where there was none
  LatencyHistogram staleness = {};  ///< by how much each stale read was stale at least

  void merge(const RunHistograms& other);
};

/// From the ops with outcome ok; ops planned before `warm_up_ns` belong to the warm-up.
[[nodiscard]] RunHistograms histograms_of(std::span<const OpRecord> ops, Nanoseconds warm_up_ns,
                                          std::span<const StaleRead> stale_reads);

/// Whether they are those of the ops that the results count.
/// Errors: ErrorCode::wrong_type, a clause such as "its history holds 9 reads that ended ok, its results 10".
[[nodiscard]] Result<void> check_that_they_belong(const RunHistograms& histograms, const RunResults& results);

/// Calls `use(name, histogram)` for each, in a fixed order.
template <class Histograms, class Use>
void each_histogram(Histograms& histograms, const Use& use) {
  use("read_response", histograms.measured.read.response);
  use("read_service", histograms.measured.read.service);
  use("write_response", histograms.measured.write.response);
  use("write_service", histograms.measured.write.service);
  use("warm_up_read_response", histograms.warm_up.read.response);
  use("warm_up_read_service", histograms.warm_up.read.service);
  use("warm_up_write_response", histograms.warm_up.write.response);
  use("warm_up_write_service", histograms.warm_up.write.service);
  use("staleness", histograms.staleness);
}

[[nodiscard]] Latency latency_of(const PhaseHistograms& histograms);

}  // namespace stalemate
