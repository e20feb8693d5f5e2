#include "cli/sweep/parameter.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "core/text/duration.hpp"
#include "core/text/nearest.hpp"
#include "core/text/number_text.hpp"
#include "scenario/effect.hpp"
#include "scenario/fields.hpp"

namespace stalemate {
namespace {

constexpr std::size_t axis_values_max = 50;

// All ops a second, of which reads and writes keep their shares: no key of a scenario, which has a rate for each.
constexpr std::string_view whole_rate = "rate";

double rate_of_all(const Scenario& scenario) {
  return scenario.read_rate + scenario.write_rate;
}

bool is_numeric(const ScenarioField& field) {
  return field.kind.starts_with("duration") || field.kind == "whole number" || field.kind == "number" ||
         field.kind == "ops a second";
}

SweptField swept(const ScenarioField& field) {
  const bool is_time = field.kind.starts_with("duration");
  return {.key = std::string(field.key),
          .unit = field.kind == "ops a second" ? "ops a second" : "",
          .is_time = is_time,
          .is_whole = is_time || field.kind == "whole number",
          .by_ratio = field.kind != "number"};
}

std::optional<double> read_value(const SweptField& field, std::string_view text) {
  if (field.is_time) {
    const Result<Nanoseconds> time = parse_duration(text);
    return time ? std::optional(static_cast<double>(*time)) : std::nullopt;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size() && std::isfinite(number);
  return is_number && (!field.is_whole || number == std::floor(number)) ? std::optional(number) : std::nullopt;
}

std::unexpected<Error> no_value(std::string_view flag, const SweptField& field, std::string_view text) {
  return failed(ErrorCode::wrong_type, fmt::format("{}: {} takes {}, not '{}'", flag, field.key,
                                                   field.is_time    ? "times, such as 500ms or 1m30s"
                                                   : field.is_whole ? "whole numbers"
                                                                    : "numbers",
                                                   text));
}

Result<ValueRange> read_range(std::string_view flag, const SweptField& field, std::string_view text, bool is_linear) {
  const auto dots = text.find("..");
  const std::string_view low_text = text.substr(0, dots);
  const std::string_view high_text = text.substr(dots + 2);
  const std::optional<double> low = read_value(field, low_text);
  const std::optional<double> high = read_value(field, high_text);
  if (!low || !high) {
    return no_value(flag, field, low ? high_text : low_text);
  }
  if (*low >= *high) {
    return failed(ErrorCode::wrong_type,
                  fmt::format("{}: {} is to be below {} in {}={}", flag, low_text, high_text, field.key, text));
  }
  return ValueRange{.low = *low,
                    .high = *high,
                    .spacing = field.by_ratio && *low > 0 && !is_linear ? Spacing::by_ratio : Spacing::even,
                    .is_whole = field.is_whole};
}

Result<std::vector<double>> read_list(const SweptField& field, std::string_view text) {
  std::vector<double> values;
  for (bool is_last = false; !is_last;) {
    const auto comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    const std::optional<double> value = read_value(field, one);
    if (!value) {
      return no_value("--over", field, one);
    }
    values.push_back(*value);
    is_last = comma == std::string_view::npos;
    text.remove_prefix(is_last ? text.size() : comma + 1);
  }
  std::ranges::sort(values);
  const auto again = std::ranges::adjacent_find(values);
  if (again != values.end()) {
    return failed(ErrorCode::wrong_type,
                  fmt::format("--over: {} has the value {} twice; give it once", field.key, value_text(field, *again)));
  }
  return values;
}

Result<std::vector<double>> spread_out(const ValueRange& range, std::string_view steps_text, unsigned steps) {
  if (!steps_text.empty()) {
    const std::string_view digits = steps_text.substr(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), steps);
    if (error != std::errc() || end != digits.data() + digits.size() || steps < 2 || steps > axis_values_max) {
      return failed(
          ErrorCode::wrong_type,
          fmt::format("--over: behind the / stands how many values, from 2 to {}, not '{}'", axis_values_max, digits));
    }
  }
  return range.values(steps);
}

// What the scenario says now; none where that is no value to go on from.
std::optional<double> own_value(const SweptField& field, const Scenario& scenario) {
  if (field.key == whole_rate) {
    return rate_of_all(scenario);
  }
  std::string text = find_field(field.key)->show(scenario);
  std::erase(text, '"');
  if (const std::optional<double> value = read_value(field, text)) {
    return *value > 0 ? value : std::nullopt;
  }
  for (const AskedSetting& setting : asked_settings(scenario)) {
    const double* const rate = std::get_if<double>(&setting.value);
    if (setting.name == field.key && rate != nullptr) {
      return *rate;
    }
  }
  return std::nullopt;
}

Result<void> set_whole_rate(Scenario& scenario, std::string_view text) {
  const std::optional<double> wanted = parse_number<double>(text);
  if (!wanted || !(*wanted > 0)) {
    return failed(ErrorCode::wrong_type, "there are to be some ops a second");
  }
  const double times = *wanted / rate_of_all(scenario);
  scenario.read_rate *= times;
  scenario.write_rate *= times;
  return {};
}

}  // namespace

Result<SweptField> find_swept_field(std::string_view name, std::string_view flag) {
  if (name == whole_rate) {
    return SweptField{.key = std::string(whole_rate), .unit = "ops a second", .by_ratio = true};
  }
  const std::vector<std::string_view> called = keys_called(name);
  std::vector<std::string_view> known;
  for (const ScenarioField& field : scenario_fields()) {
    const bool is_meant = field.key == name || (called.size() == 1 && called.front() == field.key);
    if (is_meant && is_numeric(field)) {
      return swept(field);
    }
    if (is_meant) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("{}: {} is {}, and only numbers and times can be varied", flag, field.key,
                                field.kind == "text" || field.kind == "choice" ? "a " + std::string(field.kind)
                                                                               : std::string(field.kind)));
    }
    if (is_numeric(field)) {
      known.push_back(field.key);
    }
  }
  return failed(ErrorCode::wrong_type,
                fmt::format("{}: '{}' is not a setting of a scenario{}; 'stalemate list fields' has them", flag, name,
                            called.empty() ? did_you_mean(name, known) : key_hint(name)));
}

