// A setting of a scenario as results report it: passed from the room that has the table of fields to the report.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace stalemate {

/// Nothing: the setting has no effect in this run. Times are whole nanoseconds.
using SettingValue = std::variant<std::monostate, bool, std::uint64_t, double, std::string>;

struct AskedSetting {
  std::string name = {};  ///< its name in results.json, such as "time_to_live_ns"
  SettingValue value = {};
  friend bool operator==(const AskedSetting&, const AskedSetting&) = default;
};

}  // namespace stalemate
