// The words that name calls to the stores: the same in every fault, flag, file, table and page.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/op.hpp"

namespace stalemate {

/// A set of roles, one bit a Role (bit 0 is Role::lookup).
using RoleMask = std::uint8_t;
[[nodiscard]] constexpr RoleMask role_bit(Role role) {
  return static_cast<RoleMask>(1U << static_cast<unsigned>(role));
}
template <class... Roles>
[[nodiscard]] constexpr RoleMask roles_of(Roles... roles) {
  return static_cast<RoleMask>((0U | ... | role_bit(roles)));
}

/// A word for one call or a group of calls.
struct CallName {
  std::string_view name;
  RoleMask calls;            ///< one bit for a call, several for a group
  std::string_view meaning;  ///< one line for the generated tables
};

/// The six calls in the order of Role, then the groups, which are the stores. All live forever.
[[nodiscard]] std::span<const CallName> call_names();

/// The one of that name, or nullptr.
[[nodiscard]] const CallName* find_call(std::string_view name);

}  // namespace stalemate
