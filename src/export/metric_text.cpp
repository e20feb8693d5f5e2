#include "export/metric_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text/printable.hpp"

namespace stalemate {
namespace {

constexpr std::uint64_t ns_per_s = 1'000'000'000;

/// Exact: "0", "12", "0.00025".
std::string seconds_text(std::uint64_t nanoseconds) {
  std::string text = fmt::format("{}.{:09}", nanoseconds / ns_per_s, nanoseconds % ns_per_s);
  text.erase(text.find_last_not_of('0') + 1);
  return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

std::string bound_text(Nanoseconds bound_ns, MetricDialect dialect) {
  const std::string text = seconds_text(static_cast<std::uint64_t>(bound_ns));
  return dialect == MetricDialect::openmetrics && text.find('.') == std::string::npos ? text + ".0" : text;
}

/// Both dialects want UTF-8, and escape three characters.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char character : printable(value)) {
    text += character == '\\'   ? "\\\\"
            : character == '"'  ? "\\\""
            : character == '\n' ? "\\n"
                                : std::string(1, character);
  }
  return text;
}

}  // namespace

DurationBuckets::DurationBuckets(std::span<const Nanoseconds> bounds_ns)
    : bounds_ns_(bounds_ns), counts_(bounds_ns.size() + 1, 0) {}

void DurationBuckets::record(Nanoseconds duration_ns) {
  const Nanoseconds kept_ns = std::max<Nanoseconds>(duration_ns, 0);
  const auto place = std::ranges::lower_bound(bounds_ns_, kept_ns) - bounds_ns_.begin();
  ++counts_[static_cast<std::size_t>(place)];
  sum_ns_ += static_cast<std::uint64_t>(kept_ns);
}

std::uint64_t DurationBuckets::up_to(std::size_t place) const {
  std::uint64_t count = 0;
  for (std::size_t before = 0; before <= place; ++before) {
    count += counts_[before];
  }
  return count;
}

void MetricText::begin_counter(std::string_view name, std::string_view help) {
  begin(name, "_total", "counter", help);
}

void MetricText::begin_gauge(std::string_view name, std::string_view help) {
  begin(name, "", "gauge", help);
}

void MetricText::begin_info(std::string_view name, std::string_view help) {
  begin(name, "_info", dialect_ == MetricDialect::openmetrics ? "info" : "gauge", help);
}

void MetricText::begin_histogram(std::string_view name, std::string_view help) {
  begin(name, "", "histogram", help);
}

void MetricText::begin(std::string_view name, std::string_view ending, std::string_view type, std::string_view help) {
  name_ = fmt::format("{}{}", name, ending);
  const std::string declared = dialect_ == MetricDialect::openmetrics ? std::string(name) : name_;
  out_ << fmt::format("# HELP {} {}\n# TYPE {} {}\n", declared, help, declared, type);
  if (dialect_ == MetricDialect::openmetrics && name.ends_with("_seconds")) {
    out_ << fmt::format("# UNIT {} seconds\n", declared);
  }
}

void MetricText::sample(std::uint64_t value, const MetricLabels& labels) {
  line("", labels, std::to_string(value));
}

void MetricText::sample_seconds(Nanoseconds value_ns, const MetricLabels& labels) {
  line("", labels, seconds_text(static_cast<std::uint64_t>(value_ns)));
}

void MetricText::sample(const DurationBuckets& buckets, const MetricLabels& labels) {
  const std::size_t bounds = buckets.bounds_ns().size();
  for (std::size_t place = 0; place <= bounds; ++place) {
    MetricLabels bounded = labels;
    bounded.emplace_back("le", place < bounds ? bound_text(buckets.bounds_ns()[place], dialect_) : "+Inf");
    line("_bucket", bounded, std::to_string(buckets.up_to(place)));
  }
  line("_sum", labels, seconds_text(buckets.sum_ns()));
  line("_count", labels, std::to_string(buckets.up_to(bounds)));
}

void MetricText::line(std::string_view ending, const MetricLabels& labels, std::string_view value) {
  std::string text;
  for (const MetricLabels* some : {&std::as_const(common_), &labels}) {
    for (const auto& [label, of_label] : *some) {
      text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", label, escaped(of_label));
    }
  }
  out_ << fmt::format("{}{}{{{}}} {}\n", name_, ending, text, value);
}

void MetricText::end() {
  if (dialect_ == MetricDialect::openmetrics) {
    out_ << "# EOF\n";
  }
}

}  // namespace stalemate
