#include "export/tables.hpp"

#include <algorithm>
#include <iterator>

#include "core/absent_row.hpp"

namespace stalemate {
namespace {

/// The names of enumerators 0 to `last`.
template <class Enumeration>
std::vector<std::string> names_up_to(Enumeration last) {
  std::vector<std::string> names;
  for (unsigned number = 0; number <= static_cast<unsigned>(last); ++number) {
    names.emplace_back(name_of(static_cast<Enumeration>(number)));
  }
  return names;
}

/// A column of one of the record's enumerations. `none`: shown as an empty cell.
template <class Record, class Enumeration>
TableColumn<Record> enumeration(std::string name, Enumeration last, Enumeration (Record::*member)() const,
                                std::optional<Enumeration> none = {}) {
  return {.name = std::move(name),
          .type = CellType::name,
          .is_nullable = none.has_value(),
          .names = names_up_to(last),
          .cell = [member, none](const Record& row) -> std::optional<std::int64_t> {
            const Enumeration value = (row.*member)();
            return value == none ? std::nullopt : std::optional(static_cast<std::int64_t>(value));
          }};
}

/// A column of numbers, of which `none` is shown as an empty cell.
template <class Record, class Number>
TableColumn<Record> number(std::string name, CellType type, Number (Record::*member)() const,
                           std::optional<Number> none = {}) {
  return {.name = std::move(name),
          .type = type,
          .is_nullable = none.has_value(),
          .cell = [member, none](const Record& row) -> std::optional<std::int64_t> {
            const Number value = (row.*member)();
            return value == none ? std::nullopt : std::optional(static_cast<std::int64_t>(value));
          }};
}

/// What was written or returned. Empty where that was no value: of a run also for a row that is not there, and for its
/// delete, which names itself by a number.
template <class Record>
TableColumn<Record> value_column(bool is_imported) {
  return {.name = "value",
          .type = CellType::int32,
          .is_nullable = true,
          .cell = [is_imported](const Record& row) -> std::optional<std::int64_t> {
            const Value value = is_imported ? row.value() : row_after(row.value());
            const bool is_none = value == absent || (!is_imported && value == no_row);
            return is_none ? std::nullopt : std::optional<std::int64_t>(value);
          }};
}

/// The same column with the names that a history gives to its numbers, if it does. A number that it gives none is
/// `unnamed`.
template <class Record>
TableColumn<Record> named(TableColumn<Record> column, const std::vector<std::string>& names) {
  if (!names.empty()) {
    column.type = CellType::name;
    column.names = names;
    column.names.emplace_back("unnamed");
    column.cell = [of_number = std::move(column.cell),
                   unnamed = static_cast<std::int64_t>(names.size())](const Record& row) {
      const std::optional<std::int64_t> number = of_number(row);
      return number && (*number < 0 || *number > unnamed) ? std::optional(unnamed) : number;
    };
  }
  return column;
}

}  // namespace

std::vector<TableColumn<OpRecord>> op_columns(const History& history) {
  const HistoryHeader& header = history.header;
  TableColumn<OpRecord> key = {.name = "key", .type = CellType::uint32, .cell = [](const OpRecord& op) {
                                 return std::optional<std::int64_t>(op.key().index);
                               }};
  return {number("op", CellType::uint32, &OpRecord::index),
          named(number("client", CellType::uint32, &OpRecord::client), header.client_names),
          named(std::move(key), header.key_names),
          enumeration("kind", OpKind::background, &OpRecord::kind),
          enumeration("outcome", Outcome::info, &OpRecord::outcome),
          enumeration("error", ErrorCode::defect, &OpRecord::error, std::optional(ErrorCode::none)),
          named(value_column<OpRecord>(is_imported(header)), header.value_names),
          number("intended_ns", CellType::int64, &OpRecord::intended_ns),
          number("invocation_ns", CellType::int64, &OpRecord::invocation_ns),
          number("completion_ns", CellType::int64, &OpRecord::completion_ns, std::optional(never))};
}

std::vector<TableColumn<StepRecord>> step_columns(const History& history) {
  const HistoryHeader& header = history.header;
  std::vector<std::string> commands;
  std::ranges::transform(header.cache_commands, std::back_inserter(commands), &CacheCommandFacts::name);
  return {number("op", CellType::uint32, &StepRecord::op, std::optional(no_op)),
          enumeration("store", Store::local, &StepRecord::store),
          enumeration("command", Command::erase, &StepRecord::command),
          enumeration("role", Role::refresh, &StepRecord::role),
          enumeration("outcome", Outcome::info, &StepRecord::outcome),
          enumeration("error", ErrorCode::defect, &StepRecord::error, std::optional(ErrorCode::none)),
          {.name = "skipped",
           .type = CellType::name,
           .names = {"no", "yes"},
           .cell = [](const StepRecord& step) { return std::optional<std::int64_t>(step.skipped() ? 1 : 0); }},
          named(number("fault", CellType::uint32, &StepRecord::fault, std::optional(no_fault)), header.fault_names),
          number("retries", CellType::uint32, &StepRecord::retries),
          named(number("cache_command", CellType::uint32, &StepRecord::cache_command, std::optional(std::uint8_t{0})),
                commands),
          named(value_column<StepRecord>(is_imported(header)), header.value_names),
          number("version", CellType::uint64, &StepRecord::version, std::optional(unknown_version)),
          number("start_ns", CellType::int64, &StepRecord::start_ns),
          number("end_ns", CellType::int64, &StepRecord::end_ns, std::optional(never))};
}

}  // namespace stalemate
