// The texts faults are configured with: comma-separated settings such as "fill=1%,update=1%" and "cache@5s+500ms".
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

/// Which calls a fault can be asked of.
struct CallsTaken {
  std::string_view deed;               ///< such as "skipped"
  RoleMask roles = 0;                  ///< those it can happen to
  std::string_view why_no_other = {};  ///< such as "it would have no answer"; empty if it can happen to all
};

/// The calls that a word of core/call_names.hpp means.
/// Errors: wrong_type: no such word (with the nearest and all), or one that means a call the fault cannot happen to.
[[nodiscard]] Result<RoleMask> parse_calls(std::string_view word, const CallsTaken& taken);

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

/// Reads "CALL=CHANCE,...": a fault that does `action` to these calls, each with a chance of its own. It takes one draw
/// an op, which each call sees through its own mixer, so that setting one call's chance moves no other's hits. Errors:
/// wrong_type: as parse_settings, parse_calls and parse_chance.
[[nodiscard]] Result<ConfiguredFault> parse_chances(std::string_view text, std::string_view example,
                                                    const CallsTaken& taken, CallAction action);

/// Reads "SERVER@TIME+LENGTH,...", SERVER db or cache, as pairs of events sorted by time: `begin` at TIME and `end`
/// LENGTH later. Pairs of one server do not overlap. Errors: wrong_type, a sentence that ends with `example`.
[[nodiscard]] Result<std::vector<ServerEvent>> parse_outages(std::string_view text, ServerEventKind begin,
                                                             ServerEventKind end, std::string_view example);

/// "there is no WHAT 'NAME' (did you mean ...); they are A, B, C", as an error.
[[nodiscard]] std::unexpected<Error> unknown_name(std::string_view what, std::string_view name,
                                                  std::span<const std::string_view> known);

}  // namespace stalemate
