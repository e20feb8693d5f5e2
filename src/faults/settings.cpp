#include "faults/settings.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/call_names.hpp"
#include "core/duration.hpp"
#include "core/nearest.hpp"

namespace stalemate {

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::unexpected<Error> wrong_text(std::string sentence, std::string_view example) {
  sentence += "; write for example ";
  sentence += example;
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(comma + 1);
  }
}

std::vector<std::string_view> split_at_blanks(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    if (blank != 0) {
      words.push_back(text.substr(0, blank));
    }
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  return words;
}

std::unexpected<Error> unknown_name(std::string_view what, std::string_view name,
                                    std::span<const std::string_view> known) {
  std::string sentence =
      "there is no " + std::string(what) + " " + in_quotes(name) + did_you_mean(name, known) + "; they are ";
  for (const std::string_view& one : known) {
    sentence += &one == known.data() ? "" : ", ";
    sentence += one;
  }
  return failed(ErrorCode::wrong_type, std::move(sentence));
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
  double number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
  if (error != std::errc() || end != digits.data() + digits.size() ||
      !(number > 0 && number <= (is_percent ? 100 : 1))) {
    return failed(ErrorCode::wrong_type,
                  in_quotes(text) + " is not a chance; write more than 0% and at most 100%, such as 1% or 0.01");
  }
  return is_percent ? number / 100 : number;
}

}  // namespace stalemate
