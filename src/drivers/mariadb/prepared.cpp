#include "drivers/mariadb/prepared.hpp"

#include <algorithm>
#include <new>

#include "core/text/key_names.hpp"
#include "drivers/mariadb/own_table/own_statements.hpp"

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

std::string list_of_stock(Key first, std::size_t count) {
  std::string list = "[";
  list.reserve((sizeof(ProductId::text) + 3) * count + 2);
  for (std::size_t each = 0; each < count; ++each) {
    list += each == 0 ? "\"" : ",\"";
    list += product_id(Key(first.index + static_cast<std::uint32_t>(each))).view();
    list += "\"";
  }
  return list + "]";
}

template <class Number>
MYSQL_BIND number_bind(Number& number, enum_field_types type) {
  MYSQL_BIND bind = {};
  bind.buffer_type = type;
  bind.buffer = &number;
  bind.buffer_length = sizeof number;
  bind.is_unsigned = std::is_unsigned_v<Number>;
  return bind;
}

MYSQL_BIND text_bind(const char* text, unsigned long& length) {
  MYSQL_BIND bind = {};
  bind.buffer_type = MYSQL_TYPE_STRING;
  bind.buffer = const_cast<char*>(text);  // of a parameter it is only read
  bind.buffer_length = length;
  bind.length = &length;
  return bind;
}

}  // namespace

void PreparedStatements::make(MYSQL* connection, const MariaDbOptions& options) {
  own_ = options.own_table.get();
  const bool reads_version = own_ == nullptr ? options.row_versions : !own_->rows().parts().version.empty();
  columns_read_ = reads_version ? 2 : 1;
  statements_[0].text = own_ != nullptr ? std::string_view(own_->read())
                        : reads_version ? read_text_versions
                                        : read_text;
  statements_[1].text = own_ != nullptr ? std::string_view(own_->write()) : write_text;
  statements_[2].text = own_ != nullptr ? std::string_view(own_->survey()) : survey_text;
  for (Statement& statement : statements_) {
    statement.handle.reset(::mysql_stmt_init(connection));
    if (!statement.handle) {
      throw std::bad_alloc();
    }
  }
}

bool PreparedStatements::bind() {
  std::array<MYSQL_BIND, 1> key = {text_bind(id_.data(), id_lengths_[0])};
  std::array<MYSQL_BIND, 2> value_and_key = {number_bind(value_, MYSQL_TYPE_LONG), key[0]};
  std::array<MYSQL_BIND, 1> keys = {text_bind(ids_.data(), ids_length_)};
  std::array<MYSQL_BIND, 2> row = {number_bind(quantity_, MYSQL_TYPE_LONG), number_bind(version_, MYSQL_TYPE_LONGLONG)};
  std::array<MYSQL_BIND, 2> surveyed = {number_bind(place_, MYSQL_TYPE_LONGLONG), row[0]};
  // Keys of the user's are other places in memory each time.
  const bool is_key_bound = own_ != nullptr || (::mysql_stmt_bind_param(read(), key.data()) == 0 &&
                                                ::mysql_stmt_bind_param(write(), value_and_key.data()) == 0);
  return is_key_bound && ::mysql_stmt_field_count(read()) == columns_read_ &&
         ::mysql_stmt_field_count(survey()) == 2U && ::mysql_stmt_bind_result(read(), row.data()) == 0 &&
         ::mysql_stmt_bind_param(survey(), keys.data()) == 0 &&
         ::mysql_stmt_bind_result(survey(), surveyed.data()) == 0;
}

void PreparedStatements::name_row(Key key) {
  if (own_ != nullptr) {
    name_own_row(key);
    return;
  }
  id_ = product_id(key).text;
}

void PreparedStatements::name_own_row(Key key) {
  const std::size_t columns = own_->rows().parts().key.size();
  const std::string* const id = own_->rows().id(key);
  std::array<MYSQL_BIND, key_columns_max + 1> value_and_key = {number_bind(value_, MYSQL_TYPE_LONG)};
  for (std::size_t column = 0; column < columns; ++column) {
    id_lengths_[column] = id[column].size();
    value_and_key[column + 1] = text_bind(id[column].data(), id_lengths_[column]);
  }
  ::mysql_stmt_bind_param(read(), &value_and_key[1]);
  ::mysql_stmt_bind_param(write(), value_and_key.data());
}

void PreparedStatements::name_keys(Key first, std::size_t count) {
  if (first == ids_first_ && count == ids_count_ && !ids_.empty()) {
    return;
  }
  ids_ = own_ != nullptr ? own_->list_of(first, count) : list_of_stock(first, count);
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
