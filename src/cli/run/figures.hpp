// What the figures of a run are called, for every option that names one: --fail-if, sweep --of and --find.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// A figure that a run may have.
struct RunFigure {
  std::string path = {};  ///< in results.json, such as "latency.read.response.p99_ns"; else the short name
  std::string kind = {};  ///< "count", "number", "ratio" (0 to 1), "nanoseconds", "seconds" or "yes/no"
  friend bool operator==(const RunFigure&, const RunFigure&) = default;
};

/// A short name, such as read_p99. `path`: the field of results.json that it stands for; empty: it is computed.
struct ShortFigure {
  std::string_view name;
  std::string_view path;
  std::string_view meaning;
};

/// In the order in which people are told of them.
[[nodiscard]] std::span<const ShortFigure> short_figures();

/// "read_p50, read_p90, ...": all of them.
[[nodiscard]] std::string short_figure_names();

/// The figure of that short name or path; `more` are others that may be named, and go first. Errors: wrong_type: a
/// sentence that begins with `flag` and names the nearest.
[[nodiscard]] Result<RunFigure> find_figure(std::string_view name, std::string_view flag,
                                            std::span<const RunFigure> more = {});

/// Why no run of the scenario has that figure; empty where one may have it.
[[nodiscard]] std::string why_no_figure(const RunFigure& figure, const Scenario& scenario);

/// The figure in a results.json; what never happened in a run that counts such things is 0. None where the run has
/// none.
[[nodiscard]] std::optional<double> figure_in(const nlohmann::json& results, const RunFigure& figure);

}  // namespace stalemate
