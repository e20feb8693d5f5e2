// docs/guarantees.md as of the build: what holds where, known without a search.
#pragma once

#include <string_view>
#include <vector>

#include "explore/judge.hpp"
#include "explore/model/virtual_fault.hpp"

namespace stalemate {

/// The page; cmake/Guarantees.cmake writes it into the program, and a test proves it again.
[[nodiscard]] std::string_view embedded_guarantees();

/// The patterns of the page, in its order.
[[nodiscard]] std::vector<std::string_view> patterns_of_page();

/// The patterns with which the judge's property holds in the judge's own scope, without faults and with each of
/// `faults` by itself, as the page has them, sorted. A fault that the page does not have is ignored.
[[nodiscard]] std::vector<std::string_view> patterns_that_hold(const JudgeInfo& judge,
                                                               const std::vector<const VirtualFaultInfo*>& faults);

}  // namespace stalemate
