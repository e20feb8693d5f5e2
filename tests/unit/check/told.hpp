// What a check says, as text, so that tests can compare all of it.
#pragma once

#include <string>

#include "check/check.hpp"

namespace stalemate::test {

/// All that a result says.
[[nodiscard]] std::string told(const CheckResult& result);

}  // namespace stalemate::test
