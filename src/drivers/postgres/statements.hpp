// The SQL of the two dialects, and what it means to read a value out of an answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/types.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// The names under which a session prepares its statements.
inline constexpr const char* read_statement = "stalemate_read";
inline constexpr const char* write_statement = "stalemate_write";
inline constexpr const char* message_statement = "stalemate_message";
inline constexpr const char* survey_statement = "stalemate_survey";

/// What a session prepares.
struct StatementTexts {
  const char* read;     ///< $1 product id; the row's quantity, and its version where rows have one
  const char* write;    ///< $1 product id, $2 quantity; the commit-order token, and the new version
  const char* message;  ///< as write, and a row of stock_outbox in the same statement
  const char* survey;   ///< $1 array of product ids; pairs of a place in it, from 1, and the quantity
};
/// Requires: dialect is not `detect`.
[[nodiscard]] StatementTexts statement_texts(Dialect dialect, bool row_versions);

/// Sets the row's quantity, if it is `expected`.
[[nodiscard]] std::string guarded_write_text(bool row_versions, Key key, Value value, Value expected);
/// Sets the row's quantity, or inserts the row.
[[nodiscard]] std::string insert_text(Key key, Value value);
/// Inserts the row, if there is none.
[[nodiscard]] std::string guarded_insert_text(Key key, Value value);
[[nodiscard]] std::string delete_text(Key key);
/// What follows a statement that changes one row, so that it returns what the prepared write does.
[[nodiscard]] std::string returned_text(Dialect dialect, bool row_versions);

/// The statement that sets the isolation level of a session; nullptr for server_default.
[[nodiscard]] const char* set_isolation_text(Isolation isolation);

/// What version() says, taken apart: "PostgreSQL 15.8 (Debian ...)" or "CockroachDB CCL v23.1.11 (...)".
struct ServerVersion {
  Dialect dialect = Dialect::postgres;
  std::string engine = {};
  std::string version = {};
};
[[nodiscard]] ServerVersion parse_server_version(std::string_view text);

/// The commit-order token of that dialect as a Version; std::nullopt where it is none.
[[nodiscard]] std::optional<Version> version_of_token(Dialect dialect, std::string_view token);

/// The version of a row; unknown_version where the text is none.
[[nodiscard]] Version parse_row_version(std::string_view text);

}  // namespace stalemate
