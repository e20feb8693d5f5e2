#include "drivers/postgres/own_table/own_statements.hpp"

#include <utility>

namespace stalemate {
namespace {

// Whatever standard_conforming_strings is.
std::string postgres_text(std::string_view text) {
  return (text.contains('\\') ? "E'" : "'") + doubled(text, "'\\") + "'";
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

std::string numbered(std::string_view before, std::size_t number) {
  return std::string(before) + std::to_string(number + 1);
}

std::string survey_of(const OwnTable& table) {
  const OwnTableParts& parts = table.parts();
  std::string arrays;
  std::string columns;
  for (std::size_t column = 0; column < parts.key.size(); ++column) {
    arrays += (column == 0 ? "" : ", ") + numbered("$", column) + "::" + parts.key[column].type + "[]";
    columns += numbered("c", column) + ", ";
  }
  return "SELECT k.place, s." + parts.style.name(parts.value) + " FROM unnest(" + arrays + ") WITH ORDINALITY AS k(" +
         columns + "place) JOIN " + parts.style.table(parts.table) + " s ON " +
         table.where([](std::size_t column) { return numbered("k.c", column); }, "s.");
}

}  // namespace

const SqlStyle postgres_style = {.name_quote = '"', .text = postgres_text, .script_begin = "BEGIN;\n"};

PostgresOwnTable::PostgresOwnTable(std::shared_ptr<const OwnTable> table)
    : table_(std::move(table)), survey_(survey_of(*table_)) {
  const OwnTableParts& parts = table_->parts();
  const std::string row = table_->where([](std::size_t column) { return numbered("$", column); });
  read_ = table_->read_text(row);
  write_ = table_->update_text(numbered("$", parts.key.size()), table_->next_version(), row) +
           " RETURNING pg_current_wal_insert_lsn()" +
           (parts.version.empty() ? "" : ", " + parts.style.name(parts.version));
}

std::size_t PostgresOwnTable::name_row(Key key, std::span<const char*> parameters) const {
  const std::size_t columns = table_->parts().key.size();
  for (std::size_t column = 0; column < columns; ++column) {
    parameters[column] = table_->id(key)[column].c_str();
  }
  return columns;
}

std::vector<std::string> PostgresOwnTable::lists_of(Key first, std::size_t count) const {
  std::vector<std::string> lists;
  for (std::size_t column = 0; column < table_->parts().key.size(); ++column) {
    std::string list = "{";
    for (std::size_t row = 0; row < count; ++row) {
      list += row == 0 ? "" : ",";
      list += quote_element(table_->id(Key(first.index + static_cast<std::uint32_t>(row)))[column]);
    }
    lists.push_back(list + "}");
  }
  return lists;
}

std::string PostgresOwnTable::rolled_back(Key key, Value value) const {
  const std::string name = table_->parts().style.name(table_->parts().value);
  return "WITH written AS (" +
         table_->update_text(std::to_string(value), table_->next_version(), table_->where_row(key)) + " RETURNING " +
         name + ") SELECT CAST('the fault refused rolls back ' || CAST(" + name + " AS VARCHAR) AS INT) FROM written";
}

}  // namespace stalemate
