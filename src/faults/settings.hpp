// The texts faults are configured with: comma-separated settings such as "fill=1%,db=1%" and "cache@5s+500ms".
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/op.hpp"

namespace stalemate {

inline constexpr std::size_t role_count = 6;

/// All roles, in the order of the enumeration.
inline constexpr std::array<Role, role_count> all_roles = {Role::lookup, Role::load,       Role::fill,
                                                           Role::update, Role::invalidate, Role::refresh};

/// NAME=VALUE.
struct Setting {
  std::string_view name;
  std::string_view value;
};

/// Reads "NAME=VALUE,...": at least one, no name twice, no blanks.
/// Errors: wrong_type, a sentence that ends with `example`.
[[nodiscard]] Result<std::vector<Setting>> parse_settings(std::string_view text, std::string_view example);

/// A chance as "1%" or as a fraction "0.01", above 0 and at most 1.
/// Errors: wrong_type.
[[nodiscard]] Result<double> parse_chance(std::string_view text);

/// Reads "SERVER@TIME+LENGTH,...", SERVER db or cache, as pairs of events sorted by time: `begin` at TIME and `end`
/// LENGTH later. Pairs of one server do not overlap. Errors: wrong_type, a sentence that ends with `example`.
[[nodiscard]] Result<std::vector<ServerEvent>> parse_outages(std::string_view text, ServerEventKind begin,
                                                             ServerEventKind end, std::string_view example);

/// "there is no WHAT 'NAME' (did you mean ...); they are A, B, C", as an error.
[[nodiscard]] std::unexpected<Error> unknown_name(std::string_view what, std::string_view name,
                                                  std::span<const std::string_view> known);

}  // namespace stalemate
