// The kinds of fields that a scenario has: how each is read, checked, written and reported.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "core/asked_setting.hpp"
#include "core/text/duration.hpp"
#include "core/text/number_text.hpp"
#include "scenario/field_value.hpp"
#include "scenario/scenario.hpp"

namespace stalemate::field_kinds {

inline constexpr Nanoseconds microsecond = 1'000;
inline constexpr Nanoseconds millisecond = 1'000'000;
inline constexpr Nanoseconds hour = 3'600'000'000'000;
inline constexpr double rate_max = 10'000'000;
inline constexpr double second_ns = 1e9;
inline constexpr double rate_min = second_ns / static_cast<double>(24 * hour);
inline constexpr std::size_t text_length_max = 400;

// Each kind of field below is a type with `kind`, `set`, `check` and `show`, as struct Field needs them, and `range`,
// the text of the values it takes; where results report it, `told`, and `suffix` if its name there has one after the
// key.

/// One line of text.
template <std::string Scenario::* member>
struct TextField {
  static constexpr std::string_view kind = "text";
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    Result<std::string> text = read_text(key, value);
    if (!text) {
      return std::unexpected(text.error());
    }
    scenario.*member = *text;
    return {};
  }
  static Result<void> check(const Scenario& scenario, std::string_view key) {
    const std::string& text = scenario.*member;
    const auto is_control = [](char character) { return static_cast<unsigned char>(character) < 0x20; };
    if (text.size() > text_length_max || std::ranges::any_of(text, is_control)) {
      return failed(ErrorCode::wrong_type, std::string(key) + " must be one line of at most " +
                                               std::to_string(text_length_max) + " characters");
    }
    return {};
  }
  static std::string show(const Scenario& scenario) { return quote_toml(scenario.*member); }
  static SettingValue told(const Scenario& scenario) { return scenario.*member; }
  static std::string range() { return "one line of at most " + std::to_string(text_length_max) + " characters"; }
};

/// The name of an engine, which is looked up once all engines are known.
template <std::string Scenario::* member>
struct EngineField : TextField<member> {
  static constexpr std::string_view kind = "name";
  static std::string range() { return "an engine of that role"; }
};

/// The name becomes a folder's name.
struct NameField {
  static constexpr std::string_view kind = "text";
  static constexpr std::string_view wanted = "1 to 64 letters, digits, '-', '_' and '.', the first no '.'";
  static bool fits(std::string_view name) {
    const auto is_allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
             c == '.';
    };
    return name.size() <= 64 && !name.starts_with('.') && std::ranges::all_of(name, is_allowed);
  }
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    Result<std::string> text = read_text(key, value);
    if (!text) {
      return std::unexpected(text.error());
    }
    if (text->empty()) {
      return wrong_value(key, wanted, value);
    }
    scenario.name = *text;
    return {};
  }
  static Result<void> check(const Scenario& scenario, std::string_view key) {
    if (!fits(scenario.name)) {
      return wrong_value(key, wanted, scenario.name);
    }
    return {};
  }
  static std::string show(const Scenario& scenario) {
    return scenario.name.empty() ? std::string() : quote_toml(scenario.name);
  }
  static SettingValue told(const Scenario& scenario) { return scenario.name; }
  static std::string range() { return std::string(wanted); }
};

/// Yes or no.
template <bool Scenario::* member>
struct FlagField {
  static constexpr std::string_view kind = "true or false";
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    const Result<bool> flag = read_flag(key, value);
    if (!flag) {
      return std::unexpected(flag.error());
    }
    scenario.*member = *flag;
    return {};
  }
  static Result<void> check(const Scenario& /*scenario*/, std::string_view /*key*/) { return {}; }
  static std::string show(const Scenario& scenario) { return scenario.*member ? "true" : "false"; }
  static SettingValue told(const Scenario& scenario) { return scenario.*member; }
  static std::string range() { return "true or false"; }
};

