#include "faults/settings.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/call_names.hpp"
#include "core/duration.hpp"
#include "core/nearest.hpp"

namespace stalemate {
namespace {

// One SERVER@TIME+LENGTH.
struct Outage {
  Target target = Target::database;
  Nanoseconds begin_ns = 0;
  Nanoseconds end_ns = 0;
};

Result<Outage> parse_outage(std::string_view text, std::string_view example) {
  constexpr std::array<std::string_view, 2> servers = {"db", "cache"};
  if (const std::vector<std::string_view> words = split_at_blanks(text); text.contains(' ')) {
    const auto* const named = words.empty() ? servers.end() : std::ranges::find(servers, words.front());
    if (words.size() != 2) {
      return wrong_text(in_quotes(text) + " is not SERVER FROM..TO", example);
    }
    if (named == servers.end()) {
      return unknown_name("server", words.front(), servers);
    }
    const Result<TimeWindow> window = parse_window(words.back());
    if (!window) {
      return std::unexpected(window.error());
    }
    return Outage{named == servers.begin() ? Target::database : Target::cache, window->begin_ns, window->end_ns};
  }
  const std::size_t at = text.find('@');
  const std::size_t plus = text.find('+', at == std::string_view::npos ? 0 : at);
  if (at == std::string_view::npos || plus == std::string_view::npos) {
    return wrong_text(in_quotes(text) + " is not SERVER@TIME+LENGTH", example);
  }
  const auto server = std::ranges::find(servers, text.substr(0, at));
  if (server == servers.end()) {
    return unknown_name("server", text.substr(0, at), servers);
  }
  const Result<Nanoseconds> begin_ns = parse_duration(text.substr(at + 1, plus - at - 1));
  if (!begin_ns) {
    return std::unexpected(begin_ns.error());
  }
  const Result<Nanoseconds> length_ns = parse_duration(text.substr(plus + 1));
  if (!length_ns) {
    return std::unexpected(length_ns.error());
  }
  return Outage{server == servers.begin() ? Target::database : Target::cache, *begin_ns, *begin_ns + *length_ns};
}

}  // namespace

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
  const std::string which = name_of(*other) == word ? "" : "; '" + std::string(word) + "' means it, too";
  return failed(ErrorCode::wrong_type, "a " + std::string(name_of(*other)) + " cannot be " + std::string(taken.deed) +
                                           ", as " + std::string(taken.why_no_other) + which + "; write one of " +
                                           names);
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

Result<std::vector<ServerEvent>> parse_outages(std::string_view text, ServerEventKind begin, ServerEventKind end,
                                               std::string_view example) {
  std::vector<Outage> outages;
  for (const std::string_view part : split_at_commas(text)) {
    const Result<Outage> outage = parse_outage(part, example);
    if (!outage) {
      return std::unexpected(outage.error());
    }
    for (const Outage& other : outages) {
      if (other.target == outage->target && other.begin_ns <= outage->end_ns && outage->begin_ns <= other.end_ns) {
        return wrong_text(in_quotes(part) + " begins or ends during another of the same server", example);
      }
    }
    outages.push_back(*outage);
  }
  std::vector<ServerEvent> events;
  for (const Outage& outage : outages) {
    events.push_back({outage.begin_ns, outage.target, begin, no_fault});
    events.push_back({outage.end_ns, outage.target, end, no_fault});
  }
  std::ranges::stable_sort(events, {}, &ServerEvent::at_ns);
  return events;
}

}  // namespace stalemate
