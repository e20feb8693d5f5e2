// The statements that a session prepares, with the memory that their parameters and answers lie in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/dataset.hpp"
#include "core/types.hpp"
#include "drivers/mariadb/connection.hpp"
#include "drivers/mariadb/options.hpp"

namespace stalemate {

/// Thread rule: as its session's. The address of an object must not change once it is bound.
class PreparedStatements {
 public:
  /// Each made by `make`, to be prepared with its text.
  struct Statement {
    StatementPointer handle = {};
    std::string_view text = {};
  };

  /// Makes the statements of a connection, about the table stock or the one of the options. Requires: no earlier ones,
  /// or forget() since; options outlive this. Errors: out of memory.
  void make(MYSQL* connection, const MariaDbOptions& options);
  /// Binds parameters and answers. Requires: all are prepared. False where a statement has others than its text says.
  [[nodiscard]] bool bind();
  /// Requires: the connection is gone.
  void forget() { statements_ = {}; }

  [[nodiscard]] std::span<Statement> all() { return statements_; }
  [[nodiscard]] MYSQL_STMT* read() const { return statements_[0].handle.get(); }
  [[nodiscard]] MYSQL_STMT* write() const { return statements_[1].handle.get(); }
  [[nodiscard]] MYSQL_STMT* survey() const { return statements_[2].handle.get(); }

  /// The parameters of the next execution.
  void name_row(Key key);
  void name_value(Value value) { value_ = value; }
  void name_keys(Key first, std::size_t count);

  /// Takes the next row of what `statement`, which is read() or survey(), answered; false where there is none.
  /// `is_cut_short`: a column holds more than fits.
  struct Fetched {
    bool is_row = false;
    bool is_cut_short = false;
  };
  [[nodiscard]] Fetched fetch(MYSQL_STMT* statement);
  [[nodiscard]] Value quantity() const { return quantity_; }    ///< of the row taken last
  [[nodiscard]] Version version() const { return version_; }    ///< of the row taken last, where rows_versions
  [[nodiscard]] std::uint64_t place() const { return place_; }  ///< of the row taken last, from 1; of a survey

 private:
  void name_own_row(Key key);

  std::array<Statement, 3> statements_ = {};
  std::size_t columns_read_ = 1;
  const MariaDbOwnTable* own_ = nullptr;

  std::array<char, 36> id_ = {};
  std::array<unsigned long, key_columns_max> id_lengths_ = {36};
  Value value_ = 0;
  std::string ids_ = {};  // the survey's parameter, kept for the next of the same keys
  unsigned long ids_length_ = 0;
  Key ids_first_ = {};
  std::size_t ids_count_ = 0;

  Value quantity_ = 0;
  Version version_ = 0;
  std::uint64_t place_ = 0;
};

}  // namespace stalemate
