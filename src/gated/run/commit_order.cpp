#include "gated/run/commit_order.hpp"

#include <libpq-fe.h>

#include <array>
#include <utility>

namespace stalemate {
namespace {

constexpr Nanoseconds log_limit_ns = 30'000'000'000;
constexpr std::string_view line_begin = "table ";
constexpr std::string_view new_row = " new-tuple: ";

/// "public.\"Product\"" is Product.
std::string without_schema(std::string_view name) {
  std::string table(name.substr(name.rfind('.') + 1));
  std::erase(table, '"');
  return table;
}

}  // namespace

std::optional<LoggedChange> parse_logged_change(std::string_view line) {
  if (!line.starts_with(line_begin)) {
    return std::nullopt;
  }
  line.remove_prefix(line_begin.size());
  constexpr std::array kinds = {std::pair(std::string_view(": INSERT: "), LoggedChange::Kind::insert),
                                std::pair(std::string_view(": UPDATE: "), LoggedChange::Kind::update),
                                std::pair(std::string_view(": DELETE: "), LoggedChange::Kind::remove)};
  for (const auto& [words, kind] : kinds) {
    // The table's name comes first, and only an odd one holds such words.
    const std::size_t place = line.find(words);
    if (place == std::string_view::npos || line.substr(0, place).contains(": ")) {
      continue;
    }
    LoggedChange change{.table = without_schema(line.substr(0, place)), .kind = kind};
    change.row = line.substr(place + words.size());
    if (const std::size_t fresh = change.row.find(new_row);
        change.row.starts_with("old-key: ") && fresh < line.size()) {
      change.row.remove_prefix(fresh + new_row.size());
    }
    return change;
  }
  return std::nullopt;
}

void CommitOrder::add(const CallTexts& texts, std::string_view line) {
  const std::optional<LoggedChange> change = parse_logged_change(line);
  if (!change) {
    return;
  }
  ++changes_;
  for (const Key key : texts.keys_in(change->row)) {
    add(tables_[change->table], key, texts.written_values_in(change->row, key),
        change->kind == LoggedChange::Kind::update);
  }
}

void CommitOrder::add(Table& table, Key key, const std::vector<Value>& values, bool is_update) {
  if (!is_update || values.size() > 1) {
    table.disturbed.insert(key.index);
    return;
  }
  if (values.empty()) {
    return;
  }
  const Value value = values.front();
  const auto last = table.last.find(key.index);
  const bool is_same_as_before = last != table.last.end() && last->second == value;
  if (!table.places.try_emplace(value, Place{key.index, changes_}).second && !is_same_as_before) {
    table.disturbed.insert(key.index);
  }
  table.last[key.index] = value;
}

const CommitOrder::Table* CommitOrder::the_table(const std::set<std::string>& loaded_tables) const {
  const Table* only = nullptr;
  for (const auto& [name, table] : tables_) {
    if (table.places.empty() || (!loaded_tables.empty() && !loaded_tables.contains(name))) {
      continue;
    }
    if (only != nullptr) {
      return nullptr;
    }
    only = &table;
  }
  return only;
}

std::map<Value, Version> CommitOrder::versions(const std::set<std::string>& loaded_tables) const {
  const Table* const table = the_table(loaded_tables);
  std::map<Value, Version> versions;
  for (const auto& [value, place] : table != nullptr ? table->places : std::map<Value, Place>()) {
    if (!table->disturbed.contains(place.key)) {
      versions.emplace(value, place.version);
    }
  }
  return versions;
}

std::map<std::uint32_t, Value> CommitOrder::rows(const std::set<std::string>& loaded_tables) const {
  const Table* const table = the_table(loaded_tables);
  std::map<std::uint32_t, Value> rows = table != nullptr ? table->last : std::map<std::uint32_t, Value>();
  std::erase_if(rows, [table](const auto& row) { return table->disturbed.contains(row.first); });
  return rows;
}

Result<CommitLog> CommitLog::begin(const std::string& url) {
  Result<BlockingConnection> connection = BlockingConnection::open({.url = url});
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const Result<ResultPointer> made = connection->run_within(
      "SELECT pg_create_logical_replication_slot('stalemate_order', 'test_decoding')", log_limit_ns);
  return made ? Result<CommitLog>(CommitLog(std::move(*connection))) : std::unexpected(made.error());
}

Result<void> CommitLog::read(const std::function<void(std::string_view line)>& on_line) {
  while (true) {
    const Result<ResultPointer> lines =
        connection_.run("SELECT data FROM pg_logical_slot_get_changes('stalemate_order', NULL, 10000)");
    if (!lines) {
      return std::unexpected(lines.error());
    }
    const int count = PQntuples(lines->get());
    for (int line = 0; line < count; ++line) {
      on_line(PQgetvalue(lines->get(), line, 0));
    }
    if (count == 0) {
      return {};
    }
  }
}

}  // namespace stalemate
