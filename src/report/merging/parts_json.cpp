// The file parts.json of merged runs: each run's results, and the histograms that they do not hold.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/merging/merge.hpp"
#include "report/results/results_json.hpp"

namespace stalemate {
namespace {

using PartsJson = nlohmann::ordered_json;

PartsJson json_of(const HistogramContents& contents) {
  PartsJson buckets = PartsJson::array();
  for (const auto& [bucket, count] : contents.buckets) {
    buckets.push_back(PartsJson::array({bucket, count}));
  }
  return {{"sum_ns", contents.sum_ns},
          {"min_ns", contents.min_ns},
          {"max_ns", contents.max_ns},
          {"buckets", std::move(buckets)}};
}

/// Errors: nlohmann::json's own where a member is missing or is something else.
std::optional<LatencyHistogram> histogram_in(const PartsJson& json) {
  HistogramContents contents;
  contents.sum_ns = json.at("sum_ns").get<std::uint64_t>();
  contents.min_ns = json.at("min_ns").get<Nanoseconds>();
  contents.max_ns = json.at("max_ns").get<Nanoseconds>();
  for (const PartsJson& bucket : json.at("buckets")) {
    contents.buckets.emplace_back(bucket.at(0).get<std::uint32_t>(), bucket.at(1).get<std::uint64_t>());
  }
  return LatencyHistogram::of(contents);
}

Result<MergePart> part_in(const PartsJson& json) {
  MergePart part;
  part.name = json.at("name").get<std::string>();
  Result<RunResults> results = from_json(json.at("results").dump());
  if (!results) {
    return std::unexpected(results.error());
  }
  part.results = std::move(*results);
  std::string wrong;
  each_histogram(part.histograms, [&](const char* name, LatencyHistogram& histogram) {
    std::optional<LatencyHistogram> read = histogram_in(json.at("histograms").at(name));
    if (read) {
      histogram = std::move(*read);
    } else if (wrong.empty()) {
      wrong = name;
    }
  });
  return wrong.empty() ? Result<MergePart>(std::move(part))
                       : failed(ErrorCode::wrong_type, fmt::format("the histogram {} of {} is none", wrong, part.name));
}

}  // namespace

std::string parts_json(std::span<const MergePart> parts) {
  PartsJson all = PartsJson::array();
  for (const MergePart& part : parts) {
    PartsJson histograms = PartsJson::object();
    each_histogram(part.histograms, [&histograms](const char* name, const LatencyHistogram& histogram) {
      histograms[name] = json_of(histogram.contents());
    });
    all.push_back({{"name", part.name},
                   {"results", PartsJson::parse(to_json(part.results))},
                   {"histograms", std::move(histograms)}});
  }
  return PartsJson{{"parts", std::move(all)}}.dump(-1, ' ', false, PartsJson::error_handler_t::replace) + "\n";
}

Result<std::vector<MergePart>> parts_from_json(std::string_view text) {
  try {
    std::vector<MergePart> parts;
    const PartsJson all = PartsJson::parse(text);
    for (const PartsJson& json : all.at("parts")) {
      Result<MergePart> part = part_in(json);
      if (!part) {
        return std::unexpected(part.error());
      }
      parts.push_back(std::move(*part));
    }
    return parts;
  } catch (const PartsJson::exception& wrong) {
    return failed(ErrorCode::wrong_type, fmt::format("it does not hold the parts of merged runs ({})", wrong.what()));
  }
}

}  // namespace stalemate
