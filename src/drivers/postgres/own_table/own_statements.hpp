// The statements of a session with PostgreSQL about a table of the user's.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "drivers/postgres/statements.hpp"
#include "drivers/sql/own_table/own_table.hpp"

namespace stalemate {

extern const SqlStyle postgres_style;

/// Thread rule: any thread; it does not change.
class PostgresOwnTable {
 public:
  explicit PostgresOwnTable(std::shared_ptr<const OwnTable> table);

  [[nodiscard]] const OwnTable& rows() const { return *table_; }
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

 private:
  std::shared_ptr<const OwnTable> table_;
  std::string read_;
  std::string write_;
  std::string survey_;
};

}  // namespace stalemate
