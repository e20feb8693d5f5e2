#include "record/format/header_json.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

/// Text that is not UTF-8 (ours always is) is written with replacement characters.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Takes members out of an object and remembers the first thing that was wrong.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {}

  void take(const char* name, std::string& text) {
    if (const Json* member = find(name); member != nullptr && expect(member->is_string(), name, "a text")) {
      text = member->get<std::string>();
    }
  }

  void take(const char* name, bool& flag) {
    if (const Json* member = find(name); member != nullptr && expect(member->is_boolean(), name, "true or false")) {
      flag = member->get<bool>();
    }
  }

  template <class Integer>
    requires std::is_integral_v<Integer>
  void take(const char* name, Integer& number) {
    const Json* member = find(name);
    if (member == nullptr || !expect(member->is_number_integer(), name, "a whole number")) {
      return;
    }
    using Limits = std::numeric_limits<Integer>;
    const bool fits = member->is_number_unsigned()
                          ? member->get<std::uint64_t>() <= static_cast<std::uint64_t>(Limits::max())
                          : std::is_signed_v<Integer> && member->get<std::int64_t>() >= std::int64_t{Limits::min()};
    if (expect(fits, name, "a number in range")) {
      number = member->get<Integer>();
    }
  }

  void take(const char* name, std::vector<std::string>& texts) {
    const Json* member = find(name);
    if (member == nullptr || !expect(member->is_array(), name, "a list of texts")) {
      return;
    }
    texts.clear();
    for (const Json& entry : *member) {
      if (!expect(entry.is_string(), name, "a list of texts")) {
        return;
      }
      texts.push_back(entry.get<std::string>());
    }
  }

  [[nodiscard]] bool has(const char* name) const { return object_.contains(name); }

  /// The member if it is there and an array; else notes it.
  const Json* array(const char* name) {
    const Json* member = find(name);
    return member != nullptr && expect(member->is_array(), name, "a list") ? member : nullptr;
  }

  bool expect(bool condition, std::string_view name, std::string_view wanted) {
    if (!condition && wrong_.empty()) {
      wrong_ = "\"" + std::string(name) + "\" should be " + std::string(wanted);
    }
    return condition;
  }

  [[nodiscard]] const std::string& wrong() const { return wrong_; }

 private:
  const Json* find(const char* name) {
    const auto member = object_.find(name);
    return expect(member != object_.end(), name, "there") ? &*member : nullptr;
  }

  const Json& object_;
  std::string wrong_ = {};
};

Result<Json> parse_object(std::string_view text, std::string_view what) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return failed(ErrorCode::protocol, "the history's " + std::string(what) + " is not a JSON object");
  }
  return json;
}

void take_engines(Members& members, std::vector<EngineFacts>& engines) {
  const Json* entries = members.array("engines");
  if (entries == nullptr) {
    return;
  }
  for (const Json& entry : *entries) {
    if (!members.expect(entry.is_object(), "engines", "a list of objects")) {
      return;
    }
    EngineFacts engine;
    Members facts(entry);
    facts.take("role", engine.role);
    facts.take("name", engine.name);
    facts.take("version", engine.version);
    facts.take("isolation", engine.isolation);
    members.expect(facts.wrong().empty(), "engines", "objects of which " + facts.wrong());
    engines.push_back(std::move(engine));
  }
}

std::optional<Ward> ward_named(std::string_view name) {
  constexpr std::array wards = {Ward::none,   Ward::hold,   Ward::release, Ward::grant,
                                Ward::redeem, Ward::revoke, Ward::mark,    Ward::compare};
  const auto place = std::ranges::find(wards, name, [](Ward ward) { return name_of(ward); });
  return place == wards.end() ? std::nullopt : std::optional(*place);
}

void take_cache_commands(Members& members, std::vector<CacheCommandFacts>& commands) {
  const Json* entries = members.array("cache_commands");
  if (entries == nullptr) {
    return;
  }
  commands.clear();
  for (const Json& entry : *entries) {
    if (!members.expect(entry.is_object(), "cache_commands", "a list of objects")) {
      return;
    }
    CacheCommandFacts& command = commands.emplace_back();
    std::string ward;
    Members facts(entry);
    facts.take("name", command.name);
    facts.take("ward", ward);
    members.expect(facts.wrong().empty(), "cache_commands", "objects of which " + facts.wrong());
    // A ward of a later version proves nothing to this one.
    command.ward = ward_named(ward).value_or(Ward::none);
    command.shows_entry = command.ward != Ward::release;
    if (facts.has("shows_entry")) {
      facts.take("shows_entry", command.shows_entry);
      members.expect(facts.wrong().empty(), "cache_commands", "objects of which " + facts.wrong());
    }
  }
  members.expect(!commands.empty() && commands.size() <= 256, "cache_commands", "a list of 1 to 256 objects");
}

}  // namespace

