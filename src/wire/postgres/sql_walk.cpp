#include "wire/postgres/sql_walk.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/postgres/reading_functions.hpp"

namespace stalemate {
namespace {

// Deeper trees are taken for unreadable: the walk calls itself.
constexpr int tree_depth_max = 600;
constexpr std::size_t literals_max = 256;

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) {
    names.push_back(name);
  }
}

std::string text_in(const SqlTree& object, const char* key) {
  const auto place = object.find(key);
  return place != object.end() && place->is_string() ? place->get<std::string>() : std::string();
}

bool is_change(std::string_view kind) {
  return kind == "InsertStmt" || kind == "UpdateStmt" || kind == "DeleteStmt" || kind == "MergeStmt";
}

/// Collects what is named anywhere in a statement.
class SqlWalk {
 public:
  SqlWalk(SqlStatement& statement, std::string_view text) : statement_(statement), text_(text) {}

  void run(const SqlTree& node) {
    visit(node, 0);
    std::ranges::sort(literals_, {}, &Literal::location);
    for (Literal& literal : literals_) {
      statement_.literals.push_back(std::move(literal.text));
    }
  }

 private:
  struct Literal {
    int location = 0;  // in the text
    std::string text = {};
  };

  void visit(const SqlTree& node, int depth) {
    if (depth > tree_depth_max) {
      not_told();
      return;
    }
    if (node.is_array()) {
      for (const SqlTree& item : node) {
        visit(item, depth + 1);
      }
    } else if (node.is_object()) {
      visit_object(node, depth);
    }
  }

  void visit_object(const SqlTree& node, int depth) {
    const std::size_t outer_names = with_names_.size();
    if (const auto with = node.find("withClause"); with != node.end()) {
      visit_with(*with, depth);
    }
    note_table(node);
    for (const auto& [key, value] : node.items()) {
      if (key == "withClause") {
        continue;
      }
      note(key, value, depth);
      visit(value, depth + 1);
    }
    with_names_.resize(outer_names);
  }

  // A name of WITH is seen by the queries behind it, and by its own only if it is recursive.
  void visit_with(const SqlTree& with, int depth) {
    const bool is_recursive = with.value("recursive", false);
    const SqlTree none = SqlTree::array();
    const auto place = with.find("ctes");
    for (const SqlTree& entry : place == with.end() ? none : *place) {
      const auto table = entry.find("CommonTableExpr");
      if (table == entry.end()) {
        continue;
      }
      const std::string name = text_in(*table, "ctename");
      if (is_recursive) {
        with_names_.push_back(name);
      }
      visit(*table, depth + 3);
      with_names_.push_back(name);
    }
  }

  void note_table(const SqlTree& node) {
    const std::string name = text_in(node, "relname");
    const bool is_of_with = !node.contains("schemaname") && std::ranges::find(with_names_, name) != with_names_.end();
    if (!name.empty() && !is_of_with) {
      add_once(statement_.tables, name);
    }
  }

  void note(std::string_view key, const SqlTree& value, int depth) {
    if (key == "FuncCall") {
      note_function(value);
    } else if (key == "A_Const") {
      note_literal(value);
    } else if (key == "lockingClause") {
      statement_.writes = true;
    } else if (key == "intoClause" || (is_change(key) && depth > 0)) {
      statement_.writes = true;
      statement_.changes_untold = true;
    }
  }

  void note_function(const SqlTree& call) {
    const auto parts = call.find("funcname");
    if (parts == call.end() || parts->empty()) {
      not_told();
      return;
    }
    const auto part = [&](std::size_t index) { return text_in((*parts)[index].value("String", SqlTree()), "sval"); };
    const std::string name = part(parts->size() - 1);
    const bool is_own = parts->size() == 1 || (parts->size() == 2 && part(0) == "pg_catalog");
    if (is_own && (name.starts_with("pg_advisory_") || name.starts_with("pg_try_advisory_"))) {
      statement_.writes = true;
      add_once(statement_.tables, "advisory locks");
    } else if (!is_own || !is_reading_function(name)) {
      not_told();
    }
  }

  void not_told() {
    statement_.touches_anything = true;
    statement_.writes = true;
    statement_.changes_untold = true;
  }

  // libpg_query leaves out negative numbers as it does zeros; the text has them.
  [[nodiscard]] std::string negative_at(int location) const {
    std::string digits;
    if (location >= 0 && static_cast<std::size_t>(location) < text_.size() &&
        text_[static_cast<std::size_t>(location)] == '-') {
      std::string_view rest = text_.substr(static_cast<std::size_t>(location) + 1);
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
      digits = rest.substr(0, std::min(rest.find_first_not_of("0123456789"), rest.size()));
    }
    return digits.empty() ? "0" : "-" + digits;
  }

