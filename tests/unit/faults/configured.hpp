// Faults made of texts, as a scenario would.
#pragma once

#include <string>
#include <string_view>

#include "core/faults/fault.hpp"

namespace stalemate::test {

/// Requires: there is a fault of that name.
inline Result<ConfiguredFault> configured(std::string_view name, std::string_view text) {
  return FaultRegistry::find(name)->parse(text);
}

/// Why the text is refused; "(accepted)" if it is not.
inline std::string told(std::string_view name, std::string_view text) {
  const Result<ConfiguredFault> fault = configured(name, text);
  return fault ? "(accepted)" : fault.error().detail;
}

}  // namespace stalemate::test
