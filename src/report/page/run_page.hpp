// The page of a run, or of several side by side: report.html.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/page/page.hpp"
#include "report/page/run_pictures.hpp"
#include "report/results/run_results.hpp"

namespace stalemate {

struct RunOnPage {
  RunResults results = {};
  std::optional<RunPictures> pictures = {};  ///< none where the history is not there, or was not checked
  std::string without_pictures = {};         ///< then a sentence: why
  std::string run = {};                      ///< how commands name the run: its folder, as a shell wants it
};

/// The sentence that comes first: of the terminal's paragraph on customers the first one, and what follows it.
struct VerdictOnPage {
  std::string sentence = {};
  std::string more = {};  ///< may be empty
  std::string tone =
      {};  ///< "bad": customers met something, or the history is invalid; "warn": not all is known; "good"
};
[[nodiscard]] VerdictOnPage verdict_on_page(const RunResults& results);

/// What could not be judged, and what makes the figures less than they seem, as sentences; empty where there is
/// nothing.
[[nodiscard]] std::vector<std::string> not_judged(const RunOnPage& run);

/// The page's data as JSON; web/run_page.js draws it. Pure. Requires: at least one run.
[[nodiscard]] std::string run_page_data(std::span<const RunOnPage> runs);

/// Pure. `generator`: who writes it, such as "stalemate 0.1.0". Requires: at least one run.
[[nodiscard]] Page run_page(std::span<const RunOnPage> runs, const std::string& generator);

}  // namespace stalemate
