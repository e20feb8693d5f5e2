#include "scenario/fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/duration.hpp"
#include "core/key_names.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds microsecond = 1'000;
constexpr Nanoseconds millisecond = 1'000'000;
constexpr Nanoseconds hour = 3'600'000'000'000;
constexpr double rate_max = 10'000'000;
constexpr double second_ns = 1e9;
constexpr double rate_min = second_ns / static_cast<double>(24 * hour);
constexpr std::size_t text_length_max = 400;

// Each kind of field below is a type with `kind`, `set`, `check` and `show`, as struct Field wants them.

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
};

// The name becomes a folder's name.
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
};

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
};

// An enumeration whose values are 0 to count - 1.
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
};

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
};

// A whole number; the field holds `base` more than the file says.
template <class Integer, Integer Scenario::* member, std::int64_t least, std::int64_t most, Integer base = 0>
struct IntegerField {
  static constexpr std::string_view kind = "whole number";
  static std::string wanted() { return "a whole number from " + std::to_string(least) + " to " + std::to_string(most); }
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    if (whole == nullptr || *whole < least || *whole > most) {
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
};

// TOML's whole numbers end at 2^63 - 1; larger seeds are written in quotes.
struct SeedField {
  static constexpr std::string_view kind = "whole number";
  static Result<void> set(Scenario& scenario, std::string_view key, const FieldValue& value) {
    std::string digits;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      digits = std::to_string(*whole);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      digits = *text;
    }
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seed);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
      return wrong_value(key, "a whole number from 0 to 18446744073709551615 (in quotes from 2^63 on)", value);
    }
    scenario.seed = seed;
    return {};
  }
  static Result<void> check(const Scenario& /*scenario*/, std::string_view /*key*/) { return {}; }
  static std::string show(const Scenario& scenario) {
    const std::string digits = std::to_string(scenario.seed);
    return scenario.seed > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ? quote_toml(digits)
                                                                                                : digits;
  }
};

// A number from 0 (not itself, if `above_zero`) to `most`.
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
};

// The interval that is exactly this rate, or 0.
Nanoseconds interval_of(double rate) {
  if (!(rate >= rate_min && rate <= rate_max)) {
    return 0;
  }
  const Nanoseconds interval_ns = std::llround(second_ns / rate);
  return second_ns / static_cast<double>(interval_ns) == rate ? interval_ns : 0;
}

// to_toml writes a rate as an interval only if it is not a whole number and the interval is exact.
bool shown_as_interval(double rate) {
  return rate != std::floor(rate) && interval_of(rate) != 0;
}

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
    return wrong_value(key, "ops a second, from one in 24h (0.0000116) to 10000000", rate);
  }
  static std::string show(const Scenario& scenario) {
    return shown_as_interval(scenario.*member) ? std::string() : show_number(scenario.*member);
  }
};

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
  // The rate's key speaks for both.
  static Result<void> check(const Scenario& /*scenario*/, std::string_view /*key*/) { return {}; }
  static std::string show(const Scenario& scenario) {
    return shown_as_interval(scenario.*member) ? quote_toml(format_duration(interval_of(scenario.*member)))
                                               : std::string();
  }
};

template <class Kind>
Field field(std::string_view key, std::string_view meaning) {
  return Field{{key, Kind::kind, meaning, {}}, Kind::set, Kind::check, Kind::show};
}

template <DatabaseEngine Scenario::* member>
using EngineField = ChoiceField<DatabaseEngine, member, 2>;

