// The texts faults are configured with: clauses with commas between them, such as "invalidate n=3", "fill=1%,update=1%"
// and "cache@5s+500ms".
//
// A clause says of what and how, with blanks between: "fill 1% 2s..5s". Where it says one thing only it may be joined:
// "fill=1%" is "fill 1%", "cache@5s+500ms" is "cache 5s..5.5s".
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/faults/fault.hpp"
#include "core/op.hpp"
#include "core/text/words.hpp"

namespace stalemate {

inline constexpr std::size_t role_count = 6;

/// All roles, in the order of the enumeration.
inline constexpr std::array<Role, role_count> all_roles = {Role::lookup, Role::load,       Role::fill,
                                                           Role::update, Role::invalidate, Role::refresh};

inline constexpr RoleMask every_role =
    roles_of(Role::lookup, Role::load, Role::fill, Role::update, Role::invalidate, Role::refresh);
/// Those that change a store. A lookup is among them where a pattern takes locks or leaves marks with it.
inline constexpr RoleMask changing_roles =
    roles_of(Role::lookup, Role::fill, Role::update, Role::invalidate, Role::refresh);

/// Which calls a fault can be asked of.
struct CallsTaken {
  std::string_view deed;               ///< such as "skipped"
  RoleMask roles = 0;                  ///< those it can happen to
  std::string_view why_no_other = {};  ///< such as "it would have no answer"; empty if it can happen to all
};

/// The calls that a word of core/faults/call_names.hpp means.
/// Errors: wrong_type: no such word (with the nearest and all), or one that means a call the fault cannot happen to.
[[nodiscard]] Result<RoleMask> parse_calls(std::string_view word, const CallsTaken& taken);

/// What every sort of call fault says of itself.
struct CallFaultForm {
  std::string_view example;
  CallsTaken taken = {};
  CallTrouble trouble = {};
  bool crash = false;
  /// What a duration in a clause sets: it has to be there; nullptr: none may be.
  Nanoseconds CallTrouble::* amount = nullptr;
};

/// Reads the clauses of a call fault. Each begins with a word for calls; behind it, in any order, each at most once:
/// a share (2%), n=3, key=PRODUCT_ID, a window (2s..5s, 2s..), timeout=50ms where the call is not answered, and the
/// duration that the fault needs. A clause without a blank is CALL=SHARE, or CALL=DURATION where the fault needs one.
/// Errors: wrong_type, with what would be right.
[[nodiscard]] Result<ConfiguredFault> parse_call_fault(std::string_view text, const CallFaultForm& form);

/// "5s..7s", or "5s.." up to the run's end. Errors: wrong_type.
[[nodiscard]] Result<TimeWindow> parse_window(std::string_view text);

/// An error of a fault's text: the sentence, and "write for example" the example.
[[nodiscard]] std::unexpected<Error> wrong_text(std::string sentence, std::string_view example);

/// A chance as "1%" or as a fraction "0.01", above 0 and at most 1.
/// Errors: wrong_type.
[[nodiscard]] Result<double> parse_chance(std::string_view text);

/// What every sort of server fault says of itself.
struct ServerFaultForm {
  std::string_view example;
  std::span<const Target> servers = {};            ///< to which it can happen
  ServerEventKind begin = ServerEventKind::pause;  ///< what begins it
  bool may_keep = false;                           ///< a cache may come back with what it held: `kept`
  bool may_name_key = false;                       ///< it can be asked of one row: key=PRODUCT_ID
};

/// Reads "SERVER FROM..TO,...", or "SERVER@FROM+LENGTH", as pairs of events sorted by time. Pairs of one server do not
/// overlap. Errors: wrong_type, a sentence that ends with the example, or names the servers.
[[nodiscard]] Result<ConfiguredFault> parse_server_fault(std::string_view text, const ServerFaultForm& form);

/// "there is no WHAT 'NAME' (did you mean ...); they are A, B, C", as an error.
[[nodiscard]] std::unexpected<Error> unknown_name(std::string_view what, std::string_view name,
                                                  std::span<const std::string_view> known);

}  // namespace stalemate
