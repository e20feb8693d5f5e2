#include "drivers/mariadb/errors.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace stalemate {
namespace {

/// What an error means: its code, and the outcome of a statement and of a COMMIT that ended in it.
struct Meaning {
  ErrorCode code = ErrorCode::refused_by_server;
  Outcome of_statement = Outcome::fail;
  Outcome of_commit = Outcome::info;
  bool ends_connection = false;
};

constexpr Meaning conflict = {ErrorCode::serialization_failure, Outcome::fail, Outcome::fail};
constexpr Meaning not_now = {ErrorCode::unavailable};
constexpr Meaning not_allowed = {ErrorCode::authentication};
constexpr Meaning no_table = {ErrorCode::unknown_table};
constexpr Meaning wrong_value = {ErrorCode::wrong_type};
constexpr Meaning connection_ends = {ErrorCode::unavailable, Outcome::info, Outcome::info, true};
constexpr Meaning nobody_there = {ErrorCode::connection_refused, Outcome::fail, Outcome::fail, true};
constexpr Meaning connection_is_lost = {ErrorCode::connection_lost, Outcome::info, Outcome::info, true};
constexpr Meaning unknown_login = {ErrorCode::authentication, Outcome::fail, Outcome::fail, true};
constexpr Meaning of_library = {ErrorCode::protocol, Outcome::info, Outcome::info, true};

struct NumberRow {
  unsigned number = 0;
  Meaning meaning = {};
};
constexpr std::array number_rows = {
    NumberRow{1213, conflict},
    NumberRow{1020, conflict},
    NumberRow{1205, not_now},
    NumberRow{1317, not_now},
    NumberRow{1969, not_now},
    NumberRow{3024, not_now},
    NumberRow{1021, not_now},
    NumberRow{1037, not_now},
    NumberRow{1038, not_now},
    NumberRow{1040, not_now},
    NumberRow{1041, not_now},
    NumberRow{1114, not_now},
    NumberRow{1135, not_now},
    NumberRow{1203, not_now},
    NumberRow{1226, not_now},
    NumberRow{1290, not_now},
    NumberRow{1792, not_now},
    NumberRow{1836, not_now},
    NumberRow{1044, not_allowed},
    NumberRow{1045, not_allowed},
    NumberRow{1130, not_allowed},
    NumberRow{1142, not_allowed},
    NumberRow{1143, not_allowed},
    NumberRow{1227, not_allowed},
    NumberRow{1251, not_allowed},
    NumberRow{1524, not_allowed},
    NumberRow{1698, not_allowed},
    NumberRow{1820, not_allowed},
    NumberRow{1862, not_allowed},
    NumberRow{1054, no_table},
    NumberRow{1146, no_table},
    NumberRow{1366, wrong_value},
    NumberRow{1053, connection_ends},
    NumberRow{1927, connection_ends},
    NumberRow{4031, connection_ends},
    NumberRow{2002, nobody_there},
    NumberRow{2003, nobody_there},
    NumberRow{2005, nobody_there},
    NumberRow{2006, connection_is_lost},
    NumberRow{2013, connection_is_lost},
    NumberRow{5013, connection_is_lost},
    NumberRow{5014, connection_is_lost},
    NumberRow{2059, unknown_login},
    NumberRow{2061, unknown_login},
    NumberRow{1049, {ErrorCode::unknown_database}},
    NumberRow{1180, {ErrorCode::unavailable, Outcome::info, Outcome::info}},
    NumberRow{1153, {ErrorCode::refused_by_server}},
};

struct StateRow {
  std::string_view state;  // all of it, or the class
  Meaning meaning = {};
};
constexpr std::array state_rows = {
    StateRow{"28", not_allowed},
    StateRow{"42S02", no_table},
    StateRow{"42S22", no_table},
    StateRow{"22", wrong_value},
    StateRow{"23", {ErrorCode::constraint, Outcome::fail, Outcome::fail}},
    StateRow{"40", {ErrorCode::refused_by_server, Outcome::fail, Outcome::fail}},
    StateRow{"08", connection_ends},
};

bool is_of_library(unsigned number) {
  return (number >= 2000 && number < 3000) || number >= 5000;
}

Meaning meaning_of(const MariaDbError& error) {
  const auto* const by_number = std::ranges::find(number_rows, error.number, &NumberRow::number);
  if (by_number != number_rows.end()) {
    return by_number->meaning;
  }
  if (is_of_library(error.number)) {
    return of_library;
  }
  const auto* const by_state =
      std::ranges::find_if(state_rows, [&](const StateRow& row) { return error.state.starts_with(row.state); });
  return by_state == state_rows.end() ? Meaning() : by_state->meaning;
}

}  // namespace

Error mariadb_error(const MariaDbError& error, SqlPhase phase) {
  const Meaning meaning = meaning_of(error);
  Error told = {meaning.code, phase == SqlPhase::commit ? meaning.of_commit : meaning.of_statement};
  if (phase == SqlPhase::connecting) {
    told.outcome = Outcome::fail;
    if (told.code == ErrorCode::connection_lost) {
      told.code = ErrorCode::connection_refused;
    }
  }
  told.detail = is_of_library(error.number)
                    ? std::string(error.message)
                    : "the database answered: " + std::string(error.message) + " (error " +
                          std::to_string(error.number) + ", SQLSTATE " + std::string(error.state) + ")";
  return told;
}

bool is_conflict(const MariaDbError& error) {
  return meaning_of(error).code == ErrorCode::serialization_failure;
}

bool ends_connection(const MariaDbError& error) {
  return meaning_of(error).ends_connection;
}

}  // namespace stalemate
