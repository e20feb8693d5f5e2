// A run as it stands at one moment, for the live page: web/live.js reads it.
#pragma once

#include <string>

#include "report/screen/progress.hpp"

namespace stalemate {

/// One JSON object without a newline; its members have the names of Progress's. What there is none of is left out.
/// Text that is not UTF-8 is replaced.
[[nodiscard]] std::string to_json(const Progress& progress);

}  // namespace stalemate
