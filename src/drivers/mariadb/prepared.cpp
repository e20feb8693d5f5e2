#include "drivers/mariadb/prepared.hpp"

#include <algorithm>
#include <new>

#include "core/text/key_names.hpp"

namespace stalemate {
namespace {

constexpr std::string_view read_text = "SELECT quantity FROM stock WHERE product_id = ?";
constexpr std::string_view read_text_versions = "SELECT quantity, version FROM stock WHERE product_id = ?";
// What LAST_INSERT_ID is given comes back with the answer: the version that this write made, without a second request.
// Source: MariaDB manual, "LAST_INSERT_ID(expr)".
constexpr std::string_view write_text =
    "UPDATE stock SET quantity = ?, version = LAST_INSERT_ID(version + 1) WHERE product_id = ?";
constexpr std::string_view survey_text =
    "SELECT k.place, s.quantity FROM JSON_TABLE(?, '$[*]' COLUMNS (place FOR ORDINALITY,"
    " id VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin PATH '$')) k STRAIGHT_JOIN stock s ON s.product_id = k.id";

template <class Number>
MYSQL_BIND number_bind(Number& number, enum_field_types type) {
  MYSQL_BIND bind = {};
  bind.buffer_type = type;
  bind.buffer = &number;
  bind.buffer_length = sizeof number;
  bind.is_unsigned = std::is_unsigned_v<Number>;
  return bind;
}

MYSQL_BIND text_bind(char* text, unsigned long& length) {
  MYSQL_BIND bind = {};
  bind.buffer_type = MYSQL_TYPE_STRING;
  bind.buffer = text;
  bind.buffer_length = length;
  bind.length = &length;
  return bind;
}

}  // namespace

void PreparedStatements::make(MYSQL* connection, bool row_versions) {
  row_versions_ = row_versions;
  statements_[0].text = row_versions ? read_text_versions : read_text;
  statements_[1].text = write_text;
  statements_[2].text = survey_text;
  for (Statement& statement : statements_) {
    statement.handle.reset(::mysql_stmt_init(connection));
    if (!statement.handle) {
      throw std::bad_alloc();
    }
  }
}

bool PreparedStatements::bind() {
  std::array<MYSQL_BIND, 1> key = {text_bind(id_.data(), id_length_)};
  std::array<MYSQL_BIND, 2> value_and_key = {number_bind(value_, MYSQL_TYPE_LONG), key[0]};
  std::array<MYSQL_BIND, 1> keys = {text_bind(ids_.data(), ids_length_)};
  std::array<MYSQL_BIND, 2> row = {number_bind(quantity_, MYSQL_TYPE_LONG), number_bind(version_, MYSQL_TYPE_LONGLONG)};
  std::array<MYSQL_BIND, 2> surveyed = {number_bind(place_, MYSQL_TYPE_LONGLONG), row[0]};
  return ::mysql_stmt_field_count(read()) == (row_versions_ ? 2U : 1U) && ::mysql_stmt_field_count(survey()) == 2U &&
         ::mysql_stmt_bind_param(read(), key.data()) == 0 && ::mysql_stmt_bind_result(read(), row.data()) == 0 &&
         ::mysql_stmt_bind_param(write(), value_and_key.data()) == 0 &&
         ::mysql_stmt_bind_param(survey(), keys.data()) == 0 &&
         ::mysql_stmt_bind_result(survey(), surveyed.data()) == 0;
}

void PreparedStatements::name_row(Key key) {
  id_ = product_id(key).text;
}

void PreparedStatements::name_keys(Key first, std::size_t count) {
  if (first == ids_first_ && count == ids_count_ && !ids_.empty()) {
    return;
  }
  ids_ = "[";
  ids_.reserve((id_.size() + 3) * count + 2);
  for (std::size_t each = 0; each < count; ++each) {
    ids_ += each == 0 ? "\"" : ",\"";
    ids_ += product_id(Key(first.index + static_cast<std::uint32_t>(each))).view();
    ids_ += "\"";
  }
  ids_ += "]";
  ids_first_ = first;
  ids_count_ = count;
  ids_length_ = ids_.size();
  std::array<MYSQL_BIND, 1> keys = {text_bind(ids_.data(), ids_length_)};
  ::mysql_stmt_bind_param(survey(), keys.data());
}

PreparedStatements::Fetched PreparedStatements::fetch(MYSQL_STMT* statement) {
  const int fetched = ::mysql_stmt_fetch(statement);
  return {fetched == 0 || fetched == MYSQL_DATA_TRUNCATED, fetched == MYSQL_DATA_TRUNCATED};
}

}  // namespace stalemate
