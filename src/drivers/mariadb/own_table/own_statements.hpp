// The statements of a session with MariaDB or MySQL about a table of the user's.
#pragma once

#include <memory>
#include <string>

#include "drivers/sql/own_table/own_table.hpp"

namespace stalemate {

extern const SqlStyle mariadb_style;

/// Thread rule: any thread; it does not change.
class MariaDbOwnTable {
 public:
  explicit MariaDbOwnTable(std::shared_ptr<const OwnTable> table);

  [[nodiscard]] const OwnTable& rows() const { return *table_; }
  [[nodiscard]] const std::string& read() const { return read_; }      ///< parameters: the columns of the key, as texts
  [[nodiscard]] const std::string& write() const { return write_; }    ///< parameters: the value, then those of `read`
  [[nodiscard]] const std::string& survey() const { return survey_; }  ///< parameter: list_of
  /// An UPDATE by itself, as `write`.
  [[nodiscard]] std::string write_of(Key key, Value value) const;
  /// These rows' keys as JSON, an array of arrays of texts.
  [[nodiscard]] std::string list_of(Key first, std::size_t count) const;

 private:
  [[nodiscard]] std::string write_where(const std::string& value, const std::string& where) const;

  std::shared_ptr<const OwnTable> table_;
  std::string read_;
  std::string write_;
  std::string survey_;
};

}  // namespace stalemate
