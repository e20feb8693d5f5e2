#include "faults/settings.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/faults/call_names.hpp"
#include "core/text/duration.hpp"
#include "core/text/nearest.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {

std::unexpected<Error> wrong_text(std::string sentence, std::string_view example) {
  sentence += "; write for example ";
  sentence += example;
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

std::unexpected<Error> unknown_name(std::string_view what, std::string_view name,
                                    std::span<const std::string_view> known) {
  return failed(ErrorCode::wrong_type,
                "there is no " + std::string(what) + " " + in_quotes(name) + did_you_mean_of(name, known));
}

Result<RoleMask> parse_calls(std::string_view word, const CallsTaken& taken) {
  std::vector<std::string_view> known;
  std::string names;
  for (const CallName& call : call_names()) {
    if ((call.calls & ~taken.roles) == 0) {
      known.push_back(call.name);
      names += (names.empty() ? "" : ", ") + std::string(call.name);
    }
  }
  const CallName* call = find_call(word);
  if (call == nullptr) {
    return unknown_name("call", word, known);
  }
  const unsigned others = call->calls & ~static_cast<unsigned>(taken.roles);
  if (others == 0) {
    return call->calls;
  }
  const auto* other = std::ranges::find_if(all_roles, [&](Role role) { return (others & role_bit(role)) != 0; });
  const std::string_view name = other == all_roles.end() ? word : name_of(*other);
  const std::string which = name == word ? "" : "; '" + std::string(word) + "' means it, too";
  return failed(ErrorCode::wrong_type, "a " + std::string(name) + " cannot be " + std::string(taken.deed) + ", as " +
                                           std::string(taken.why_no_other) + which + "; write one of " + names);
}

Result<double> parse_chance(std::string_view text) {
  const bool is_percent = text.ends_with('%');
  const std::string_view digits = is_percent ? text.substr(0, text.size() - 1) : text;
  const std::optional<double> number = parse_number<double>(digits, std::chars_format::fixed);
  if (!number || !(*number > 0 && *number <= (is_percent ? 100 : 1))) {
    return failed(ErrorCode::wrong_type,
                  in_quotes(text) + " is not a chance; write more than 0% and at most 100%, such as 1% or 0.01");
  }
  return is_percent ? *number / 100 : *number;
}

}  // namespace stalemate
