// A decision as a page: the alternatives side by side, what is recommended and by which rules, and where it would turn.
#pragma once

#include <string>

#include "report/decision/told.hpp"
#include "report/page/page.hpp"

namespace stalemate {

/// `again`: the command that decides once more. `folder`: the decision's, as a shell wants it, where the page will lie;
/// its links lead to the pages of the runs below it. Pure. web/decide_page.js draws it.
/// Requires: the decision is of that record.
[[nodiscard]] Page decide_page(const DecisionRecord& record, const Decision& decision, const std::string& again,
                               const std::string& folder, const std::string& generator);

}  // namespace stalemate
