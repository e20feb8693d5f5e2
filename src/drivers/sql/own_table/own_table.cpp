#include "drivers/sql/own_table/own_table.hpp"

namespace stalemate {

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

std::string SqlStyle::name(std::string_view name) const {
  return name_quote + doubled(name, std::string_view(&name_quote, 1)) + name_quote;
}

std::string SqlStyle::table(std::string_view table) const {
  const std::size_t dot = table.find('.');
  return dot == std::string_view::npos ? name(table) : name(table.substr(0, dot)) + "." + name(table.substr(dot + 1));
}

std::string OwnTable::row_name(Key key) const {
  std::string name;
  for (std::size_t column = 0; column < parts_.key.size(); ++column) {
    name += (column == 0 ? "(" : ", ") + id(key)[column];
  }
  return name + ")";
}

std::string OwnTable::where_row(Key key) const {
  return where([&](std::size_t column) {
    return parts_.key[column].is_number ? id(key)[column] : parts_.style.text(id(key)[column]);
  });
}

std::string OwnTable::read_text(std::string_view where) const {
  std::string text = "SELECT " + parts_.style.name(parts_.value);
  text += parts_.version.empty() ? "" : ", " + parts_.style.name(parts_.version);
  return text.append(" FROM ").append(parts_.style.table(parts_.table)).append(" WHERE ").append(where);
}

std::string OwnTable::update_text(std::string_view value, std::string_view version, std::string_view where) const {
  const SqlStyle& style = parts_.style;
  std::string text = "UPDATE " + style.table(parts_.table) + " SET " + style.name(parts_.value) + " = ";
  text.append(value);
  if (!parts_.version.empty()) {
    text.append(", ").append(style.name(parts_.version)).append(" = ").append(version);
  }
  for (const std::string& column : parts_.kept) {
    text.append(", ").append(style.name(column)).append(" = ").append(style.name(column));
  }
  return text.append(" WHERE ").append(where);
}

std::string OwnTable::next_version() const {
  return parts_.version.empty() ? std::string() : parts_.style.name(parts_.version) + " + 1";
}

}  // namespace stalemate
