#include "wire/postgres/sql_facts.hpp"

#include <pg_query.h>

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>

#include "wire/postgres/sql_walk.hpp"

namespace stalemate {
namespace {

constexpr std::size_t texts_kept_max = 1024;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using Facts = std::shared_ptr<const std::vector<SqlStatement>>;
using FactsByText = std::unordered_map<std::string, Facts, TextHash, std::equal_to<>>;

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// The text behind the spaces and comments that it begins with.
std::string_view behind_comments(std::string_view text) {
  while (!text.empty()) {
    if (is_space(text.front()) || text.front() == ';' || text.front() == '(') {
      text.remove_prefix(1);
    } else if (text.starts_with("--")) {
      text.remove_prefix(std::min(text.find('\n'), text.size()));
    } else if (text.starts_with("/*")) {
      const std::size_t end = text.find("*/", 2);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    } else {
      break;
    }
  }
  return text;
}

std::string first_word(std::string_view text) {
  std::string word;
  for (const char c : behind_comments(text).substr(0, 32)) {
    const bool is_small = c >= 'a' && c <= 'z';
    if (!is_small && (c < 'A' || c > 'Z')) {
      break;
    }
    word += is_small ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return word;
}

struct ParseResult {
  explicit ParseResult(const std::string& text) : result(pg_query_parse(text.c_str())) {}
  ~ParseResult() { pg_query_free_parse_result(result); }
  ParseResult(const ParseResult&) = delete;
  ParseResult& operator=(const ParseResult&) = delete;
  PgQueryParseResult result;
};

std::string_view text_of_statement(std::string_view text, const SqlTree& entry) {
  const auto start = entry.value("stmt_location", std::size_t{0});
  const auto length = entry.value("stmt_len", std::size_t{0});
  const std::string_view rest = text.substr(std::min(start, text.size()));
  return length == 0 ? rest : rest.substr(0, length);
}

std::vector<SqlStatement> untold(std::string_view text) {
  SqlStatement statement;
  statement.name = first_word(text);
  return {std::move(statement)};
}

std::vector<SqlStatement> parsed(std::string_view text) {
  if (text.size() > sql_bytes_max) {
    return untold(text);
  }
  const ParseResult parse{std::string(text)};
  if (parse.result.error != nullptr || parse.result.parse_tree == nullptr) {
    return untold(text);
  }
  const SqlTree tree = SqlTree::parse(parse.result.parse_tree, nullptr, false);
  if (!tree.is_object() || !tree.contains("stmts")) {
    return untold(text);
  }
  std::vector<SqlStatement> statements;
  for (const SqlTree& entry : tree["stmts"]) {
    SqlStatement statement = walk_statement(entry["stmt"], text);
    if (statement.name.empty()) {
      statement.name = first_word(text_of_statement(text, entry));
    }
    statements.push_back(std::move(statement));
  }
  return statements;
}

}  // namespace

std::shared_ptr<const std::vector<SqlStatement>> sql_facts(std::string_view text) {
  // A thread's own, so that nobody waits; connections come and go, and their texts are the same ones.
  thread_local FactsByText kept;
  if (const auto place = kept.find(text); place != kept.end()) {
    return place->second;
  }
  auto facts = std::make_shared<const std::vector<SqlStatement>>(parsed(text));
  if (text.size() <= sql_bytes_max) {
    if (kept.size() >= texts_kept_max) {
      kept.clear();
    }
    kept.emplace(text, facts);
  }
  return facts;
}

std::string on_one_line(std::string_view text, std::size_t bytes_max) {
  std::string line;
  line.reserve(std::min(text.size(), bytes_max));
  const auto is_inner = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  for (const char c : text) {
    if (line.size() >= bytes_max) {
      // A character that is cut in two goes as a whole.
      while (is_inner(c) && !line.empty() && is_inner(line.back())) {
        line.pop_back();
      }
      if (is_inner(c) && !line.empty()) {
        line.pop_back();
      }
      break;
    }
    if (!is_space(c)) {
      line += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && (line.back() == ' ' || line.back() == ';')) {
    line.pop_back();
  }
  return line;
}

}  // namespace stalemate
