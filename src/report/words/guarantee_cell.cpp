#include "report/words/guarantee_cell.hpp"

#include <fmt/format.h>

#include "core/pattern/pattern.hpp"

namespace stalemate {
namespace {

constexpr const char* no_fault_column = "no fault";

}  // namespace

GuaranteeCell guarantee_cell(const std::string& pattern, const CauseInfo* cause) {
  if (cause == nullptr || PatternRegistry::find(pattern) == nullptr) {
    return {};
  }
  const std::string fault(cause->fault);
  return {.pattern = pattern,
          .fault = fault.empty() ? no_fault_column : fault,
          .property = "fresh",
          .command = fmt::format("stalemate explore {}{}{}", pattern, fault.empty() ? "" : " --faults ", fault)};
}

std::string guarantee_cell_sentence(const GuaranteeCell& cell) {
  if (cell.pattern.empty()) {
    return {};
  }
  return fmt::format(
      "In docs/guarantees.md it belongs to {} under {}; '{}' shows the shortest run that goes wrong there{}, and which "
      "patterns hold.",
      cell.pattern, cell.fault, cell.command, cell.fault == no_fault_column ? "" : ", what the fault does by itself");
}

}  // namespace stalemate