std::string to_json(const HistoryHeader& header) {
  Json commands = Json::array();
  for (const CacheCommandFacts& command : header.cache_commands) {
    commands.push_back({{"name", command.name}, {"ward", name_of(command.ward)}, {"shows_entry", command.shows_entry}});
  }
  Json engines = Json::array();
  for (const EngineFacts& engine : header.engines) {
    engines.push_back(
        {{"role", engine.role}, {"name", engine.name}, {"version", engine.version}, {"isolation", engine.isolation}});
  }
  return dump(Json{{"scenario", header.scenario_name},
                   {"pattern", header.pattern},
                   {"seed", header.seed},
                   {"program", header.program},
                   {"clock", header.clock},
                   {"started_at", header.started_at},
                   {"engines", engines},
                   {"faults", header.fault_names},
                   {"initial_value", header.initial_value},
                   {"key_count", header.key_count},
                   {"client_count", header.client_count},
                   {"server_count", header.server_count},
                   {"cache_commands", commands},
                   {"key_names", header.key_names},
                   {"client_names", header.client_names},
                   {"value_names", header.value_names},
                   {"scenario_toml", header.scenario_toml}});
}

Result<HistoryHeader> parse_header_json(std::string_view text) {
  const Result<Json> json = parse_object(text, "header");
  if (!json) {
    return std::unexpected(json.error());
  }
  HistoryHeader header;
  Members members(*json);
  members.take("scenario", header.scenario_name);
  members.take("pattern", header.pattern);
  members.take("seed", header.seed);
  members.take("program", header.program);
  members.take("clock", header.clock);
  members.take("started_at", header.started_at);
  take_engines(members, header.engines);
  members.take("faults", header.fault_names);
  members.take("initial_value", header.initial_value);
  members.take("key_count", header.key_count);
  members.take("client_count", header.client_count);
  // Not every history tells these.
  if (members.has("server_count")) {
    members.take("server_count", header.server_count);
  }
  if (members.has("cache_commands")) {
    take_cache_commands(members, header.cache_commands);
  }
  members.take("key_names", header.key_names);
  if (members.has("client_names")) {
    members.take("client_names", header.client_names);
  }
  members.take("value_names", header.value_names);
  members.take("scenario_toml", header.scenario_toml);
  members.expect(!header.fault_names.empty() && header.fault_names.size() <= 256, "faults", "a list of 1 to 256 texts");
  members.expect(header.key_names.empty() || header.key_names.size() >= header.key_count, "key_names",
                 "empty or as long as key_count");
  if (!members.wrong().empty()) {
    return failed(ErrorCode::protocol, "in the history's header " + members.wrong());
  }
  return header;
}

std::string to_json(const HistoryTrailer& trailer) {
  Json counts = Json::array();
  for (const auto& [name, count] : trailer.counts) {
    counts.push_back({{"name", name}, {"count", count}});
  }
  return dump(Json{{"ops", trailer.ops},
                   {"steps", trailer.steps},
                   {"duration_ns", trailer.duration_ns},
                   {"reason", trailer.reason},
                   {"counts", counts}});
}

Result<HistoryTrailer> parse_trailer_json(std::string_view text) {
  const Result<Json> json = parse_object(text, "trailer");
  if (!json) {
    return std::unexpected(json.error());
  }
  HistoryTrailer trailer;
  Members members(*json);
  members.take("ops", trailer.ops);
  members.take("steps", trailer.steps);
  members.take("duration_ns", trailer.duration_ns);
  members.take("reason", trailer.reason);
  if (const Json* counts = members.array("counts"); counts != nullptr) {
    for (const Json& entry : *counts) {
      if (!members.expect(entry.is_object(), "counts", "a list of objects")) {
        break;
      }
      auto& [name, count] = trailer.counts.emplace_back();
      Members facts(entry);
      facts.take("name", name);
      facts.take("count", count);
      members.expect(facts.wrong().empty(), "counts", "objects of which " + facts.wrong());
    }
  }
  if (!members.wrong().empty()) {
    return failed(ErrorCode::protocol, "in the history's trailer " + members.wrong());
  }
  return trailer;
}

}  // namespace stalemate
