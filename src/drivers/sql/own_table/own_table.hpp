// A table of the user's that a run works on, whichever database has it: which row a key is, and the SQL about rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"

namespace stalemate {

/// How a database writes SQL.
struct SqlStyle {
  char name_quote = '"';
  std::string (*text)(std::string_view text) = nullptr;  ///< a text in quotes, whatever the session is set to
  std::string_view script_begin = {};                    ///< how a file of SQL begins a transaction

  /// A name in quotes.
  [[nodiscard]] std::string name(std::string_view name) const;
  /// "TABLE" or "SCHEMA.TABLE", each part quoted.
  [[nodiscard]] std::string table(std::string_view table) const;
};

/// `text` with each of `characters` in it doubled.
[[nodiscard]] std::string doubled(std::string_view text, std::string_view characters);

/// A column of the key.
struct OwnColumn {
  std::string name = {};   ///< as in the database
  std::string type = {};   ///< as SQL has it, such as "character varying"
  bool is_number = false;  ///< stands in SQL without quotes
};

/// What an OwnTable is made of.
struct OwnTableParts {
  SqlStyle style = {};
  std::string table = {};  ///< as Dataset::table
  std::vector<OwnColumn> key = {};
  std::string value = {};              ///< the name of its column
  std::string version = {};            ///< the same; empty: none
  std::vector<std::string> kept = {};  ///< columns that an UPDATE changes unasked, unless it is told their own value
  std::vector<std::string> ids = {};   ///< of each row in turn what stands in its key's columns
};

/// Thread rule: any thread; it does not change.
class OwnTable {
 public:
  explicit OwnTable(OwnTableParts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] const OwnTableParts& parts() const { return parts_; }
  [[nodiscard]] std::uint32_t rows() const { return static_cast<std::uint32_t>(parts_.ids.size() / parts_.key.size()); }
  /// What stands in the columns of the row's key, as many as the key has.
  [[nodiscard]] const std::string* id(Key key) const { return &parts_.ids[key.index * parts_.key.size()]; }
  /// The row for people: "(7, a)".
  [[nodiscard]] std::string row_name(Key key) const;

  /// "NAME = TEXT AND ...", of the columns of the key; `text_of` makes a text of a column's place. `before` stands
  /// before each name.
  template <class TextOf>
  [[nodiscard]] std::string where(const TextOf& text_of, std::string_view before = {}) const;
  /// The same of what stands in the row's key.
  [[nodiscard]] std::string where_row(Key key) const;

  /// "SELECT VALUE, VERSION FROM TABLE WHERE ...".
  [[nodiscard]] std::string read_text(std::string_view where) const;
  /// "UPDATE TABLE SET VALUE = `value`, VERSION = `version` WHERE ..."; without a version column nothing is made of
  /// `version`.
  [[nodiscard]] std::string update_text(std::string_view value, std::string_view version, std::string_view where) const;
  /// "VERSION + 1"; empty where there is no version column.
  [[nodiscard]] std::string next_version() const;

 private:
  OwnTableParts parts_;
};

template <class TextOf>
std::string OwnTable::where(const TextOf& text_of, std::string_view before) const {
  std::string text;
  for (std::size_t column = 0; column < parts_.key.size(); ++column) {
    text.append(column == 0 ? "" : " AND ").append(before).append(parts_.style.name(parts_.key[column].name));
    text.append(" = ").append(text_of(column));
  }
  return text;
}

}  // namespace stalemate
