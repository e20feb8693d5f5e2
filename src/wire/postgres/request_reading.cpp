#include "wire/postgres/request_reading.hpp"

#include <algorithm>
#include <utility>

namespace stalemate {
namespace {

constexpr std::size_t values_max = 1024;
constexpr std::size_t shown_parameter_bytes_max = 80;
// How well a name tells what a request is about: any statement, one that reads tables, one that writes.
constexpr int rank_any = 1;
constexpr int rank_reads = 2;
constexpr int rank_writes = 3;

void add_tables(std::vector<std::string>& tables, const std::vector<std::string>& more) {
  for (const std::string& table : more) {
    if (std::ranges::find(tables, table) == tables.end()) {
      tables.push_back(table);
    }
  }
}

}  // namespace

void Effects::add(const Effects& other) {
  add_tables(tables, other.tables);
  touches_anything = touches_anything || other.touches_anything;
  writes = writes || other.writes;
}

void RequestReading::execute(std::string_view text, std::string_view line, const std::vector<SqlStatement>& statements,
                             const std::vector<std::string>& parameters, PostgresTalk& session) {
  if (statements.empty()) {
    return;
  }
  append_text(line, parameters);
  for (const SqlStatement& statement : statements) {
    add(statement, session, text);
  }
  for (const std::string& parameter : parameters) {
    if (request_.values.size() < values_max) {
      request_.values.push_back(parameter.substr(0, word_bytes_max));
    }
  }
}

void RequestReading::execute_unknown(std::string_view name, std::string_view text) {
  append_text(on_one_line(text, word_bytes_max), {});
  executes_ = true;
  changes_untold_ = true;
  step_transaction({}, name);
}

void RequestReading::end_copy(const Effects& effects) {
  append_text("end of COPY", {});
  executes_ = true;
  changes_rows_ = true;
  name_it("COPY", effects);
  take(effects);
}

void RequestReading::sync() {
  Effects& unsynced = transaction_->unsynced;
  if (executes_) {
    take(unsynced);
  } else if (unsynced.writes) {
    append_text("SYNC", {});
    name_it("SYNC", unsynced);
    take(unsynced);
    executes_ = true;
    not_copied_ = "it only ends what requests before it began";
  }
  unsynced.tables.clear();
  unsynced.touches_anything = false;
  unsynced.writes = false;
}

void RequestReading::add(const SqlStatement& statement, PostgresTalk& session, std::string_view text) {
  if (!statement.forgets.empty()) {
    // It touches nothing but the session, so that a gate need not stop before it.
    name_it(statement.name, {});
    if (statement.forgets == "*") {
      session.statements.clear();
    } else if (const auto place = session.statements.find(statement.forgets); place != session.statements.end()) {
      session.statements.erase(place);
    }
    return;
  }
  executes_ = true;
  const SqlStatement* meant = &statement;
  static const SqlStatement unknown;
  if (!statement.prepares.empty()) {
    auto prepared = std::make_shared<PreparedStatement>();
    prepared->text = text;
    prepared->line = on_one_line(text, word_bytes_max);
    SqlStatement inner = statement;
    inner.prepares.clear();
    prepared->facts = std::make_shared<const std::vector<SqlStatement>>(std::vector{std::move(inner)});
    session.statements.insert_or_assign(statement.prepares, std::move(prepared));
    name_it("PREPARE", {});
    return;
  }
  if (!statement.executes.empty()) {
    const auto place = session.statements.find(statement.executes);
    const bool is_known =
        place != session.statements.end() && place->second->facts != nullptr && place->second->facts->size() == 1;
    meant = is_known ? &place->second->facts->front() : &unknown;
    not_copied_ = "it executes what the session prepared in SQL";
  }
  copies_in_ = copies_in_ || meant->copies_in;
  changes_rows_ = changes_rows_ || meant->changes_rows;
  changes_untold_ = changes_untold_ || meant->changes_untold;
  step_transaction(*meant, meant->name.empty() ? statement.name : meant->name);
  for (const SqlStatement* with_literals : {&statement, meant}) {
    for (const std::string& literal : with_literals->literals) {
      if (request_.values.size() < values_max) {
        request_.values.push_back(literal.substr(0, word_bytes_max));
      }
    }
    if (meant == &statement) {
      break;
    }
  }
}

// What a statement touches is seen from its transaction: one that ends touches all that its statements touched.
void RequestReading::step_transaction(const SqlStatement& statement, std::string_view name) {
  const auto tell = [&](const Effects& effects) {
    name_it(name, effects);
    take(effects);
  };
  ClientTransaction& transaction = *transaction_;
  switch (statement.transaction) {
    case TransactionStep::begins:
      transaction.is_open = true;
      transaction.reads_snapshot = transaction.always_snapshot || statement.takes_snapshot;
      transaction.effects = {};
      tell(statement);
      return;
    case TransactionStep::commits:
    case TransactionStep::rolls_back:
      tell(std::exchange(transaction.effects, {}));
      transaction.is_open = false;
      return;
    case TransactionStep::none: break;
  }
  if (statement.takes_snapshot) {
    transaction.always_snapshot = true;
    transaction.reads_snapshot = true;
  }
  if (!transaction.is_open) {
    transaction.unsynced.add(statement);
    tell(statement);
    return;
  }
  Effects effects = statement;
  const bool touches = effects.writes || !effects.tables.empty();
  effects.touches_anything = effects.touches_anything || (transaction.reads_snapshot && touches);
  transaction.effects.add(effects);
  tell(effects);
}

void RequestReading::name_it(std::string_view name, const Effects& effects) {
  const int rank = effects.writes                                        ? rank_writes
                   : effects.tables.empty() && !effects.touches_anything ? rank_any
                                                                         : rank_reads;
  if (rank > name_rank_) {
    name_rank_ = rank;
    request_.name = name.empty() ? "STATEMENT" : name.substr(0, word_bytes_max);
  }
}

void RequestReading::append_text(std::string_view one_line, const std::vector<std::string>& parameters) {
  std::string& line = request_.text;
  if (line.size() >= word_bytes_max) {
    return;
  }
  line.reserve(std::min(line.size() + one_line.size() + parameters.size() * 16 + 4, word_bytes_max));
  line += line.empty() ? "" : "; ";
  line += one_line;
  for (std::size_t index = 0; index < parameters.size() && line.size() < word_bytes_max; ++index) {
    line += index == 0 ? " (" : ", ";
    line += on_one_line(parameters[index], shown_parameter_bytes_max);
  }
  line += parameters.empty() ? "" : ")";
  if (line.size() > word_bytes_max) {
    line = on_one_line(line, word_bytes_max);
  }
}

void RequestReading::take(const Effects& effects) {
  add_tables(request_.keys, effects.tables);
  request_.touches_anything = request_.touches_anything || effects.touches_anything;
  request_.writes = request_.writes || effects.writes;
}

}  // namespace stalemate
