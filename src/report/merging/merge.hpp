// Several runs of the same thing as one: from several machines at the same time, or repeated.
//
// Counts and histograms are added, so that the percentiles of the whole are exact to a histogram's bucket, which those
// of percentiles would not be.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "report/merging/run_histograms.hpp"
#include "report/results/run_results.hpp"

namespace stalemate {

/// A run by itself, with what its results do not hold. Never merged results: what was merged stays its parts, so that
/// merging again begins with them, in whatever order.
struct MergePart {
  std::string name = {};  ///< its folder, as it was named
  RunResults results = {};
  RunHistograms histograms = {};
};

/// Puts the parts in the order in which their runs began, whatever order they are in.
void sort_parts(std::vector<MergePart>& parts);

/// Whether the parts can be merged: the same was asked for and run, by the same version, each was checked, and none is
/// there twice. Requires: two parts or more.
/// Errors: ErrorCode::wrong_type with a sentence that names two runs and the first difference.
[[nodiscard]] Result<void> check_mergeable(std::span<const MergePart> parts);

/// The results of all parts together, as `validate` wants them, apart from `replay` and `program_version`, which are
/// the first part's. Pure. Requires: sorted parts that can be merged.
[[nodiscard]] RunResults merged_results(std::span<const MergePart> parts);

/// The parts as text and back, exactly. Errors: ErrorCode::wrong_type with a sentence, what is wrong with the text.
[[nodiscard]] std::string parts_json(std::span<const MergePart> parts);
[[nodiscard]] Result<std::vector<MergePart>> parts_from_json(std::string_view text);

}  // namespace stalemate
