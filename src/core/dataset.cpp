#include "core/dataset.hpp"

#include <algorithm>

#include "core/text/json_pointer.hpp"
#include "core/text/nearest.hpp"
#include "core/text/number_text.hpp"
#include "core/text/words.hpp"

namespace stalemate {
namespace {

constexpr std::size_t name_bytes_max = 63;  // as PostgreSQL cuts longer ones
constexpr std::size_t text_bytes_max = 400;

std::unexpected<Error> wrong(std::string_view key, std::string_view why) {
  return failed(ErrorCode::wrong_type, "data." + std::string(key) + " " + std::string(why));
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char each) { return static_cast<unsigned char>(each) < 0x20 || each == 0x7f; });
}

Result<void> check_name(std::string_view key, std::string_view name) {
  if (name.empty() || name.size() > name_bytes_max || has_control(name)) {
    return wrong(key, "must be a name of 1 to 63 bytes in one line, not " + in_quotes(name));
  }
  return {};
}

Result<void> check_table(std::string_view table) {
  const std::size_t dot = table.find('.');
  const bool has_schema = dot != std::string_view::npos;
  if (has_schema && table.find('.', dot + 1) != std::string_view::npos) {
    return wrong("table", "must be TABLE or SCHEMA.TABLE, not " + in_quotes(table));
  }
  const Result<void> schema = has_schema ? check_name("table", table.substr(0, dot)) : Result<void>();
  return schema ? check_name("table", has_schema ? table.substr(dot + 1) : table) : schema;
}

Result<void> check_columns(const Dataset& data) {
  if (data.key.empty() || data.key.size() > key_columns_max) {
    return wrong("key", "must name the 1 to " + std::to_string(key_columns_max) +
                            " columns that tell rows apart, such as key = [\"shop\", \"sku\"]");
  }
  std::vector<std::string_view> columns;
  for (const std::string& column : data.key) {
    if (const Result<void> fine = check_name("key", column); !fine) {
      return fine;
    }
    columns.emplace_back(column);
  }
  if (const Result<void> fine = check_name("value", data.value); !fine) {
    return fine;
  }
  columns.emplace_back(data.value);
  if (!data.version.empty()) {
    if (const Result<void> fine = check_name("version", data.version); !fine) {
      return fine;
    }
    columns.emplace_back(data.version);
  }
  std::ranges::sort(columns);
  const auto twice = std::ranges::adjacent_find(columns);
  return twice == columns.end() ? Result<void>()
                                : wrong("key", "must be other columns than value and version, each of them once, and " +
                                                   in_quotes(*twice) + " is named twice");
}

// As a member's name stands in JSON, without quotes. The pointer has no control characters.
std::string json_text(std::string_view text) {
  std::string escaped;
  for (const char each : text) {
    escaped += each == '"' || each == '\\' ? "\\" : "";
    escaped += each;
  }
  return escaped;
}

}  // namespace

Result<void> check_dataset(const Dataset& data) {
  if (data.table.empty()) {
    return wrong("table", "must name the table that the run works on, such as table = \"inventory\"");
  }
  if (data.value.empty()) {
    return wrong("value", "must name the column of integers that writes change, such as value = \"on_hand\"");
  }
  Result<void> fine = check_table(data.table);
  if (fine) {
    fine = check_columns(data);
  }
  if (!fine) {
    return fine;
  }
  if (const Result<std::vector<EntryPart>> parts = entry_parts(data); !parts) {
    return std::unexpected(parts.error());
  }
  const Result<ContentForm> form = ContentForm::parse(data.form);
  return form ? Result<void>() : std::unexpected(form.error());
}

Result<std::vector<EntryPart>> entry_parts(const Dataset& data) {
  std::string example = "{" + (data.key.empty() ? std::string("id") : data.key.front()) + "}";
  for (std::size_t column = 1; column < data.key.size(); ++column) {
    example += ":{" + data.key[column] + "}";
  }
  const auto unfit = [&](const std::string& why) {
    return wrong("entry", "is " + in_quotes(data.entry) + ", and " + why +
                              "; write for example entry = \"item:" + example + "\"");
  };
  if (data.entry.empty() || data.entry.size() > text_bytes_max || has_control(data.entry)) {
    return wrong("entry",
                 "must say in one line what the cache calls a row's entry, such as entry = \"item:" + example + "\"");
  }
  std::vector<EntryPart> parts;
  for (std::size_t begin = 0; begin < data.entry.size();) {
    const std::size_t brace = std::min(data.entry.find_first_of("{}", begin), data.entry.size());
    if (brace > begin) {
      parts.push_back({.text = data.entry.substr(begin, brace - begin)});
    }
    if (brace == data.entry.size()) {
      break;
    }
    const std::size_t end = data.entry.find('}', brace);
    if (data.entry[brace] == '}' || end == std::string::npos) {
      return unfit("it has a brace without its other");
    }
    const std::string column = data.entry.substr(brace + 1, end - brace - 1);
    const auto place = std::ranges::find(data.key, column);
    if (place == data.key.end()) {
      const std::vector<std::string_view> known(data.key.begin(), data.key.end());
      return unfit("'" + column + "' is no column of the key" + did_you_mean(column, known));
    }
    parts.push_back({.column = static_cast<std::size_t>(place - data.key.begin())});
    begin = end + 1;
  }
  for (std::size_t column = 0; column < data.key.size(); ++column) {
    if (std::ranges::find(parts, std::optional(column), &EntryPart::column) == parts.end()) {
      return unfit("without {" + data.key[column] + "} rows would share an entry");
    }
  }
  return parts;
}

std::string entry_name(const std::vector<EntryPart>& parts, const std::string* key) {
  std::string name;
  for (const EntryPart& part : parts) {
    name += part.column ? key[*part.column] : part.text;
  }
  return name;
}

Result<ContentForm> ContentForm::parse(std::string_view form) {
  constexpr std::string_view json = "json:";
  constexpr std::string_view hash = "hash:";
  ContentForm made;
  if (form == "text") {
    return made;
  }
  const auto unfit = [form](std::string_view why) {
    return wrong("form", "must be text, json:/POINTER or hash:FIELD, such as json:/on_hand, not " + in_quotes(form) +
                             std::string(why));
  };
  if (form.size() > text_bytes_max || has_control(form)) {
    return unfit("");
  }
  if (form.starts_with(hash) && form.size() > hash.size()) {
    made.field_ = form.substr(hash.size());
    return made;
  }
  const std::string_view pointer = form.substr(std::min(json.size(), form.size()));
  if (!form.starts_with(json) || !pointer.starts_with('/')) {
    return unfit("");
  }
  const std::optional<std::vector<std::string>> members = names_of_pointer(pointer);
  if (!members) {
    return unfit(", where a ~ stands before neither 0 nor 1");
  }
  for (const std::string& member : *members) {
    made.before_ += "{\"" + json_text(member) + "\":";
    made.after_ += "}";
  }
  made.pointer_ = pointer;
  return made;
}

std::optional<Value> ContentForm::value_in(std::string_view entry) const {
  if (entry.size() < before_.size() + after_.size() || !entry.starts_with(before_) || !entry.ends_with(after_)) {
    return std::nullopt;
  }
  const std::optional<Value> value =
      parse_number<Value>(entry.substr(before_.size(), entry.size() - before_.size() - after_.size()));
  return value == absent ? std::nullopt : value;
}

}  // namespace stalemate
