// What is asked of reports: the verdict of several checks, a result, a figure.
#include <algorithm>

#include "check/check.hpp"
#include "core/assert.hpp"

namespace stalemate {

Verdict verdict_of(std::span<const CheckResult> results) {
  Verdict verdict = Verdict::valid;
  bool has_deciding = false;
  for (const CheckResult& result : results) {
    if (!result.decides) {
      continue;
    }
    has_deciding = true;
    if (result.verdict == Verdict::invalid) {
      return Verdict::invalid;
    }
    if (result.verdict == Verdict::unknown) {
      verdict = Verdict::unknown;
    }
  }
  return has_deciding ? verdict : Verdict::unknown;
}

const CheckResult* find_result(const Report& report, std::string_view name) {
  const auto found = std::ranges::find(report.results, name, &CheckResult::name);
  return found == report.results.end() ? nullptr : &*found;
}

double value_of(const CheckResult& result, FigureId id) {
  const auto found = std::ranges::find(result.figures, id, &Figure::id);
  return found == result.figures.end() ? 0 : found->value;
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return "valid";
    case Verdict::invalid: return "invalid";
    case Verdict::unknown: return "unknown";
  }
  STALEMATE_ASSERT(false, "a verdict outside the enumeration");
}

}  // namespace stalemate