/// An enumeration whose values are 0 to count - 1.
template <class Choice, Choice Scenario::* member, std::size_t count>
struct ChoiceField {
  static constexpr std::string_view kind = "choice";
  static std::array<std::string_view, count> names() {
    std::array<std::string_view, count> texts;
    for (std::size_t place = 0; place < count; ++place) {
      texts[place] = name_of(static_cast<Choice>(place));
    }
    return texts;
  }
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    const Result<std::size_t> place = read_choice(key, value, names());
    if (!place) {
      return std::unexpected(place.error());
    }
    scenario.*member = static_cast<Choice>(*place);
    return {};
  }
  static Result<void> check(const Scenario& /*scenario*/, std::string_view /*key*/) { return {}; }
  static std::string show(const Scenario& scenario) { return quote_toml(name_of(scenario.*member)); }
  static SettingValue told(const Scenario& scenario) { return std::string(name_of(scenario.*member)); }
  static std::string range() { return choice_text(names()); }
};

/// A length of time.
template <Nanoseconds Scenario::* member, Nanoseconds least, Nanoseconds most, bool none_allowed = false>
struct DurationField {
  static constexpr std::string_view kind = none_allowed ? "duration or \"none\"" : "duration";
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    const Result<Nanoseconds> duration_ns = read_duration(key, value, none_allowed);
    if (!duration_ns) {
      return std::unexpected(duration_ns.error());
    }
    scenario.*member = *duration_ns;
    return {};
  }
  static Result<void> check(const Scenario& scenario, std::string_view key) {
    const Nanoseconds duration_ns = scenario.*member;
    if ((none_allowed && duration_ns == 0) || (duration_ns >= least && duration_ns <= most)) {
      return {};
    }
    return wrong_value(key, "from " + format_duration(least) + " to " + format_duration(most),
                       duration_ns < 0 ? std::string("less than nothing") : format_duration(duration_ns));
  }
  static std::string show(const Scenario& scenario) {
    return quote_toml(scenario.*member == 0 ? "none" : format_duration(scenario.*member));
  }
  static SettingValue told(const Scenario& scenario) { return static_cast<std::uint64_t>(scenario.*member); }
  static std::string range() {
    return format_duration(least) + " to " + format_duration(most) + (none_allowed ? ", or none" : "");
  }
  static constexpr std::string_view suffix = "_ns";
};

/// A whole number; the field holds `base` more than the file says.
template <class Integer, Integer Scenario::* member, std::int64_t least, std::int64_t most, Integer base = 0>
struct IntegerField {
  static constexpr std::string_view kind = "whole number";
  static std::string wanted() { return "a whole number from " + with_thousands(least) + " to " + with_thousands(most); }
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    const std::optional<std::int64_t> whole = whole_number_in(value);
    if (!whole || *whole < least || *whole > most) {
      return wrong_value(key, wanted(), value);
    }
    scenario.*member = static_cast<Integer>(static_cast<Integer>(*whole) + base);
    return {};
  }
  static Result<void> check(const Scenario& scenario, std::string_view key) {
    const std::int64_t whole = static_cast<std::int64_t>(scenario.*member) - static_cast<std::int64_t>(base);
    if (whole < least || whole > most) {
      return wrong_value(key, wanted(), whole);
    }
    return {};
  }
  static std::string show(const Scenario& scenario) {
    return std::to_string(static_cast<std::int64_t>(scenario.*member) - static_cast<std::int64_t>(base));
  }
  static SettingValue told(const Scenario& scenario) { return std::uint64_t{scenario.*member}; }
  static std::string range() { return with_thousands(least) + " to " + with_thousands(most); }
};

/// TOML's whole numbers end at 2^63 - 1; larger seeds are written in quotes.
struct SeedField {
  static constexpr std::string_view kind = "whole number";
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    std::string digits;
    if (const std::optional<std::int64_t> whole = whole_number_in(value)) {
      digits = std::to_string(*whole);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      digits = *text;
    }
    const std::optional<std::uint64_t> seed = parse_number<std::uint64_t>(digits);
    if (!seed) {
      return wrong_value(key, "a whole number from 0 to 18446744073709551615 (in quotes from 2^63 on)", value);
    }
    scenario.seed = *seed;
    return {};
  }
  static Result<void> check(const Scenario& /*scenario*/, std::string_view /*key*/) { return {}; }
  static std::string show(const Scenario& scenario) {
    const std::string digits = std::to_string(scenario.seed);
    return scenario.seed > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ? quote_toml(digits)
                                                                                                : digits;
  }
  static SettingValue told(const Scenario& scenario) { return scenario.seed; }
  static std::string range() { return "0 to 18446744073709551615, in quotes from 2^63 on"; }
};

