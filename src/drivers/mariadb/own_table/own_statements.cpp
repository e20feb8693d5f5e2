#include "drivers/mariadb/own_table/own_statements.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace stalemate {
namespace {

// A backslash means one thing or another by sql_mode; bytes in hexadecimal always mean the same.
std::string mariadb_text(std::string_view text) {
  if (!text.contains('\\')) {
    return "'" + doubled(text, "'") + "'";
  }
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string made = "_utf8mb4 X'";
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    made += digits[byte / 16];
    made += digits[byte % 16];
  }
  return made + "'";
}

// Numbers are compared as such, not as the floating-point numbers that a text would make of both.
std::string key_parameter(const OwnColumn& column) {
  if (!column.is_number) {
    return "?";
  }
  return column.type.ends_with("UNSIGNED") ? "CAST(? AS UNSIGNED)" : "CAST(? AS SIGNED)";
}

std::string own_survey_text(const OwnTable& table) {
  const OwnTableParts& parts = table.parts();
  std::string columns = "place FOR ORDINALITY";
  for (std::size_t column = 0; column < parts.key.size(); ++column) {
    const std::string number = std::to_string(column);
    columns += ", c" + number + " " + parts.key[column].type + " PATH '$[" + number + "]'";
  }
  return "SELECT k.place, s." + parts.style.name(parts.value) + " FROM JSON_TABLE(?, '$[*]' COLUMNS (" + columns +
         ")) k STRAIGHT_JOIN " + parts.style.table(parts.table) + " s ON " +
         table.where([](std::size_t column) { return "k.c" + std::to_string(column); }, "s.");
}

}  // namespace

const SqlStyle mariadb_style = {
    .name_quote = '`', .text = mariadb_text, .script_begin = "SET NAMES utf8mb4;\nSTART TRANSACTION;\n"};

MariaDbOwnTable::MariaDbOwnTable(std::shared_ptr<const OwnTable> table)
    : table_(std::move(table)), survey_(own_survey_text(*table_)) {
  const std::string row = table_->where([&](std::size_t column) { return key_parameter(table_->parts().key[column]); });
  read_ = table_->read_text(row);
  write_ = write_where("?", row);
}

// What LAST_INSERT_ID is given comes back with the answer. Where rows have no versions it is a number of the server's
// that only goes up, taken while the write has the row's lock. Source: MariaDB manual, "UUID_SHORT()".
std::string MariaDbOwnTable::write_where(const std::string& value, const std::string& where) const {
  const bool has_version = !table_->parts().version.empty();
  return table_->update_text(has_version ? value : "IF(LAST_INSERT_ID(UUID_SHORT()) IS NULL, NULL, " + value + ")",
                             "LAST_INSERT_ID(" + table_->next_version() + ")", where);
}

std::string MariaDbOwnTable::write_of(Key key, Value value) const {
  return write_where(std::to_string(value), table_->where_row(key));
}

std::string MariaDbOwnTable::list_of(Key first, std::size_t count) const {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t row = 0; row < count; ++row) {
    const std::string* const id = table_->id(Key(first.index + static_cast<std::uint32_t>(row)));
    list.push_back(std::vector<std::string>(id, id + table_->parts().key.size()));
  }
  return list.dump();
}

}  // namespace stalemate
