#include "scenario/data_section.hpp"

#include <algorithm>
#include <array>

#include "core/engine.hpp"
#include "core/pattern/pattern.hpp"
#include "core/text/nearest.hpp"
#include "scenario/field_value.hpp"

namespace stalemate {
namespace {

constexpr std::string_view section = "data.";

struct DataKey {
  std::string_view key;
  std::string_view kind;
  std::string_view meaning;
  std::string_view range;
  std::string_view default_value;
  std::string Dataset::* text;  // nullptr: it is no single text
};
constexpr std::array data_keys = {
    DataKey{"data.table", "string", "the table of your own that the run works on, with --use-existing-rows",
            "TABLE or SCHEMA.TABLE; see docs/datasets.md", "", &Dataset::table},
    DataKey{"data.key", "strings", "its columns that tell rows apart", "one to eight that are unique together", "",
            nullptr},
    DataKey{"data.value", "string", "its column that writes change", "a column of integers", "", &Dataset::value},
    DataKey{"data.version", "string", "its column that every write counts up", "a column of integers, or left out", "",
            &Dataset::version},
    DataKey{"data.entry", "string", "what the cache calls the entry of a row",
            "each column of the key in braces, such as item:{id}", "", &Dataset::entry},
    DataKey{"data.form", "string", "what an entry holds", "text, json:/POINTER or hash:FIELD", "\"text\"",
            &Dataset::form},
};

// Why the pattern cannot work on such a table, as the end of a sentence about it; empty where it can.
std::string_view why_not(const PatternInfo& pattern, const Dataset& data) {
  if (pattern.needs.replica) {
    return "reads from a replica, and whether one has a table of your own is not followed yet";
  }
  if (pattern.needs.feed != FeedKind::none && pattern.needs.feed != FeedKind::local_queue) {
    return "needs to be told of changes, which only happens for the table 'stock'";
  }
  if (pattern.needs.cache_calls != CacheCalls::plain) {
    return "keeps leases, versions or marks in or beside an entry, and entries of your own have no place for them";
  }
  if (pattern.needs.row_versions && data.version.empty()) {
    return "needs row versions, and no column is named for them; name one with version";
  }
  return {};
}

// "a, b and c"
std::string patterns_that_go_with(const Dataset& data) {
  std::vector<std::string_view> names;
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    if (why_not(pattern, data).empty()) {
      names.push_back(pattern.name);
    }
  }
  std::string text;
  for (std::size_t place = 0; place < names.size(); ++place) {
    text += place == 0 ? "" : place + 1 == names.size() ? " and " : ", ";
    text += names[place];
  }
  return text;
}

std::string titles_with_datasets(Store role) {
  std::string titles;
  for (const EngineInfo& engine : EngineRegistry::all()) {
    if (engine.role() == role && engine.can(Ability::datasets)) {
      titles += (titles.empty() ? "" : " or ") + std::string(engine.title);
    }
  }
  return titles;
}

Result<void> check_engine_of_data(std::string_view key, const std::string& name, Store role) {
  const EngineInfo* const engine = find_engine(name, role);
  if (engine == nullptr || engine->can(Ability::datasets)) {
    return {};
  }
  return failed(ErrorCode::wrong_type,
                std::string(key) + ": a table or entries of your own, as [data] names them, are not possible with " +
                    std::string(engine->title) + " yet, only with " + titles_with_datasets(role));
}

}  // namespace

std::span<const ScenarioField> data_fields() {
  static const std::vector<ScenarioField> all = [] {
    std::vector<ScenarioField> fields(data_keys.size());
    for (std::size_t place = 0; place < fields.size(); ++place) {
      fields[place].key = data_keys[place].key;
      fields[place].kind = data_keys[place].kind;
      fields[place].meaning = data_keys[place].meaning;
      fields[place].range = data_keys[place].range;
      fields[place].default_value = data_keys[place].default_value;
    }
    return fields;
  }();
  return all;
}

Result<void> set_data(Dataset& data, std::string_view key, std::vector<std::string> texts) {
  const std::string name = std::string(section) + std::string(key);
  const auto* const known = std::ranges::find(data_keys, name, &DataKey::key);
  if (known == data_keys.end()) {
    std::vector<std::string_view> keys;
    for (const DataKey& each : data_keys) {
      keys.push_back(each.key.substr(section.size()));
    }
    return failed(ErrorCode::wrong_type, name + ": [data] has no such key" + did_you_mean_of(key, keys));
  }
  if (known->text == nullptr) {
    data.key = std::move(texts);
    return {};
  }
  if (texts.size() != 1) {
    return failed(ErrorCode::wrong_type, name + " must be a text in quotes, not an array");
  }
  data.*known->text = std::move(texts.front());
  return {};
}

std::string data_toml(const Dataset& data) {
  std::string columns;
  for (const std::string& column : data.key) {
    columns += (columns.empty() ? "" : ", ") + quote_toml(column);
  }
  std::string text = "[data]\ntable = " + quote_toml(data.table) + "\nkey = [" + columns +
                     "]\nvalue = " + quote_toml(data.value) + "\n";
  text += data.version.empty() ? "" : "version = " + quote_toml(data.version) + "\n";
  return text + "entry = " + quote_toml(data.entry) + "\nform = " + quote_toml(data.form) + "\n";
}

Result<void> check_data(const Scenario& scenario) {
  if (!scenario.data) {
    return {};
  }
  Result<void> fine = check_engine_of_data("database", scenario.database, Store::database);
  if (fine && scenario.has_cache) {
    fine = check_engine_of_data("cache_engine", scenario.cache_engine, Store::cache);
  }
  if (!fine) {
    return fine;
  }
  const PatternInfo& pattern = *PatternRegistry::find(scenario.pattern);
  if (const std::string_view why = why_not(pattern, *scenario.data); !why.empty()) {
    return failed(ErrorCode::wrong_type, "pattern: '" + scenario.pattern + "' " + std::string(why) +
                                             "; with this [data] work " + patterns_that_go_with(*scenario.data));
  }
  for (const auto& [name, text] : scenario.faults) {
    const Result<ConfiguredFault> fault = configure_fault(name, text);
    for (const ServerEvent& event : fault ? fault->events : std::vector<ServerEvent>()) {
      if (event.kind == ServerEventKind::remember || event.kind == ServerEventKind::put_back) {
        return failed(ErrorCode::wrong_type, "faults." + name +
                                                 ": it puts back what stalemate made itself, so it is not done to a "
                                                 "table or entries of your own; leave it out, or leave out [data]");
      }
    }
  }
  return {};
}

}  // namespace stalemate
