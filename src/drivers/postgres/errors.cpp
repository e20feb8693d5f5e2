#include "drivers/postgres/errors.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace stalemate {
namespace {

struct CodeRow {
  std::string_view state;  // all of it, or the class
  ErrorCode code;
  Outcome of_statement;
  Outcome of_commit;
};

constexpr Outcome fail = Outcome::fail;
constexpr Outcome info = Outcome::info;

// The first row that begins the state counts, so whole states stand before their class.
constexpr std::array rows = {
    CodeRow{"40001", ErrorCode::serialization_failure, fail, fail},
    CodeRow{"40P01", ErrorCode::serialization_failure, fail, fail},
    CodeRow{"40003", ErrorCode::refused_by_server, info, info},
    CodeRow{"40", ErrorCode::refused_by_server, fail, fail},
    CodeRow{"23", ErrorCode::constraint, fail, fail},
    CodeRow{"28", ErrorCode::authentication, fail, info},
    CodeRow{"42501", ErrorCode::authentication, fail, info},
    CodeRow{"3D", ErrorCode::unknown_database, fail, info},
    CodeRow{"42P01", ErrorCode::unknown_table, fail, info},
    CodeRow{"42703", ErrorCode::unknown_table, fail, info},
    CodeRow{"3F", ErrorCode::unknown_table, fail, info},
    CodeRow{"22", ErrorCode::wrong_type, fail, info},
    CodeRow{"42804", ErrorCode::wrong_type, fail, info},
    CodeRow{"42846", ErrorCode::wrong_type, fail, info},
    CodeRow{"42883", ErrorCode::wrong_type, fail, info},
    CodeRow{"25006", ErrorCode::unavailable, fail, info},
    CodeRow{"53", ErrorCode::unavailable, fail, info},
    CodeRow{"55P03", ErrorCode::unavailable, fail, info},
    CodeRow{"57014", ErrorCode::unavailable, fail, info},
    CodeRow{"57", ErrorCode::unavailable, info, info},
    CodeRow{"58", ErrorCode::unavailable, info, info},
    CodeRow{"F0", ErrorCode::unavailable, info, info},
    CodeRow{"XX", ErrorCode::unavailable, info, info},
    CodeRow{"08", ErrorCode::unavailable, info, info},
};

constexpr CodeRow unnamed = {"", ErrorCode::refused_by_server, fail, info};

bool is_state_letter(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z');
}

}  // namespace

Error sql_error(const SqlError& error, SqlPhase phase) {
  const auto place = std::ranges::find_if(rows, [&](const CodeRow& row) { return error.state.starts_with(row.state); });
  const CodeRow& row = place == rows.end() ? unnamed : *place;
  Outcome outcome = phase == SqlPhase::commit ? row.of_commit : row.of_statement;
  if (error.connection_ends || error.state.empty()) {
    outcome = Outcome::info;
  }
  if (phase == SqlPhase::connecting) {
    outcome = Outcome::fail;
  }
  std::string detail = "the database answered: " + std::string(error.message);
  if (!error.state.empty()) {
    detail += " (SQLSTATE " + std::string(error.state) + ")";
  }
  return Error{row.code, outcome, std::move(detail)};
}

bool worth_a_retry(std::string_view sql_state) {
  return sql_state == "40001" || sql_state == "40P01";
}

// Such as "connection to server at ... failed: FATAL:  28P01: password authentication failed ...\nLOCATION:  ...".
SqlError sql_error_in_text(std::string_view text) {
  constexpr std::size_t state_length = 5;
  SqlError error;
  for (std::size_t place = text.find(":  "); place != std::string_view::npos; place = text.find(":  ", place + 1)) {
    const std::string_view rest = text.substr(place + 3);
    const std::string_view state = rest.substr(0, state_length);
    if (state.size() == state_length && std::ranges::all_of(state, is_state_letter) &&
        rest.substr(state_length).starts_with(": ")) {
      const std::string_view message = rest.substr(state_length + 2);
      error.state = state;
      error.message = message.substr(0, message.find('\n'));
      return error;
    }
  }
  // libpq's own trouble: its first line says it all.
  error.message = text.substr(0, text.find('\n'));
  return error;
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace stalemate
