#include "core/faults/fault.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/random.hpp"

namespace stalemate {

const FaultInfo* find_fault(std::string_view name) {
  if (const FaultInfo* const found = FaultRegistry::find(name)) {
    return found;
  }
  const auto faults = FaultRegistry::all();
  const auto place = std::ranges::find_if(
      faults, [name](const FaultInfo& info) { return !info.former_name.empty() && info.former_name == name; });
  return place == faults.end() ? nullptr : &*place;
}

bool is_in_share(const CallClause& clause, RoleMask call, std::uint64_t draw, std::uint64_t salt) {
  if (clause.share >= 1) {
    return true;
  }
  const auto place = static_cast<std::uint64_t>(std::countr_zero(call));
  return mix_bits(draw + salt + place * 0x9e3779b97f4a7c15ULL) <
         static_cast<std::uint64_t>(std::ldexp(clause.share, 64));
}

}  // namespace stalemate
