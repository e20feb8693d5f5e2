// A table of the user's as sessions see it: which row a key is, and the statements that read and write it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/types.hpp"
#include "drivers/postgres/statements.hpp"

namespace stalemate {

/// A name as SQL has it: in double quotes.
[[nodiscard]] std::string quote_name(std::string_view name);
/// "TABLE" or "SCHEMA.TABLE", each part quoted.
[[nodiscard]] std::string quote_table(std::string_view table);
/// A text as SQL has it, whatever standard_conforming_strings is.
[[nodiscard]] std::string quote_text(std::string_view text);

struct OwnColumn {
  std::string name = {};  ///< as in the database
  std::string type = {};  ///< as SQL has it, such as "character varying"
};

/// What an OwnTable is made of.
struct OwnTableParts {
  std::string table = {};  ///< as Dataset::table
  std::vector<OwnColumn> key = {};
  OwnColumn value = {};
  std::optional<OwnColumn> version = {};
  std::vector<std::string> ids = {};  ///< of each row in turn what stands in its key's columns
};

/// Thread rule: any thread; it does not change.
class OwnTable {
 public:
  explicit OwnTable(OwnTableParts parts);

  [[nodiscard]] const OwnTableParts& parts() const { return parts_; }
  [[nodiscard]] std::uint32_t rows() const { return static_cast<std::uint32_t>(parts_.ids.size() / parts_.key.size()); }
  /// What stands in the columns of the row's key, as many as the key has.
  [[nodiscard]] const std::string* id(Key key) const { return &parts_.ids[key.index * parts_.key.size()]; }
  /// The row for people: "(7, a)".
  [[nodiscard]] std::string row_name(Key key) const;

  /// As statement_texts, but that several parameters name a row; what sets a value comes after them. It has no message.
  [[nodiscard]] StatementTexts texts() const {
    return {.read = read_.c_str(), .write = write_.c_str(), .message = nullptr, .survey = survey_.c_str()};
  }
  /// Puts the parameters that name the row to the beginning of `parameters`; how many they are.
  std::size_t name_row(Key key, std::span<const char*> parameters) const;
  /// The survey's parameters of these rows: an array for each column of the key.
  [[nodiscard]] std::vector<std::string> lists_of(Key first, std::size_t count) const;
  /// A statement that sets the row's value and fails after that.
  [[nodiscard]] std::string rolled_back(Key key, Value value) const;
  /// UPDATE of the rows `first` to `first + count - 1` from a list of texts for each, as `values_of` returns them
  /// behind those of the key; `set` is what to set, in which the list's columns are o.v1, o.v2, ... of the types given.
  template <class ValuesOf>
  [[nodiscard]] std::string update_of(Key first, std::uint32_t count, const std::string& set,
                                      std::span<const std::string> types, const ValuesOf& values_of) const;

  /// The errors of stock_rows.hpp, about this table.
  [[nodiscard]] std::unexpected<Error> not_a_quantity(Key key, std::string_view text) const;
  [[nodiscard]] std::unexpected<Error> no_such_row(Key key) const;

 private:
  [[nodiscard]] std::string begin_of_update(const std::string& set) const;
  [[nodiscard]] std::string end_of_update(std::size_t values) const;

  OwnTableParts parts_;
  std::string table_;  // quoted
  std::string value_;  // quoted
  std::string read_;
  std::string write_;
  std::string survey_;
};

template <class ValuesOf>
std::string OwnTable::update_of(Key first, std::uint32_t count, const std::string& set,
                                std::span<const std::string> types, const ValuesOf& values_of) const {
  std::string text = begin_of_update(set);
  for (std::uint32_t row = 0; row < count; ++row) {
    const Key key(first.index + row);
    const std::vector<std::string> values = values_of(key);
    // The first row's types are those of the list's columns.
    const auto cast = [&](const std::string& type) { return row == 0 ? "::" + type : std::string(); };
    text += row == 0 ? "(" : ",\n  (";
    for (std::size_t column = 0; column < parts_.key.size(); ++column) {
      text += (column == 0 ? "" : ", ") + quote_text(id(key)[column]) + cast(parts_.key[column].type);
    }
    for (std::size_t place = 0; place < values.size(); ++place) {
      text += ", " + quote_text(values[place]) + cast(types[place]);
    }
    text += ")";
  }
  return text + end_of_update(types.size());
}

}  // namespace stalemate
