// Whether runs were asked to do the same, so that their figures can be compared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "report/results/run_results.hpp"

namespace stalemate {

/// A run under a name that tells it from the others.
struct Named {
  const RunResults& results;
  std::string name;
};

/// In the order of the comparison; two or more.
using Runs = std::vector<Named>;

/// What `text_of` gives of each run, in one text.
template <class TextOf>
[[nodiscard]] std::string of_each(const Runs& runs, std::string_view between, TextOf text_of) {
  std::string all;
  for (const Named& run : runs) {
    all += fmt::format("{}{}", &run == &runs.front() ? "" : between, text_of(run));
  }
  return all;
}

/// What differs between the runs apart from what the comparison is about (scenario, pattern, engines), as sentences;
/// empty where nothing does.
[[nodiscard]] std::string alike_paragraph(const Runs& runs);

}  // namespace stalemate
