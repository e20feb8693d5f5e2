// The figures of groups of runs, for text and JSON alike.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/comparison/compared_figures.hpp"
#include "report/comparison/run_groups.hpp"
#include "report/comparison/spread.hpp"
#include "report/results/alike.hpp"

namespace stalemate {

/// The runs of all groups, in order. They live as long as the groups.
[[nodiscard]] std::vector<const RunResults*> all_runs(std::span<const RunGroup> groups);

/// What the figure is in each run of the group that has it, in order.
[[nodiscard]] std::vector<double> values_of(const ComparedFigure& figure, const RunGroup& group);

/// Each group as pooled() has it, with no seed of its own.
[[nodiscard]] std::vector<RunResults> pooled_of_each(std::span<const RunGroup> groups);

/// As alike_paragraph(), with the seeds of all runs, and the programs. `heads`: pooled_of_each(), named.
[[nodiscard]] std::string unlike_paragraph(std::span<const RunGroup> groups, const Runs& heads);

}  // namespace stalemate
