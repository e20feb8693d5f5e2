#include "report/results/alike.hpp"

#include <algorithm>

#include "core/text/words.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

// "time to live" for time_to_live_ns.
std::string spoken_name(std::string_view name) {
  std::string words(name.substr(0, name.size() - (name.ends_with("_ns") ? 3 : 0)));
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::string spoken_value(const AskedSetting& setting) {
  if (const auto* flag = std::get_if<bool>(&setting.value)) {
    return *flag ? "yes" : "no";
  }
  if (const auto* number = std::get_if<double>(&setting.value)) {
    return short_number(*number);
  }
  if (const auto* text = std::get_if<std::string>(&setting.value)) {
    return *text;
  }
  const auto count = std::get<std::uint64_t>(setting.value);
  if (setting.name.ends_with("_ns")) {
    return count == 0 ? "none" : spoken_duration(static_cast<Nanoseconds>(count));
  }
  return with_thousands(count);
}

// Numbers that are equal to three digits.
std::string exact_value(const AskedSetting& setting) {
  const auto* number = std::get_if<double>(&setting.value);
  const auto* count = std::get_if<std::uint64_t>(&setting.value);
  return number != nullptr  ? fmt::format("{}", *number)
         : count != nullptr ? fmt::format("{}{}", *count, setting.name.ends_with("_ns") ? " ns" : "")
                            : spoken_value(setting);
}

// The first lines of a comparison tell of these, by the engines that took part; of rows of the user's own
// `differences`.
bool is_told_otherwise(std::string_view setting) {
  return setting == "database" || setting == "cache" || setting == "data";
}

std::string rows_of(const RunResults& results) {
  const SettingValue* const data = results.asked.find("data");
  const std::string* const rows = data == nullptr ? nullptr : std::get_if<std::string>(data);
  return rows == nullptr ? "the table stock" : *rows;
}

bool has_effect(const SettingValue* value) {
  return value != nullptr && !std::holds_alternative<std::monostate>(*value);
}

// How the runs, one after the other, tell what they were asked for; empty where it is the same in all in which it has
// an effect.
std::string differing_values(const std::vector<AskedSetting>& told) {
  bool differ = false;
  bool are_near = false;
  for (const AskedSetting& one : told) {
    for (const AskedSetting& other : told) {
      if (has_effect(&one.value) && has_effect(&other.value) && one.value != other.value) {
        differ = true;
        are_near = are_near || spoken_value(one) == spoken_value(other);
      }
    }
  }
  std::string text;
  for (const AskedSetting& setting : told) {
    text += (&setting == &told.front() ? "" : " against ") + (!has_effect(&setting.value) ? "-"
                                                              : are_near                  ? exact_value(setting)
                                                                                          : spoken_value(setting));
  }
  return differ ? text : "";
}

// What each run was asked for under that name.
std::vector<AskedSetting> told_of(const Runs& runs, const std::string& name) {
  std::vector<AskedSetting> told;
  for (const Named& run : runs) {
    const SettingValue* value = run.results.asked.find(name);
    told.push_back({name, value == nullptr ? SettingValue() : *value});
  }
  return told;
}

std::vector<AskedSetting> durations_of(const Runs& runs) {
  std::vector<AskedSetting> told;
  for (const Named& run : runs) {
    told.push_back({"duration_ns", static_cast<std::uint64_t>(run.results.duration_ns)});
  }
  return told;
}

// The names of all settings that any of the runs tells, as they come.
std::vector<std::string> setting_names(const Runs& runs) {
  std::vector<std::string> names;
  for (const Named& run : runs) {
    for (const AskedSetting& setting : run.results.asked.settings) {
      if (!is_told_otherwise(setting.name) && std::ranges::find(names, setting.name) == names.end()) {
        names.push_back(setting.name);
      }
    }
  }
  return names;
}

// What differs between the runs apart from what the comparison is about (scenario, pattern, engines). A setting without
// effect in one of them follows from another that differs.
std::vector<std::string> differences(const Runs& runs) {
  std::vector<std::string> found;
  const auto differ = [&](std::string_view what, auto text_of) {
    const auto differs = [&](const Named& run) { return text_of(run.results) != text_of(runs.front().results); };
    if (std::ranges::any_of(runs, differs)) {
      found.push_back(fmt::format("{} {}", what,
                                  of_each(runs, " against ", [&](const Named& run) { return text_of(run.results); })));
    }
  };
  using Results = const RunResults&;
  differ("seed", [](Results r) { return std::to_string(r.seed); });
  const auto differ_as_asked = [&found](const std::vector<AskedSetting>& told) {
    if (const std::string values = differing_values(told); !values.empty()) {
      found.push_back(fmt::format("{} {}", spoken_name(told.front().name), values));
    }
  };
  differ_as_asked(durations_of(runs));
  for (const std::string& name : setting_names(runs)) {
    differ_as_asked(told_of(runs, name));
  }
  differ("rows of", rows_of);
  differ("faults", [](Results r) { return r.asked.faults.empty() ? "none" : faults_phrase(r); });
  differ("interrupted", [](Results r) { return std::string(r.interrupted ? "yes" : "no"); });
  return found;
}

// Settings that only other runs report, because another version wrote this run's results.
std::string untold_sentence(const Runs& runs, const Named& run) {
  std::vector<std::string> untold;
  for (const std::string& name : setting_names(runs)) {
    const bool is_told =
        std::ranges::any_of(runs, [&name](const Named& other) { return has_effect(other.results.asked.find(name)); });
    if (is_told && run.results.asked.find(name) == nullptr) {
      untold.push_back(spoken_name(name));
    }
  }
  return untold.empty() ? std::string()
                        : fmt::format(
                              " The results of {} come from another version and do not tell: {}. What was "
                              "asked for there may differ.",
                              run.name, joined(untold));
}

}  // namespace

std::string alike_paragraph(const Runs& runs) {
  std::string text;
  const std::vector<std::string> found = differences(runs);
  for (const std::string& difference : found) {
    text += fmt::format("{}{}", text.empty() ? "Not like with like: " : "; ", difference);
  }
  text += text.empty() ? "" : ".";
  for (const Named& run : runs) {
    text += untold_sentence(runs, run);
  }
  for (const Named& run : runs) {
    const std::string stand_in = stand_in_phrase(run.results);
    if (!stand_in.empty()) {
      text += fmt::format("{}In {}, {}: its times are not those of {}.", text.empty() ? "" : " ", run.name, stand_in,
                          stand_in.substr(stand_in.rfind(" for ") + 5));
    }
  }
  for (const Named& run : runs) {
    if (run.results.standstills.count > 0) {
      text +=
          fmt::format("{}In {}, {}.", text.empty() ? "" : " ", run.name, standstill_warning(run.results.standstills));
    }
  }
  return text;
}

}  // namespace stalemate