std::vector<Field> make_fields() {
  using S = Scenario;
  return {
      field<NameField>("name", "the scenario's name; the file's name if not given"),
      field<TextField<&S::question>>("question", "the question it puts, in one line"),
      field<TextField<&S::pattern>>("pattern", "the caching pattern (stalemate list patterns)"),
      field<EngineField<&S::database>>("database",
                                       "postgres, or cockroach (without its program: serializable postgres)"),
      field<FlagField<&S::has_cache>>("cache", "whether there is a cache"),
      field<DurationField<&S::duration_ns, millisecond, 24 * hour>>("duration", "how long ops are wanted"),
      field<IntervalField<&S::read_rate>>("read_every", "the time from one read to the next; or read_rate"),
      field<RateField<&S::read_rate>>("read_rate", "reads a second; or read_every"),
      field<IntervalField<&S::write_rate>>("write_every", "the time from one write to the next; or write_rate"),
      field<RateField<&S::write_rate>>("write_rate", "writes a second; or write_every"),
      field<ChoiceField<Arrivals, &S::arrivals, 2>>("arrivals", "constant: evenly spaced; poisson: at random"),
      field<ChoiceField<Pacing, &S::pacing, 2>>(
          "pacing", "open: as planned, whatever the system does; ticker: the origin's closed loop"),
      field<FlagField<&S::serialize>>("serialize", "one global readers-writer lock around every op, as the origin has"),
      field<IntegerField<std::uint32_t, &S::keys, 0, 10'000'000, origin_key_count>>(
          "keys", "generated keys besides the origin's six"),
      field<ChoiceField<KeyDistribution, &S::key_distribution, 4>>(
          "key_distribution", "uniform, zipfian, hotspot, or latest (reads favour what was written last)"),
      field<NumberField<&S::zipf_exponent, 4, true>>("zipf_exponent", "of zipfian and latest: larger is more skewed"),
      field<NumberField<&S::hotspot_keys, 1, true>>("hotspot_keys", "hotspot: this share of the keys ..."),
      field<NumberField<&S::hotspot_ops, 1, false>>("hotspot_ops", "... gets this share of the ops"),
      field<IntegerField<std::uint16_t, &S::clients, 1, 4096>>("clients",
                                                               "logical clients, each with one op at a time"),
      field<SeedField>("seed", "the same seed plans the same ops"),
      field<DurationField<&S::time_to_live_ns, millisecond, 24 * hour, true>>("time_to_live", "of cache entries"),
      field<DurationField<&S::sample_interval_ns, millisecond, 24 * hour>>(
          "sample_every", "how often all rows are compared with all entries"),
      field<DurationField<&S::connect_limit_ns, millisecond, hour>>("connect_limit",
                                                                    "the longest wait for a connection"),
      field<DurationField<&S::op_limit_ns, millisecond, hour>>("op_limit", "the longest wait for a store's answer"),
      field<DurationField<&S::late_bound_ns, microsecond, hour>>(
          "late_bound", "an op sent later than this after its intended start counts as late"),
      field<DurationField<&S::drain_limit_ns, millisecond, hour>>(
          "drain_limit", "after the last intended start, ops not sent by then are dropped"),
      field<IntegerField<std::uint8_t, &S::retries_max, 0, 255>>("retries_max",
                                                                 "of an op that met SQLSTATE 40001, at most"),
  };
}

// The texts of the default values, in a place that lasts.
std::vector<Field> with_defaults(std::span<const std::string> texts) {
  std::vector<Field> all = make_fields();
  for (std::size_t place = 0; place < all.size(); ++place) {
    all[place].about.default_value = texts[place];
  }
  return all;
}

std::vector<std::string> default_texts() {
  std::vector<std::string> texts;
  for (const Field& one : make_fields()) {
    texts.push_back(one.show(Scenario()));
  }
  return texts;
}

}  // namespace

std::span<const Field> fields() {
  static const std::vector<std::string> texts = default_texts();
  static const std::vector<Field> all = with_defaults(texts);
  return all;
}

const Field* find_field(std::string_view key) {
  const std::span<const Field> all = fields();
  const auto place = std::ranges::find(all, key, [](const Field& one) { return one.about.key; });
  return place == all.end() ? nullptr : &*place;
}

std::span<const std::string_view> field_keys() {
  static const std::vector<std::string_view> keys = [] {
    std::vector<std::string_view> names;
    for (const Field& one : fields()) {
      names.push_back(one.about.key);
    }
    return names;
  }();
  return keys;
}

std::string_view rival_of(std::string_view key) {
  constexpr std::array pairs = {std::pair<std::string_view, std::string_view>("read_every", "read_rate"),
                                std::pair<std::string_view, std::string_view>("write_every", "write_rate")};
  for (const auto& [every, rate] : pairs) {
    if (key == every || key == rate) {
      return key == every ? rate : every;
    }
  }
  return {};
}

}  // namespace stalemate
