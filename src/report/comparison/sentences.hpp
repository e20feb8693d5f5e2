// What is said of runs beside one another, apart from their times, and what they are called.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/results/alike.hpp"

namespace stalemate {

/// Each under its scenario's name; "the first", "the second" and so on where two have the same.
/// Requires: at most compared_runs_max, which outlive the result.
[[nodiscard]] Runs named(std::span<const RunResults> runs);

/// Sentences: what was done, where cache and database were apart, what the checks found and what that means to a
/// customer. `times`, a sentence on response times, stands before the last one; it may be empty.
[[nodiscard]] std::vector<std::string> comparing_sentences(const Runs& runs, std::string times);

}  // namespace stalemate
