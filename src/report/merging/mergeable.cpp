// What keeps runs from being merged.
#include <fmt/format.h>

#include <algorithm>

#include "report/merging/merge.hpp"
#include "report/results/results_json.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

std::string text_of(const EngineUsed& engine) {
  return fmt::format("{} {}{}{}", engine.name, engine.version, engine.isolation.empty() ? "" : ", ", engine.isolation);
}

std::string text_of_engines(const RunResults& results) {
  std::string text;
  for (const EngineUsed& engine : results.engines) {
    text += fmt::format("{}{} {}", text.empty() ? "" : " and ", engine.role, text_of(engine));
  }
  return text.empty() ? "none" : text;
}

std::string text_of_setting(const SettingValue* value) {
  if (value == nullptr) {
    return "not told";
  }
  return std::visit(
      [](const auto& told) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(told)>, std::monostate>) {
          return "none";
        } else if constexpr (std::is_same_v<std::decay_t<decltype(told)>, bool>) {
          return told ? "yes" : "no";
        } else {
          return fmt::format("{}", told);
        }
      },
      *value);
}

std::string text_of_faults(const RunResults& results) {
  std::string text;
  for (const std::string& fault : results.asked.faults) {
    text += fmt::format("{}'{}'", text.empty() ? "" : ", ", fault);
  }
  return text.empty() ? "none" : text;
}

/// "their patterns differ, cache-aside against lease"; empty where nothing does.
std::string difference_of(const RunResults& first, const RunResults& second) {
  std::string found;
  const auto compare = [&found](std::string_view what, const std::string& of_first, const std::string& of_second) {
    if (found.empty() && of_first != of_second) {
      found = fmt::format("{} differ, {} against {}", what, of_first, of_second);
    }
  };
  compare("their scenarios", first.scenario, second.scenario);
  compare("their patterns", first.pattern, second.pattern);
  compare("their engines", text_of_engines(first), text_of_engines(second));
  compare("the versions of stalemate", first.program_version, second.program_version);
  compare("their durations", fmt::format("{} ns", first.duration_ns), fmt::format("{} ns", second.duration_ns));
  for (const Asked* asked : {&first.asked, &second.asked}) {
    for (const AskedSetting& setting : asked->settings) {
      compare(fmt::format("their settings of {}", setting.name), text_of_setting(first.asked.find(setting.name)),
              text_of_setting(second.asked.find(setting.name)));
    }
  }
  compare("their faults", text_of_faults(first), text_of_faults(second));
  return found;
}

Result<void> check_part(const MergePart& part) {
  if (part.results.verdict.empty() || !part.results.stale || !part.results.lost) {
    return failed(
        ErrorCode::wrong_type,
        fmt::format("{} has no verdict, because its history was not checked, so it cannot be merged", part.name));
  }
  if (const Result<void> belong = check_that_they_belong(part.histograms, part.results); !belong) {
    return failed(ErrorCode::wrong_type, fmt::format("{} cannot be merged: {}; a run is merged by its whole history",
                                                     part.name, belong.error().detail));
  }
  return {};
}

}  // namespace

Result<void> check_mergeable(std::span<const MergePart> parts) {
  for (const MergePart& part : parts) {
    if (Result<void> fine = check_part(part); !fine) {
      return fine;
    }
    const MergePart& first = parts.front();
    if (const std::string difference = difference_of(first.results, part.results); !difference.empty()) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("{} and {} cannot be merged: {}", first.name, part.name, difference));
    }
    for (const MergePart* other = &first; other != &part; ++other) {
      if (other->results == part.results) {
        return failed(ErrorCode::wrong_type,
                      fmt::format("{} and {} are the same run, which is merged once only", other->name, part.name));
      }
    }
  }
  return {};
}

}  // namespace stalemate