  // {"ival":{"ival":1}}; a zero, an empty text and false are left out within: {"ival":{}}.
  void note_literal(const SqlTree& constant) {
    if (literals_.size() >= literals_max || !constant.is_object()) {
      return;
    }
    const int location = constant.value("location", 0);
    for (const char* kind : {"ival", "fval", "sval", "bsval", "boolval"}) {
      const auto place = constant.find(kind);
      if (place == constant.end() || !place->is_object()) {
        continue;
      }
      const auto value = place->find(kind);
      const std::string_view name = kind;
      if (value == place->end()) {
        literals_.push_back({location, name == "ival" ? negative_at(location) : name == "boolval" ? "false" : ""});
      } else {
        literals_.push_back({location, value->is_string() ? value->get<std::string>() : value->dump()});
      }
    }
  }

  SqlStatement& statement_;
  std::string_view text_;
  std::vector<std::string> with_names_ = {};
  std::vector<Literal> literals_ = {};
};

void read_transaction(const SqlTree& body, SqlStatement& statement) {
  const std::string kind = text_in(body, "kind");
  statement.writes = false;
  if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") {
    statement.name = "BEGIN";
    statement.transaction = TransactionStep::begins;
  } else if (kind == "TRANS_STMT_COMMIT") {
    statement.name = "COMMIT";
    statement.transaction = TransactionStep::commits;
  } else if (kind == "TRANS_STMT_ROLLBACK") {
    statement.name = "ROLLBACK";
    statement.transaction = TransactionStep::rolls_back;
  } else if (kind != "TRANS_STMT_SAVEPOINT" && kind != "TRANS_STMT_RELEASE" && kind != "TRANS_STMT_ROLLBACK_TO") {
    // In two phases: what it commits was written by who knows whom.
    statement.touches_anything = true;
    statement.writes = true;
    statement.changes_untold = true;
  }
}

void read_copy(const SqlTree& body, SqlStatement& statement) {
  const bool is_from = body.value("is_from", false);
  statement.touches_anything = body.value("is_program", false);
  statement.writes = statement.writes || is_from || statement.touches_anything;
  statement.changes_rows = is_from;
  statement.changes_untold = statement.changes_untold || statement.touches_anything;
  statement.copies_in = is_from && !body.contains("filename");
}

bool asks_for_snapshot(const SqlStatement& statement) {
  return std::ranges::any_of(statement.literals, [](std::string word) {
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return word == "repeatable read" || word == "serializable";
  });
}

struct KindName {
  std::string_view kind;
  std::string_view name;
};

// Of these the text may begin with another word, such as WITH or a parenthesis.
constexpr std::array<KindName, 5> named_kinds = {{{"SelectStmt", "SELECT"},
                                                  {"InsertStmt", "INSERT"},
                                                  {"UpdateStmt", "UPDATE"},
                                                  {"DeleteStmt", "DELETE"},
                                                  {"MergeStmt", "MERGE"}}};

constexpr std::array<std::string_view, 7> session_kinds = {"VariableSetStmt", "VariableShowStmt", "DeallocateStmt",
                                                           "ClosePortalStmt", "ExplainStmt",      "DeclareCursorStmt",
                                                           "UnlistenStmt"};

void read_kind(const std::string& kind, const SqlTree& body, SqlStatement& statement) {
  if (std::ranges::find(named_kinds, kind, &KindName::kind) != named_kinds.end()) {
    statement.name = std::ranges::find(named_kinds, kind, &KindName::kind)->name;
    statement.changes_rows = is_change(kind);
    statement.writes = statement.writes || statement.changes_rows;
  } else if (kind == "TransactionStmt") {
    read_transaction(body, statement);
    statement.takes_snapshot = asks_for_snapshot(statement);
  } else if (kind == "CopyStmt") {
    read_copy(body, statement);
  } else if (kind == "ListenStmt" || kind == "NotifyStmt") {
    statement.writes = true;
    statement.tables = {"channel " + text_in(body, "conditionname")};
  } else if (kind == "LockStmt") {
    statement.writes = true;
  } else if (kind == "TruncateStmt") {
    statement.writes = true;
    statement.changes_untold = true;
    statement.touches_anything = text_in(body, "behavior") == "DROP_CASCADE";
  } else if (kind == "ExecuteStmt") {
    statement.executes = text_in(body, "name");
  } else if (kind == "DeallocateStmt") {
    statement.forgets = body.contains("name") ? text_in(body, "name") : "*";
  } else if (kind == "VariableSetStmt") {
    statement.takes_snapshot = asks_for_snapshot(statement);
  } else if (std::ranges::find(session_kinds, kind) == session_kinds.end()) {
    statement.touches_anything = true;
    statement.writes = true;
    statement.changes_untold = true;
  }
}

}  // namespace

SqlStatement walk_statement(const SqlTree& node, std::string_view text) {
  if (!node.is_object() || node.empty()) {
    return {};
  }
  const std::string& kind = node.begin().key();
  const SqlTree& body = node.begin().value();
  if (kind == "PrepareStmt" && body.contains("query")) {
    SqlStatement inner = walk_statement(body["query"], text);
    inner.prepares = text_in(body, "name");
    return inner;
  }
  SqlStatement statement;
  statement.touches_anything = false;
  statement.writes = false;
  statement.changes_untold = false;
  SqlWalk(statement, text).run(node);
  read_kind(kind, body, statement);
  return statement;
}

}  // namespace stalemate