std::string value_text(const SweptField& field, double value) {
  if (!field.is_time) {
    return field.is_whole ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
  }
  const auto time_ns = static_cast<Nanoseconds>(std::llround(value));
  constexpr std::pair<double, std::string_view> units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}};
  const auto* const unit =
      std::ranges::find_if(units, [&](const auto& one) { return value >= one.first || one.first == 1; });
  const std::string brief = fmt::format("{}{}", value / unit->first, unit->second);
  const Result<Nanoseconds> read_back = parse_duration(brief);
  const std::string exact = format_duration(time_ns);
  return read_back && *read_back == time_ns && brief.size() < exact.size() ? brief : exact;
}

Result<SweepAxis> parse_over(std::string_view text, unsigned steps, bool is_linear) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) {
    return failed(
        ErrorCode::wrong_type,
        fmt::format("--over: '{}' names no values; write NAME=LOW..HIGH, NAME=LOW..HIGH/STEPS or NAME=V,V,V, for "
                    "example ttl=1s..60s/5",
                    text));
  }
  const Result<SweptField> field = find_swept_field(text.substr(0, equals), "--over");
  if (!field) {
    return std::unexpected(field.error());
  }
  const std::string_view values_text = text.substr(equals + 1);
  Result<std::vector<double>> values = failed(ErrorCode::wrong_type, "");
  if (values_text.contains("..")) {
    const auto slash = std::min(values_text.find('/'), values_text.size());
    const Result<ValueRange> range = read_range("--over", *field, values_text.substr(0, slash), is_linear);
    if (!range) {
      return std::unexpected(range.error());
    }
    values = spread_out(*range, values_text.substr(slash), steps);
  } else {
    values = read_list(*field, values_text);
  }
  if (!values) {
    return std::unexpected(values.error());
  }
  if (values->size() < 2 || values->size() > axis_values_max) {
    return failed(ErrorCode::wrong_type, fmt::format("--over: {} is to have 2 to {} values, not {}", field->key,
                                                     axis_values_max, values->size()));
  }
  SweepAxis axis{.name = field->key,
                 .unit = field->unit,
                 .spacing = field->by_ratio && values->front() > 0 && !is_linear ? Spacing::by_ratio : Spacing::even,
                 .values = *values};
  for (const double value : axis.values) {
    axis.texts.push_back(value_text(*field, value));
  }
  return axis;
}

Result<WantedRange> parse_range(std::string_view text, const Scenario& scenario, bool is_linear) {
  const auto equals = text.find('=');
  const Result<SweptField> field = find_swept_field(text.substr(0, equals), "--find");
  if (!field) {
    return std::unexpected(field.error());
  }
  if (equals != std::string_view::npos) {
    const std::string_view values = text.substr(equals + 1);
    if (!values.contains("..")) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("--find: '{}' is no range; write {}=LOW..HIGH", values, field->key));
    }
    const Result<ValueRange> range = read_range("--find", *field, values, is_linear);
    return range ? Result<WantedRange>(WantedRange{*field, *range}) : std::unexpected(range.error());
  }
  const std::optional<double> own = own_value(*field, scenario);
  if (!own) {
    return failed(ErrorCode::wrong_type, fmt::format("--find: the scenario gives {0} no value to look around; say "
                                                     "between which ones, as {0}=LOW..HIGH",
                                                     field->key));
  }
  constexpr double around = 100;
  const double low = field->is_whole ? std::max(1.0, std::floor(*own / around)) : *own / around;
  const ValueRange range = {.low = low,
                            .high = std::max(*own * around, low + 1),
                            .spacing = field->by_ratio && !is_linear ? Spacing::by_ratio : Spacing::even,
                            .is_whole = field->is_whole};
  return WantedRange{*field, range};
}

bool say_the_same(std::string_view one, std::string_view other) {
  const auto is_part_of_rate = [](std::string_view key) {
    return key.starts_with("read_rate") || key.starts_with("read_every") || key.starts_with("write_rate") ||
           key.starts_with("write_every");
  };
  return rival_of(one) == other || (one == whole_rate && is_part_of_rate(other)) ||
         (other == whole_rate && is_part_of_rate(one));
}

Result<Scenario> scenario_with(const Scenario& scenario, std::string_view key, std::string_view text) {
  const bool is_whole_rate = key == whole_rate;
  if (const std::string why = is_whole_rate ? "" : why_idle(scenario, key); !why.empty()) {
    return failed(ErrorCode::wrong_type, fmt::format("{} would change nothing, as {}", key, why));
  }
  Scenario changed = scenario;
  Result<void> done = is_whole_rate ? set_whole_rate(changed, text) : set_field(changed, key, text);
  if (done) {
    done = validate(changed);
  }
  if (done) {
    done = validate_registered(changed);
  }
  if (!done) {
    return failed(done.error().code, fmt::format("with {} {}: {}", key, text, done.error().detail));
  }
  return changed;
}

}  // namespace stalemate
