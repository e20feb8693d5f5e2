// The formats of HdrHistogram's tools: the interval log (.hlog) and the percentile distribution (.hgrm).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/text/instant_text.hpp"
#include "core/text/printable.hpp"
#include "export/export_format.hpp"
#include "export/hdr_histogram.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds interval_ns = 1'000'000'000;
constexpr double ns_per_ms = 1e6;

/// The places of the ops that have latencies, grouped by the interval in which they completed.
class ByInterval {
 public:
  explicit ByInterval(std::span<const OpRecord> ops) : ops_(ops) {
    for (const OpRecord& op : ops) {
      if (has_latency(op)) {
        const std::size_t interval = interval_of(op);
        begins_.resize(std::max(begins_.size(), interval + 2), 0);
        ++begins_[interval + 1];
      }
    }
    for (std::size_t interval = 1; interval < begins_.size(); ++interval) {
      begins_[interval] += begins_[interval - 1];
    }
    places_.resize(begins_.empty() ? 0 : begins_.back());
    std::vector<std::size_t> next = begins_;
    for (std::size_t place = 0; place < ops.size(); ++place) {
      if (has_latency(ops[place])) {
        places_[next[interval_of(ops[place])]++] = static_cast<OpIndex>(place);
      }
    }
  }

  [[nodiscard]] std::size_t size() const { return begins_.empty() ? 0 : begins_.size() - 1; }
  [[nodiscard]] std::span<const OpIndex> places(std::size_t interval) const {
    return std::span(places_).subspan(begins_[interval], begins_[interval + 1] - begins_[interval]);
  }

 private:
  static std::size_t interval_of(const OpRecord& op) {
    return static_cast<std::size_t>(op.completion_ns() / interval_ns);
  }

  std::span<const OpRecord> ops_;
  std::vector<std::size_t> begins_ = {};
  std::vector<OpIndex> places_ = {};
};

void write_hlog(const ExportSubject& subject, std::ostream& out) {
  const History& history = *subject.history;
  out << "#[Logged with " << printable(history.header.program.empty() ? "stalemate" : history.header.program) << "]\n"
      << "#[Histogram log format version 1.3]\n";
  if (const auto seconds = seconds_since_epoch(history.header.started_at)) {
    out << fmt::format("#[StartTime: {}.000 (seconds since epoch), {}]\n", *seconds, history.header.started_at);
  }
  out << "#[Latencies in nanoseconds of ops that ended ok, by the second in which they ended; maxima in "
         "milliseconds]\n";
  if (!history.truncation.empty()) {
    out << "#[" << printable(history.truncation) << "]\n";
  }
  out << "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
  const ByInterval intervals(history.ops());
  HdrHistogram histogram;
  for (std::size_t interval = 0; interval < intervals.size() && out; ++interval) {
    for (const LatencySeries& series : latency_series) {
      histogram.clear();
      for (const OpIndex place : intervals.places(interval)) {
        if (const auto latency = latency_in(series, history.ops()[place])) {
          histogram.record(*latency);
        }
      }
      if (histogram.count() > 0) {
        out << fmt::format("Tag={},{}.000,1.000,{:.3f},{}\n", series.name, interval,
                           static_cast<double>(histogram.max_ns()) / ns_per_ms, encoded_histogram(histogram));
      }
    }
  }
}

void write_hgrm(const ExportSubject& subject, std::ostream& out) {
  HdrHistogram histogram;
  for (const OpRecord& op : subject.history->ops()) {
    if (has_latency(op)) {
      if (const auto latency = latency_in(*subject.series, op)) {
        histogram.record(*latency);
      }
    }
  }
  const auto in_ms = [](auto nanoseconds) { return static_cast<double>(nanoseconds) / ns_per_ms; };
  out << "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
  each_percentile(histogram, [&](const PercentileRow& row) {
    // Many shares end in a 5 behind the last digit printed, which HdrHistogram rounds up.
    const double share = std::nextafter(row.percentile / 100, 1);
    out << fmt::format("{:12.3f} {:2.12f} {:10}", in_ms(row.value_ns), share, row.count);
    out << (row.percentile < 100 ? fmt::format(" {:14.2f}\n", 1 / (1 - row.percentile / 100)) : "\n");
  });
  out << fmt::format("#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n", in_ms(histogram.mean_ns()),
                     in_ms(histogram.standard_deviation_ns()))
      << fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n", in_ms(histogram.max_ns()), histogram.count())
      << fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n", HdrHistogram::bucket_count,
                     HdrHistogram::sub_bucket_count);
}

[[maybe_unused]] const bool hlog_registered =
    ExportFormatRegistry::add({.name = "hlog",
                               .ending = ".hlog",
                               .summary = "latencies second by second, as an interval log 1.3 of HdrHistogram's tools",
                               .source = ExportSource::ops,
                               .needs_times = true,
                               .write = write_hlog});

[[maybe_unused]] const bool hgrm_registered = ExportFormatRegistry::add(
    {.name = "hgrm",
     .ending = ".hgrm",
     .summary = "one latency's percentiles in milliseconds, as HdrHistogram's tools print and plot them",
     .source = ExportSource::ops,
     .needs_times = true,
     .takes_series = true,
     .write = write_hgrm});

}  // namespace
}  // namespace stalemate
