#include "drivers/postgres/own_table/own_table.hpp"

#include <utility>

namespace stalemate {
namespace {

std::string doubled(std::string_view text, std::string_view characters) {
  std::string made;
  for (const char each : text) {
    if (characters.contains(each)) {
      made += each;
    }
    made += each;
  }
  return made;
}

// An element of an array's text.
std::string quote_element(std::string_view text) {
  std::string made = "\"";
  for (const char each : text) {
    made += each == '"' || each == '\\' ? "\\" : "";
    made += each;
  }
  return made + "\"";
}

// "name1 = TEXT1 AND name2 = TEXT2", of the columns of the key.
template <class TextOf>
std::string where_key(const OwnTableParts& parts, std::string_view before, const TextOf& text_of) {
  std::string text;
  for (std::size_t column = 0; column < parts.key.size(); ++column) {
    text += (column == 0 ? "" : " AND ") + std::string(before) + quote_name(parts.key[column].name) + " = " +
            text_of(column);
  }
  return text;
}

std::string numbered(std::string_view before, std::size_t number) {
  return std::string(before) + std::to_string(number + 1);
}

std::string survey_of(const OwnTableParts& parts) {
  std::string arrays;
  std::string columns;
  for (std::size_t column = 0; column < parts.key.size(); ++column) {
    arrays += (column == 0 ? "" : ", ") + numbered("$", column) + "::" + parts.key[column].type + "[]";
    columns += numbered("c", column) + ", ";
  }
  return "SELECT k.place, s." + quote_name(parts.value.name) + " FROM unnest(" + arrays + ") WITH ORDINALITY AS k(" +
         columns + "place) JOIN " + quote_table(parts.table) + " s ON " +
         where_key(parts, "s.", [](std::size_t column) { return numbered("k.c", column); });
}

}  // namespace

std::string quote_name(std::string_view name) {
  return "\"" + doubled(name, "\"") + "\"";
}

std::string quote_table(std::string_view table) {
  const std::size_t dot = table.find('.');
  return dot == std::string_view::npos ? quote_name(table)
                                       : quote_name(table.substr(0, dot)) + "." + quote_name(table.substr(dot + 1));
}

std::string quote_text(std::string_view text) {
  return (text.contains('\\') ? "E'" : "'") + doubled(text, "'\\") + "'";
}

OwnTable::OwnTable(OwnTableParts parts)
    : parts_(std::move(parts)), table_(quote_table(parts_.table)), value_(quote_name(parts_.value.name)) {
  const std::string version = parts_.version ? quote_name(parts_.version->name) : "";
  const std::string row = where_key(parts_, "", [](std::size_t column) { return numbered("$", column); });
  read_ = "SELECT " + value_ + (version.empty() ? "" : ", " + version) + " FROM " + table_ + " WHERE " + row;
  write_ = "UPDATE " + table_ + " SET " + value_ + " = " + numbered("$", parts_.key.size()) +
           (version.empty() ? "" : ", " + version + " = " + version + " + 1") + " WHERE " + row +
           " RETURNING pg_current_wal_insert_lsn()" + (version.empty() ? "" : ", " + version);
  survey_ = survey_of(parts_);
}

std::string OwnTable::row_name(Key key) const {
  std::string name;
  for (std::size_t column = 0; column < parts_.key.size(); ++column) {
    name += (column == 0 ? "(" : ", ") + id(key)[column];
  }
  return name + ")";
}

std::size_t OwnTable::name_row(Key key, std::span<const char*> parameters) const {
  const std::size_t columns = parts_.key.size();
  for (std::size_t column = 0; column < columns; ++column) {
    parameters[column] = id(key)[column].c_str();
  }
  return columns;
}

std::vector<std::string> OwnTable::lists_of(Key first, std::size_t count) const {
  std::vector<std::string> lists;
  for (std::size_t column = 0; column < parts_.key.size(); ++column) {
    std::string list = "{";
    for (std::size_t row = 0; row < count; ++row) {
      list += row == 0 ? "" : ",";
      list += quote_element(id(Key(first.index + static_cast<std::uint32_t>(row)))[column]);
    }
    lists.push_back(list + "}");
  }
  return lists;
}

std::string OwnTable::rolled_back(Key key, Value value) const {
  return "WITH written AS (UPDATE " + table_ + " SET " + value_ + " = " + std::to_string(value) + " WHERE " +
         where_key(parts_, "", [&](std::size_t column) { return quote_text(id(key)[column]); }) + " RETURNING " +
         value_ + ") SELECT CAST('the fault refused rolls back ' || CAST(" + value_ +
         " AS VARCHAR) AS INT) FROM written";
}

std::string OwnTable::begin_of_update(const std::string& set) const {
  return "UPDATE " + table_ + " AS t SET " + set + " FROM (VALUES\n  ";
}

std::string OwnTable::end_of_update(std::size_t values) const {
  std::string columns;
  for (std::size_t column = 0; column < parts_.key.size(); ++column) {
    columns += numbered(column == 0 ? "k" : ", k", column);
  }
  for (std::size_t place = 0; place < values; ++place) {
    columns += numbered(", v", place);
  }
  return ") AS o(" + columns + ")\n  WHERE " +
         where_key(parts_, "t.", [](std::size_t column) { return numbered("o.k", column); });
}

std::unexpected<Error> OwnTable::not_a_quantity(Key key, std::string_view text) const {
  return failed(ErrorCode::wrong_type, "the column '" + parts_.value.name + "' of the row " + row_name(key) + " of '" +
                                           parts_.table + "' is '" + std::string(text) +
                                           "', which is not a whole number of 32 bits");
}

std::unexpected<Error> OwnTable::no_such_row(Key key) const {
  return failed(ErrorCode::refused_by_server, "the table '" + parts_.table + "' has no row " + row_name(key));
}

}  // namespace stalemate
