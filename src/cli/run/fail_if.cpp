#include "cli/run/fail_if.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/text/duration.hpp"
#include "core/text/number_text.hpp"
#include "report/results/results_json.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

// The longer signs first, so that ">=" is not read as ">".
constexpr std::array<std::pair<std::string_view, Relation>, 6> relations = {{
    {"<=", Relation::less_or_equal},
    {">=", Relation::greater_or_equal},
    {"==", Relation::equal},
    {"!=", Relation::not_equal},
    {"<", Relation::less},
    {">", Relation::greater},
}};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// A number that is neither infinite nor none.
std::optional<double> finite_number(std::string_view text) {
  const std::optional<double> number = parse_number<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<double> parse_bound(std::string_view text, std::string_view kind) {
  if (kind == "ratio" && text.ends_with('%')) {
    const std::optional<double> percent = finite_number(trimmed(text.substr(0, text.size() - 1)));
    return percent ? std::optional(*percent / 100) : std::nullopt;
  }
  if (const std::optional<double> number = finite_number(text)) {
    return number;
  }
  const Result<Nanoseconds> duration = parse_duration(text);
  if (duration && kind == "nanoseconds") {
    return static_cast<double>(*duration);
  }
  if (duration && kind == "seconds") {
    return static_cast<double>(*duration) / 1e9;
  }
  return std::nullopt;
}

// Whether it is a time, of which the name does not say in which unit, and the bound is a plain number: 0 needs no unit.
bool lacks_unit(std::string_view name, std::string_view bound, std::string_view kind) {
  const std::optional<double> number = finite_number(bound);
  return kind == "nanoseconds" && !name.ends_with("_ns") && number && *number != 0;
}

// "12"; "6.12 ms (6123456 ns)", since a rounded figure may seem to be on the bound; "1.23 % (0.0123)".
std::string figure_words(double figure, std::string_view kind) {
  std::string exact = fmt::format("{}", figure);
  if (kind == "nanoseconds" && figure >= 1000) {
    return fmt::format("{} ({} ns)", spoken_duration(static_cast<Nanoseconds>(figure)), exact);
  }
  if (kind == "ratio" && figure >= 0 && figure <= 1) {
    return fmt::format("{} ({})", percent(figure), exact);
  }
  return exact;
}

}  // namespace

bool holds(const Threshold& threshold, double found) {
  return holds(threshold.relation, found, threshold.bound);
}

Result<Threshold> parse_threshold(std::string_view text, std::string_view flag, std::span<const RunFigure> more) {
  for (const auto& [sign, relation] : relations) {
    const auto place = text.find(sign);
    if (place == std::string_view::npos) {
      continue;
    }
    const std::string_view name = trimmed(text.substr(0, place));
    const std::string_view bound_text = trimmed(text.substr(place + sign.size()));
    Result<RunFigure> figure = find_figure(name, flag, more);
    if (!figure) {
      return std::unexpected(figure.error());
    }
    if (lacks_unit(name, bound_text, figure->kind)) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("{0}: '{1}' compares a time with a number that has no unit; write "
                                "for example {2}{3}{4}ms",
                                flag, text, name, sign, bound_text));
    }
    const std::optional<double> bound = parse_bound(bound_text, figure->kind);
    if (!bound) {
      return failed(ErrorCode::wrong_type, fmt::format("{}: '{}' has no number behind {}; write for example "
                                                       "reads.dropped>0",
                                                       flag, text, sign));
    }
    return Threshold{.text = std::string(text), .figure = std::move(*figure), .relation = relation, .bound = *bound};
  }
  return failed(ErrorCode::wrong_type,
                fmt::format("{}: '{}' compares nothing; write for example reads.dropped>0", flag, text));
}

Result<void> check_thresholds(const std::vector<Threshold>& thresholds, const Scenario& scenario,
                              std::string_view flag) {
  for (const Threshold& threshold : thresholds) {
    if (const std::string why = why_no_figure(threshold.figure, scenario); !why.empty()) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("{}: '{}' could not be judged: this run will have no figure for {}, as {}", flag,
                                threshold.text, threshold.figure.path, why));
    }
  }
  return {};
}

std::vector<JudgedThreshold> judge_thresholds(const std::vector<Threshold>& thresholds, const RunResults& results) {
  std::vector<JudgedThreshold> judged;
  if (thresholds.empty()) {
    return judged;
  }
  const nlohmann::json json = nlohmann::json::parse(to_json(results));
  for (const Threshold& threshold : thresholds) {
    const std::optional<double> found = figure_in(json, threshold.figure);
    judged.push_back({threshold, found, found && holds(threshold, *found)});
  }
  return judged;
}

std::vector<VerdictCase> cases_of(const std::vector<JudgedThreshold>& judged) {
  std::vector<VerdictCase> cases;
  for (const JudgedThreshold& one : judged) {
    VerdictCase& told = cases.emplace_back(VerdictCase{.name = "fail-if " + one.threshold.text});
    if (!one.found) {
      told.fact = fmt::format("could not be judged, as this run has no figure for {}", one.threshold.figure.path);
      continue;
    }
    told.fact =
        fmt::format("{}, it is {}", one.is_crossed ? "yes" : "no", figure_words(*one.found, one.threshold.figure.kind));
    told.verdict = one.is_crossed ? CaseVerdict::failed : CaseVerdict::passed;
  }
  return cases;
}

}  // namespace stalemate
