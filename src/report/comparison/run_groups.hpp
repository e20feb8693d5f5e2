// Runs that were asked for the same are repeats of one another: a group. Groups side by side.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/results/run_results.hpp"

namespace stalemate {

/// How many runs may be compared, in at most compared_runs_max groups.
inline constexpr std::size_t grouped_runs_max = 100;

/// Repeats of one another. Requires: one or more.
using RunGroup = std::vector<RunResults>;

/// The runs by what they were asked for, apart from the seed, and by the servers and the program that did it; groups
/// and the runs in them in the order given. Two runs alone are two groups, whatever they are, so that each is told.
/// Pure.
[[nodiscard]] std::vector<RunGroup> grouped(std::span<const RunResults> runs);

/// A run that did what all of the group did: counts are added up, the worst is the worst of all. Percentiles, which
/// nothing adds up, are their medians.
[[nodiscard]] RunResults pooled(const RunGroup& group);

/// Groups side by side, each figure as its median over the group's runs and, behind it in brackets, the least and the
/// most; then a few sentences on what all runs of a group did together, and which times are told apart. As compare().
/// Requires: width >= 40; 1 to compared_runs_max groups, of which one has two runs or more.
[[nodiscard]] std::string compare_groups(std::span<const RunGroup> groups, unsigned width);

/// The same of any groups as one JSON object: figures with median, min, max and all values.
/// Requires: 1 to compared_runs_max groups.
[[nodiscard]] std::string comparison_json(std::span<const RunGroup> groups);

}  // namespace stalemate