/// A number from 0 (not itself, if `above_zero`) to `most`.
template <double Scenario::* member, int most, bool above_zero>
struct NumberField {
  static constexpr std::string_view kind = "number";
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      scenario.*member = static_cast<double>(*whole);
      return {};
    }
    if (const auto* number = std::get_if<double>(&value)) {
      scenario.*member = *number;
      return {};
    }
    return wrong_value(key, wanted(), value);
  }
  static std::string wanted() {
    return (above_zero ? "a number above 0 and at most " : "a number from 0 to ") + std::to_string(most);
  }
  static Result<void> check(const Scenario& scenario, std::string_view key) {
    const double number = scenario.*member;
    if (number <= most && (above_zero ? number > 0 : number >= 0)) {
      return {};
    }
    return wrong_value(key, wanted(), number);
  }
  static std::string show(const Scenario& scenario) { return show_number(scenario.*member); }
  static SettingValue told(const Scenario& scenario) { return scenario.*member; }
  static std::string range() { return (above_zero ? "above 0, at most " : "0 to ") + std::to_string(most); }
};

/// The interval that equals this rate exactly, or 0.
inline Nanoseconds interval_of(double rate) {
  if (!(rate >= rate_min && rate <= rate_max)) {
    return 0;
  }
  const Nanoseconds interval_ns = std::llround(second_ns / rate);
  return second_ns / static_cast<double>(interval_ns) == rate ? interval_ns : 0;
}

/// to_toml writes a rate as an interval only if it is not a whole number and the interval is exact.
inline bool shown_as_interval(double rate) {
  return rate != std::floor(rate) && interval_of(rate) != 0;
}

/// Ops a second; its twin is IntervalField.
template <double Scenario::* member>
struct RateField {
  static constexpr std::string_view kind = "ops a second";
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      scenario.*member = static_cast<double>(*whole);
    } else if (const auto* number = std::get_if<double>(&value)) {
      scenario.*member = *number;
    } else {
      return wrong_value(key, "ops a second, such as 100", value);
    }
    return check(scenario, key);
  }
  static Result<void> check(const Scenario& scenario, std::string_view key) {
    const double rate = scenario.*member;
    if (rate >= rate_min && rate <= rate_max) {
      return {};
    }
    return wrong_value(key, "ops a second, from one in 24h (0.0000116) to 10,000,000", rate);
  }
  static std::string show(const Scenario& scenario) {
    return shown_as_interval(scenario.*member) ? std::string() : show_number(scenario.*member);
  }
  static SettingValue told(const Scenario& scenario) { return scenario.*member; }
  static std::string range() { return "one in 24h (0.0000116) to 10,000,000"; }
};

/// The time from one op to the next: another way to write a rate. Results report the rate.
template <double Scenario::* member>
struct IntervalField {
  static constexpr std::string_view kind = "duration";
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    const Result<Nanoseconds> interval_ns = read_duration(key, value, false);
    if (!interval_ns) {
      return std::unexpected(interval_ns.error());
    }
    const double rate = second_ns / static_cast<double>(*interval_ns);
    if (rate > rate_max) {
      return wrong_value(key, "from 100ns (10 million ops a second) to 24h", value);
    }
    scenario.*member = rate;
    return {};
  }
  // Reported under the rate's key.
  static Result<void> check(const Scenario& /*scenario*/, std::string_view /*key*/) { return {}; }
  static std::string show(const Scenario& scenario) {
    return shown_as_interval(scenario.*member) ? quote_toml(format_duration(interval_of(scenario.*member)))
                                               : std::string();
  }
  static std::string default_value() { return quote_toml(format_duration(interval_of(Scenario().*member))); }
  static std::string range() { return "100ns to 24h"; }
};

}  // namespace stalemate::field_kinds
