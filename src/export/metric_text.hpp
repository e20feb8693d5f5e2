// Metrics as text, in the two dialects that Prometheus reads.
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/types.hpp"

namespace stalemate {

/// `prometheus` version 0.0.4, as node_exporter's text files are; `openmetrics` version 1.0, where counters are
/// declared without `_total`, units are told and the end is marked.
enum class MetricDialect : std::uint8_t { prometheus, openmetrics };

/// Names with their values. Values may be any text.
using MetricLabels = std::vector<std::pair<std::string_view, std::string>>;

/// Counts durations up to fixed bounds, exactly.
class DurationBuckets {
 public:
  /// Requires: sorted, and living as long as this object.
  explicit DurationBuckets(std::span<const Nanoseconds> bounds_ns);
  /// A negative duration counts as 0.
  void record(Nanoseconds duration_ns);

  [[nodiscard]] std::span<const Nanoseconds> bounds_ns() const { return bounds_ns_; }
  /// How many were not greater than the bound of that place; the place behind the last bound counts all.
  [[nodiscard]] std::uint64_t up_to(std::size_t place) const;
  [[nodiscard]] std::uint64_t sum_ns() const { return sum_ns_; }

 private:
  std::span<const Nanoseconds> bounds_ns_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t sum_ns_ = 0;
};

/// Writes one metric after the other: begin one, then all of its samples.
/// Errors: the stream's state.
/// Source: Prometheus' text format 0.0.4; OpenMetrics 1.0.
class MetricText {
 public:
  /// `common` labels every sample. Requires: the stream outlives this object.
  MetricText(std::ostream& out, MetricDialect dialect, MetricLabels common)
      : out_(out), dialect_(dialect), common_(std::move(common)) {}

  /// Names are given without the endings `_total`, `_info`; `name` ends with its unit where it has one.
  void begin_counter(std::string_view name, std::string_view help);
  void begin_gauge(std::string_view name, std::string_view help);
  /// Samples are set with sample(1, labels).
  void begin_info(std::string_view name, std::string_view help);
  /// In seconds.
  void begin_histogram(std::string_view name, std::string_view help);

  void sample(std::uint64_t value, const MetricLabels& labels = {});
  void sample_seconds(Nanoseconds value_ns, const MetricLabels& labels = {});
  void sample(const DurationBuckets& buckets, const MetricLabels& labels = {});

  /// Behind the last metric.
  void end();

 private:
  void begin(std::string_view name, std::string_view ending, std::string_view type, std::string_view help);
  void line(std::string_view ending, const MetricLabels& labels, std::string_view value);

  std::ostream& out_;
  MetricDialect dialect_;
  MetricLabels common_;
  std::string name_ = {};  ///< of the metric under way, with its ending
};

}  // namespace stalemate
