#include "live/isolation_cases.hpp"

#include <algorithm>
#include <array>

namespace stalemate {
namespace {

constexpr std::string_view all_rows = "SELECT id, value FROM pair ORDER BY id";
constexpr std::string_view row_1 = "SELECT id, value FROM pair WHERE id = 1";
constexpr std::string_view row_2 = "SELECT id, value FROM pair WHERE id = 2";
constexpr std::string_view rows_above = "SELECT id, value FROM pair WHERE value > 250 ORDER BY id";
constexpr std::string_view first_writes_1 = "UPDATE pair SET value = 101 WHERE id = 1";
constexpr std::string_view first_writes_2 = "UPDATE pair SET value = 201 WHERE id = 2";
constexpr std::string_view second_writes_1 = "UPDATE pair SET value = 102 WHERE id = 1";
constexpr std::string_view second_writes_2 = "UPDATE pair SET value = 202 WHERE id = 2";
constexpr std::string_view commit = "COMMIT";
constexpr std::string_view roll_back = "ROLLBACK";

// A reader that was shown a row as the second transaction left it is shown later, in another, what that one replaced.
bool a_transaction_vanished(const IsolationOutcome& outcome) {
  bool saw_the_second = false;
  for (const auto& [label, rows] : outcome.reads) {
    if (saw_the_second && (rows == "1=101" || rows == "2=201")) {
      return true;
    }
    saw_the_second = saw_the_second || rows == "1=102" || rows == "2=202";
  }
  return false;
}

// What the predicate named and what was deleted are those before the first transaction, or both those after it.
bool deleted_other_rows_than_it_named(const IsolationOutcome& outcome) {
  const bool is_before = outcome.read("named", "2=200") && outcome.left == "1=200";
  const bool is_after = outcome.read("named", "1=200") && outcome.left == "2=300";
  return outcome.all_committed({1, 2}) && !is_before && !is_after;
}

const std::vector<IsolationCase>& cases() {
  static const std::vector<IsolationCase> all = {
      {.name = "G0",
       .words = "write cycle: of two transactions that write the same two rows, each wins one",
       .steps = {{1, first_writes_1},
                 {2, second_writes_1},
                 {1, first_writes_2},
                 {1, commit},
                 {2, second_writes_2},
                 {2, commit}},
       .seen = [](const IsolationOutcome& o) { return o.left == "1=101 2=202" || o.left == "1=102 2=201"; }},
      {.name = "G1a",
       .words = "aborted read: a value is read whose transaction is then rolled back",
       .steps = {{1, first_writes_1}, {2, all_rows, "a"}, {1, roll_back}, {2, all_rows, "b"}, {2, commit}},
       .seen = [](const IsolationOutcome& o) { return o.read_row("a", "1=101") || o.read_row("b", "1=101"); }},
      {.name = "G1b",
       .words = "intermediate read: a value is read that its own transaction then replaces",
       .steps = {{1, "UPDATE pair SET value = 111 WHERE id = 1"},
                 {2, all_rows, "a"},
                 {1, first_writes_1},
                 {1, commit},
                 {2, all_rows, "b"},
                 {2, commit}},
       .seen = [](const IsolationOutcome& o) { return o.read_row("a", "1=111") || o.read_row("b", "1=111"); }},
      {.name = "G1c",
       .words = "circular information flow: two transactions read what the other has written",
       .steps = {{1, first_writes_1}, {2, second_writes_2}, {1, row_2, "a"}, {2, row_1, "b"}, {1, commit}, {2, commit}},
       .seen = [](const IsolationOutcome& o) { return o.read("a", "2=202") && o.read("b", "1=101"); }},
      {.name = "OTV",
       .words =
           "observed transaction vanishes: of a transaction's two writes a reader sees one, and then not the other",
       .steps = {{1, first_writes_1},
                 {1, first_writes_2},
                 {2, second_writes_1},
                 {1, commit},
                 {3, row_1, "a"},
                 {3, row_2, "b"},
                 {2, second_writes_2},
                 {3, row_2, "c"},
                 {2, commit},
                 {3, row_2, "d"},
                 {3, row_1, "e"},
                 {3, commit}},
       .seen = a_transaction_vanished},
      {.name = "PMP",
       .words = "predicate-many-preceders: a condition is asked again and finds a row that was added meanwhile",
       .steps = {{1, rows_above, "a"},
                 {2, "INSERT INTO pair (id, value) VALUES (3, 302)"},
                 {2, commit},
                 {1, "SELECT id, value FROM pair WHERE value > 275", "b"},
                 {1, commit}},
       .seen = [](const IsolationOutcome& o) { return o.read("a", "") && o.read("b", "3=302"); }},
      {.name = "PMP-write",
       .words = "the same of a write: what a condition deletes is not what it named",
       .steps = {{2, "SELECT id, value FROM pair WHERE value = 200", "named"},
                 {1, "UPDATE pair SET value = value + 100"},
                 {2, "DELETE FROM pair WHERE value = 200"},
                 {1, commit},
                 {2, commit}},
       .seen = deleted_other_rows_than_it_named},
      {.name = "P4",
       .words = "lost update: two transactions read a row, then both replace what they read",
       .steps = {{1, row_1, "a"}, {2, row_1, "b"}, {1, first_writes_1}, {2, second_writes_1}, {1, commit}, {2, commit}},
       .seen =
           [](const IsolationOutcome& o) {
             return o.all_committed({1, 2}) && o.read("a", "1=100") && o.read("b", "1=100");
           }},
      {.name = "G-single",
       .words = "read skew: one row is read before, another after a transaction that writes both",
       .steps =
           {{1, row_1, "a"}, {2, second_writes_1}, {2, second_writes_2}, {2, commit}, {1, row_2, "b"}, {1, commit}},
       .seen = [](const IsolationOutcome& o) { return o.read("a", "1=100") && o.read("b", "2=202"); }},
      {.name = "G-single-predicate",
       .words = "the same where both reads name their rows by a condition",
       .steps = {{1, "SELECT id, value FROM pair WHERE value IN (100, 200) ORDER BY id", "a"},
                 {2, "UPDATE pair SET value = 102 WHERE value = 100"},
                 {2, commit},
                 {1, "SELECT id, value FROM pair WHERE value BETWEEN 101 AND 199", "b"},
                 {1, commit}},
       .seen = [](const IsolationOutcome& o) { return o.read("a", pair_at_first) && o.read("b", "1=102"); }},
      {.name = "G-single-write",
       .words = "the same where the second is not a read but a delete with a condition",
       .steps = {{1, row_1, "a"},
                 {2, second_writes_1},
                 {2, second_writes_2},
                 {2, commit},
                 {1, "DELETE FROM pair WHERE value = 200"},
                 {1, commit}},
       .seen =
           [](const IsolationOutcome& o) {
             return o.all_committed({1, 2}) && o.read("a", "1=100") && o.left == "1=102 2=202";
           }},
      {.name = "G2-item",
       .words = "write skew: two transactions read two rows, then each writes another of them",
       .steps = {{1, all_rows, "a"},
                 {2, all_rows, "b"},
                 {1, first_writes_1},
                 {2, second_writes_2},
                 {1, commit},
                 {2, commit}},
       .seen =
           [](const IsolationOutcome& o) {
             return o.all_committed({1, 2}) && o.read("a", pair_at_first) && o.read("b", pair_at_first);
           }},
      {.name = "G2",
       .words = "anti-dependency cycle: two transactions find no row of a kind, then both add one",
       .steps = {{1, rows_above, "a"},
                 {2, rows_above, "b"},
                 {1, "INSERT INTO pair (id, value) VALUES (3, 301)"},
                 {2, "INSERT INTO pair (id, value) VALUES (4, 302)"},
                 {1, commit},
                 {2, commit}},
       .seen = [](const IsolationOutcome& o) { return o.all_committed({1, 2}) && o.read("a", "") && o.read("b", ""); }},
      {.name = "G2-two-edges",
       .words = "the same where a third transaction, which only reads, sees one write and not the other",
       .steps = {{1, all_rows, "a"},
                 {2, second_writes_2},
                 {2, commit},
                 {3, all_rows, "b"},
                 {3, commit},
                 {1, first_writes_1},
                 {1, commit}},
       .seen = [](const IsolationOutcome& o) {
         return o.all_committed({1, 2, 3}) && o.read("a", pair_at_first) && o.read("b", "1=100 2=202");
       }}};
  return all;
}

const std::vector<IsolationExpected>& expectations() {
  static const std::vector<IsolationExpected> all = {
      {.database = "PostgreSQL",
       .level = "read committed",
       .possible = {"PMP", "PMP-write", "P4", "G-single", "G-single-predicate", "G-single-write", "G2-item", "G2",
                    "G2-two-edges"}},
      {.database = "PostgreSQL", .level = "repeatable read", .possible = {"G2-item", "G2", "G2-two-edges"}},
      {.database = "PostgreSQL", .level = "serializable", .possible = {}},
      {.database = "MariaDB",
       .level = "read uncommitted",
       .possible = {"G1a", "G1b", "G1c", "OTV", "PMP", "PMP-write", "P4", "G-single", "G-single-predicate",
                    "G-single-write", "G2-item", "G2", "G2-two-edges"}},
      {.database = "MariaDB",
       .level = "read committed",
       .possible = {"PMP", "PMP-write", "P4", "G-single", "G-single-predicate", "G-single-write", "G2-item", "G2",
                    "G2-two-edges"}},
      {.database = "MariaDB",
       .level = "repeatable read",
       .possible = {"PMP-write", "P4", "G-single-write", "G2-item", "G2", "G2-two-edges"}},
      {.database = "MariaDB",
       .level = "repeatable read, innodb_snapshot_isolation",
       .possible = {"G2-item", "G2", "G2-two-edges"}},
      {.database = "MariaDB", .level = "serializable", .possible = {}},
      {.database = "CockroachDB", .level = "serializable", .possible = {}}};
  return all;
}

}  // namespace

bool IsolationOutcome::read(std::string_view label, std::string_view rows) const {
  const auto found = reads.find(label);
  return found != reads.end() && found->second == rows;
}

bool IsolationOutcome::read_row(std::string_view label, std::string_view row) const {
  const auto found = reads.find(label);
  return found != reads.end() && (" " + found->second + " ").contains(" " + std::string(row) + " ");
}

bool IsolationOutcome::all_committed(std::initializer_list<std::size_t> transactions) const {
  return std::ranges::all_of(transactions, [this](std::size_t each) { return committed.contains(each); });
}

std::span<const IsolationCase> isolation_cases() {
  return cases();
}

std::span<const IsolationExpected> isolation_expected() {
  return expectations();
}

const IsolationExpected* isolation_expected_at(std::string_view database, std::string_view level) {
  const auto found = std::ranges::find_if(
      expectations(), [&](const IsolationExpected& each) { return each.database == database && each.level == level; });
  return found == expectations().end() ? nullptr : &*found;
}

std::string isolation_table() {
  std::string header = "| case |";
  std::string line = "|---|";
  for (const IsolationExpected& each : expectations()) {
    header += " " + std::string(each.database) + " " + std::string(each.level) + " |";
    line += "---|";
  }
  std::string text = header + " what it is |\n" + line + "---|\n";
  for (const IsolationCase& each : cases()) {
    text += "| " + std::string(each.name) + " |";
    for (const IsolationExpected& level : expectations()) {
      text += std::ranges::find(level.possible, each.name) == level.possible.end() ? "  |" : " seen |";
    }
    text += " " + std::string(each.words) + " |\n";
  }
  return text;
}

}  // namespace stalemate
