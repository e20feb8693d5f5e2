#include "faults/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <string>

#include "core/call_names.hpp"
#include "core/duration.hpp"
#include "core/nearest.hpp"
#include "core/random.hpp"

namespace stalemate {
namespace {

std::unexpected<Error> wrong_text(std::string sentence, std::string_view example) {
  sentence += "; write for example ";
  sentence += example;
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

// The parts between commas; one empty part for an empty text.
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

// One SERVER@TIME+LENGTH.
struct Outage {
  Target target = Target::database;
  Nanoseconds begin_ns = 0;
  Nanoseconds end_ns = 0;
};

Result<Outage> parse_outage(std::string_view text, std::string_view example) {
  constexpr std::array<std::string_view, 2> servers = {"db", "cache"};
  const std::size_t at = text.find('@');
  const std::size_t plus = text.find('+', at == std::string_view::npos ? 0 : at);
  if (at == std::string_view::npos || plus == std::string_view::npos) {
    return wrong_text(quoted(text) + " is not SERVER@TIME+LENGTH", example);
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

// Hits each call by a chance of its own.
class HitByChance final : public CallFault {
 public:
  explicit HitByChance(CallAction action) : action_(action) {}

  void set_chance(Role role, double chance) {
    if (chance >= 1) {
      always_ |= role_bit(role);
      return;
    }
    const auto salt = static_cast<std::uint64_t>(role) * 0x9e3779b97f4a7c15ULL;
    bars_.push_back({salt, static_cast<std::uint64_t>(std::ldexp(chance, 64)), role_bit(role)});
  }

  RoleMask draw(Random& random, OpKind /*kind*/) const override {
    const std::uint64_t chance = random.next();
    unsigned hit = always_;
    for (const Bar& bar : bars_) {
      hit |= mix_bits(chance + bar.salt) < bar.below ? bar.role : 0U;
    }
    return static_cast<RoleMask>(hit);
  }

  [[nodiscard]] CallAction action(Role /*role*/) const override { return action_; }

 private:
  struct Bar {
    std::uint64_t salt;
    std::uint64_t below;  // the role is hit if the mixed draw is below, of 2^64
    RoleMask role;
  };
  std::vector<Bar> bars_ = {};
  RoleMask always_ = 0;
  CallAction action_;
};

}  // namespace

std::unexpected<Error> unknown_name(std::string_view what, std::string_view name,
                                    std::span<const std::string_view> known) {
  std::string sentence =
      "there is no " + std::string(what) + " " + quoted(name) + did_you_mean(name, known) + "; they are ";
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

Result<std::vector<Setting>> parse_settings(std::string_view text, std::string_view example) {
  std::vector<Setting> settings;
  for (const std::string_view part : split_at_commas(text)) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return wrong_text(quoted(part) + " is not NAME=VALUE", example);
    }
    const Setting setting = {part.substr(0, equals), part.substr(equals + 1)};
    if (std::ranges::find(settings, setting.name, &Setting::name) != settings.end()) {
      return wrong_text(quoted(setting.name) + " is there twice", example);
    }
    settings.push_back(setting);
  }
  return settings;
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
                  quoted(text) + " is not a chance; write more than 0% and at most 100%, such as 1% or 0.01");
  }
  return is_percent ? number / 100 : number;
}

Result<ConfiguredFault> parse_chances(std::string_view text, std::string_view example, const CallsTaken& taken,
                                      CallAction action) {
  const Result<std::vector<Setting>> settings = parse_settings(text, example);
  if (!settings) {
    return std::unexpected(settings.error());
  }
  ConfiguredFault fault;
  auto hit = std::make_unique<HitByChance>(action);
  for (const Setting& setting : *settings) {
    const Result<RoleMask> calls = parse_calls(setting.name, taken);
    if (!calls) {
      return std::unexpected(calls.error());
    }
    const Result<double> chance = parse_chance(setting.value);
    if (!chance) {
      return failed(ErrorCode::wrong_type, std::string(setting.name) + ": " + chance.error().detail);
    }
    for (const Role role : all_roles) {
      if ((*calls & role_bit(role)) != 0) {
        hit->set_chance(role, *chance);
      }
    }
    fault.hits.push_back({std::string(setting.name), *calls});
  }
  fault.call = std::move(hit);
  return fault;
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
        return wrong_text(quoted(part) + " begins or ends during another of the same server", example);
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
