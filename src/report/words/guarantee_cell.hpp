// Where docs/guarantees.md tells of such a wrong read as a run had.
#pragma once

#include <string>

#include "check/causes/cause.hpp"

namespace stalemate {

/// A cell of the matrix of patterns, faults and properties.
struct GuaranteeCell {
  std::string pattern = {};
  std::string fault = {};     ///< "no fault" where the cause needs none
  std::string property = {};  ///< as docs/guarantees.md names it
  std::string command = {};   ///< shows the shortest run that goes wrong there
};

/// None (an empty pattern) where the cause is unexplained, or the run's subject is no pattern.
[[nodiscard]] GuaranteeCell guarantee_cell(const std::string& pattern, const CauseInfo* cause);

/// A sentence on it; empty for none.
[[nodiscard]] std::string guarantee_cell_sentence(const GuaranteeCell& cell);

}  // namespace stalemate
