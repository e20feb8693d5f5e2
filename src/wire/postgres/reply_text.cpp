#include "wire/postgres/reply_text.hpp"

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>

#include "wire/conversation.hpp"
#include "wire/postgres/messages.hpp"

namespace stalemate {
namespace {

constexpr std::size_t columns_shown_max = 16;
constexpr std::size_t column_bytes_max = 200;

struct Column {
  TypeNumber type = 0;
  std::int16_t format = 0;
};

using Columns = boost::container::small_vector<Column, columns_shown_max>;

Columns described_columns(std::string_view body) {
  FieldReader fields(body);
  Columns columns;
  const std::size_t count = static_cast<std::uint16_t>(fields.int16());
  for (std::size_t index = 0; index < count && !fields.is_short() && index < columns_shown_max; ++index) {
    static_cast<void>(fields.text());
    static_cast<void>(fields.bytes(6));  // its table and its number there
    const auto type = static_cast<TypeNumber>(fields.int32());
    static_cast<void>(fields.bytes(6));  // the type's size and modifier
    columns.push_back({type, fields.int16()});
  }
  return columns;
}

Column shaped_column(const RowShape& shape, std::size_t index) {
  Column column;
  if (shape.statement != nullptr && index < shape.statement->column_types.size()) {
    column.type = shape.statement->column_types[index];
  }
  const ColumnFormats& formats = shape.column_formats;
  column.format = formats.size() == 1 ? formats[0] : index < formats.size() ? formats[index] : std::int16_t{0};
  return column;
}

template <class ColumnOf>
std::string row_text(std::string_view body, ColumnOf&& column_of) {
  FieldReader fields(body);
  const std::size_t count = static_cast<std::uint16_t>(fields.int16());
  std::string text;
  for (std::size_t index = 0; index < count && !fields.is_short(); ++index) {
    text += index == 0 ? "" : ", ";
    if (index == columns_shown_max) {
      text += "...";
      break;
    }
    const std::int32_t length = fields.int32();
    if (length < 0) {
      text += "null";
      continue;
    }
    const Column column = column_of(index);
    const std::string_view bytes = fields.bytes(static_cast<std::size_t>(length));
    text += on_one_line(text_of_value(column.type, column.format == 1, bytes, column_bytes_max + 4), column_bytes_max);
  }
  return count == 1 ? text : "(" + text + ")";
}

/// Walks over an answer's messages and keeps the first row of each result.
std::vector<std::string> first_rows(std::string_view reply, const std::vector<RowShape>& shapes, std::size_t results) {
  std::vector<std::string> rows(results);
  Columns described;
  bool is_of_statement = false;
  static const RowShape none;
  for (std::size_t result = 0; result < results && reply.size() >= 5;) {
    const char type = reply[0];
    const auto length = static_cast<std::size_t>(static_cast<std::uint32_t>(FieldReader(reply.substr(1)).int32()));
    if (length < 4 || length >= reply.size()) {
      break;
    }
    const std::string_view body = reply.substr(5, length - 4);
    reply.remove_prefix(1 + length);
    if (type == 't') {
      is_of_statement = true;  // its columns have no format yet
    } else if (type == 'T') {
      described = is_of_statement ? Columns() : described_columns(body);
      is_of_statement = false;
    } else if (type == 'D' && rows[result].empty()) {
      const RowShape& shape = result < shapes.size() ? shapes[result] : none;
      rows[result] = row_text(body, [&](std::size_t index) {
        return index < described.size() ? described[index] : shaped_column(shape, index);
      });
    } else if (type == 'C' || type == 's' || type == 'I') {
      described.clear();
      ++result;
    }
  }
  return rows;
}

std::string result_text(const StatementResult& result, const std::string& row) {
  if (tells_changed_rows(result.tag)) {
    return row.empty() ? result.tag : result.tag + ": " + row;
  }
  if (result.rows == 0 && !result.tag.starts_with("SELECT") && !result.tag.empty()) {
    return result.tag;
  }
  std::string text = std::to_string(result.rows) + (result.rows == 1 ? " row" : " rows");
  if (!row.empty()) {
    text += ": " + row + (result.rows > 1 ? ", ..." : "");
  }
  return text;
}

}  // namespace

bool tells_changed_rows(std::string_view tag) {
  constexpr std::array<std::string_view, 4> changes = {"INSERT ", "UPDATE ", "DELETE ", "MERGE "};
  return std::ranges::any_of(changes, [tag](std::string_view change) { return tag.starts_with(change); });
}

std::string text_of_results(const std::vector<StatementResult>& results, std::string_view reply,
                            const std::vector<RowShape>& shapes) {
  const std::vector<std::string> rows = first_rows(reply, shapes, results.size());
  std::string text;
  for (std::size_t index = 0; index < results.size() && text.size() < word_bytes_max; ++index) {
    text += index == 0 ? "" : "; ";
    text += result_text(results[index], rows[index]);
  }
  return text.size() > word_bytes_max ? on_one_line(text, word_bytes_max) : text;
}

}  // namespace stalemate
