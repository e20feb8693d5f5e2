// An answer on one line, for comparison.
#pragma once

#include <string>

#include "application/requests/answer.hpp"

namespace stalemate {

/// "ok 5", "ok missing", "fail: why", "info nonsense: why".
inline std::string told(const Answer& answer) {
  std::string text(name_of(answer.outcome));
  text += answer.value ? " " + std::to_string(*answer.value) : "";
  text += answer.missing ? " missing" : "";
  text += answer.nonsense ? " nonsense" : "";
  return answer.detail.empty() ? text : text + ": " + answer.detail;
}

}  // namespace stalemate
