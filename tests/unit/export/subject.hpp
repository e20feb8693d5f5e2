// Random histories, and what a format makes of one.
#pragma once

#include <rapidcheck/gtest.h>

#include <sstream>
#include <string>

#include "check/check.hpp"
#include "export/export_format.hpp"
#include "unit/record/random_history.hpp"

namespace stalemate::exporting {

/// Of reads, writes, adds and background ops with steps, whose names are hostile.
inline History any_history(std::size_t ops_max) {
  const auto count = *rc::gen::inRange<std::size_t>(0, ops_max + 1);
  const std::vector<Op> ops =
      random_history::any_ops(count, *rc::gen::element<Nanoseconds>(100, 3'000'000, 700'000'000));
  HistoryHeader header;
  header.scenario_name = "a \"b\" \\ c\nd,\xff";
  header.pattern = "cache-aside";
  header.program = "stalemate 0";
  header.started_at = "2026-11-30T02:36:48Z";
  header.fault_names = {"", "skip", "a,\"b\""};
  header.cache_commands = {{}, {.name = "lease get"}};
  std::vector<Step> steps;
  for (std::size_t number = 0; number < 3 * count; ++number) {
    steps.push_back(random_history::any_step(static_cast<OpIndex>(number / 3)));
  }
  return make_history(header, ops, steps);
}

/// The text of the format. Requires: it is registered.
inline std::string exported(std::string_view format, const History& history, std::string_view series = {}) {
  const Report report = check_all(history);
  std::ostringstream out;
  ExportFormatRegistry::find(format)->write(
      {.history = &history, .report = &report, .series = latency_series_named(series)}, out);
  return out.str();
}

}  // namespace stalemate::exporting
