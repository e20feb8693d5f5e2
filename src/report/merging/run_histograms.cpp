#include "report/merging/run_histograms.hpp"

#include <fmt/format.h>

#include "core/text/number_text.hpp"

namespace stalemate {
namespace {

Result<void> counts_belong(std::string_view what, const LatencyHistogram& histogram, std::uint64_t counted) {
  return histogram.count() == counted
             ? Result<void>()
             : failed(ErrorCode::wrong_type,
                      fmt::format("its histograms hold {} {}, its results {}", with_thousands(histogram.count()), what,
                                  with_thousands(counted)));
}

}  // namespace

void RunHistograms::merge(const RunHistograms& other) {
  std::vector<LatencyHistogram*> own;
  each_histogram(*this, [&own](std::string_view /*name*/, LatencyHistogram& histogram) { own.push_back(&histogram); });
  std::size_t place = 0;
  each_histogram(other,
                 [&](std::string_view /*name*/, const LatencyHistogram& histogram) { own[place++]->merge(histogram); });
}

RunHistograms histograms_of(std::span<const OpRecord> ops, Nanoseconds warm_up_ns,
                            std::span<const StaleRead> stale_reads) {
  RunHistograms histograms;
  for (const OpRecord& op : ops) {
    if (op.outcome() == Outcome::ok && op.kind() != OpKind::background) {
      PhaseHistograms& phase = op.intended_ns() < warm_up_ns ? histograms.warm_up : histograms.measured;
      KindHistograms& kind = op.kind() == OpKind::read ? phase.read : phase.write;
      kind.response.record(op.completion_ns() - op.intended_ns());
      kind.service.record(op.completion_ns() - op.invocation_ns());
    }
  }
  for (const StaleRead& read : stale_reads) {
    histograms.staleness.record(read.lower_ns);
  }
  return histograms;
}

Result<void> check_that_they_belong(const RunHistograms& histograms, const RunResults& results) {
  const std::uint64_t warm_reads = results.warm_up ? results.warm_up->reads.ok : 0;
  const std::uint64_t warm_writes = results.warm_up ? results.warm_up->writes.ok : 0;
  for (const Result<void>& belongs :
       {counts_belong("reads that ended ok", histograms.measured.read.response, results.reads.ok),
        counts_belong("writes that ended ok", histograms.measured.write.response, results.writes.ok),
        counts_belong("reads of the warm-up that ended ok", histograms.warm_up.read.response, warm_reads),
        counts_belong("writes of the warm-up that ended ok", histograms.warm_up.write.response, warm_writes),
        counts_belong("stale reads", histograms.staleness, results.stale ? results.stale->stale : 0)}) {
    if (!belongs) {
      return belongs;
    }
  }
  return {};
}

Latency latency_of(const PhaseHistograms& histograms) {
  return {.read = {figures_of(histograms.read.response), figures_of(histograms.read.service)},
          .write = {figures_of(histograms.write.response), figures_of(histograms.write.service)}};
}

}  // namespace stalemate
