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
inline constexpr const char* survey_statement = "stalemate_survey";

/// What a session prepares. Requires of all three: dialect is not `detect`.
struct StatementTexts {
  const char* read;    ///< $1 product id; the row's quantity
  const char* write;   ///< $1 product id, $2 quantity; the commit-order token
  const char* survey;  ///< $1 array of product ids; pairs of a place in it, from 1, and the quantity
};
[[nodiscard]] StatementTexts statement_texts(Dialect dialect);

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

/// The number a column holds, if it can be a Value.
[[nodiscard]] std::optional<Value> parse_quantity(std::string_view text);

}  // namespace stalemate
