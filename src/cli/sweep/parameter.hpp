// The settings of a scenario that `sweep` may change, and the values that the command line names.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "report/sweep/spacing.hpp"
#include "report/sweep/sweep_results.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// A field of a scenario whose values are numbers or times.
struct SweptField {
  std::string key = {};   ///< such as "time_to_live"
  std::string unit = {};  ///< of its values, as SweepAxis::unit
  bool is_time = false;   ///< its values are nanoseconds
  bool is_whole = false;  ///< whole numbers, or whole nanoseconds
  bool by_ratio = false;  ///< how its values are spaced where nothing else is asked for and all are above 0
};

/// Values to look between, as the command line names them.
struct WantedRange {
  SweptField field = {};
  ValueRange range = {};
};

/// The field of that name, "rate" (all ops a second, reads and writes in the scenario's proportion), or the only one
/// that is called so elsewhere ("ttl"). Errors: wrong_type: a sentence that begins with `flag`: no such field (with the
/// nearest), several, or one that is neither a number nor a time.
[[nodiscard]] Result<SweptField> find_swept_field(std::string_view name, std::string_view flag);

/// "NAME=LOW..HIGH", "NAME=LOW..HIGH/STEPS" and "NAME=V,V,V". `steps` stands where none are named; `is_linear`: evenly
/// spaced. Errors: wrong_type: a sentence that begins with "--over".
[[nodiscard]] Result<SweepAxis> parse_over(std::string_view text, unsigned steps, bool is_linear);

/// "NAME=LOW..HIGH", or "NAME" alone: from a hundredth of the scenario's own value to a hundred times that.
/// Errors: wrong_type: a sentence that begins with "--find".
[[nodiscard]] Result<WantedRange> parse_range(std::string_view text, const Scenario& scenario, bool is_linear);

/// Whether setting one of the two would set the other as well: read_rate and read_every, rate and write_rate.
[[nodiscard]] bool say_the_same(std::string_view one, std::string_view other);

/// The value as a scenario says it, such as "2.78s". It can be read back.
[[nodiscard]] std::string value_text(const SweptField& field, double value);

/// The scenario with that setting, valid. Errors: wrong_type: a sentence that names the field and the value.
[[nodiscard]] Result<Scenario> scenario_with(const Scenario& scenario, std::string_view key, std::string_view text);

}  // namespace stalemate
