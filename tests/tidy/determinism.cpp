// Time and chance come in through ports: what the deterministic rooms may not name.
#include <algorithm>
#include <array>
#include <span>

#include "tidy/rules.hpp"

namespace stalemate::tidy {
namespace {

constexpr std::array<std::string_view, 6> deterministic_rooms = {"core",  "patterns", "plan",
                                                                 "check", "wire",     "explore"};

constexpr std::array<std::string_view, 10> thread_headers = {
    "thread",    "mutex",   "shared_mutex", "condition_variable", "future",
    "semaphore", "barrier", "latch",        "stop_token",         "pthread.h"};

struct Refused {
  std::string_view word;
  std::string_view why;
};

// Words that are refused wherever they stand.
constexpr std::array<Refused, 24> refused_words = {{
    {"clock_gettime", "clock"},
    {"gettimeofday", "clock"},
    {"timespec_get", "clock"},
    {"__rdtsc", "clock"},
    {"random_device", "chance"},
    {"srand", "chance"},
    {"drand48", "chance"},
    {"getrandom", "chance"},
    {"arc4random", "chance"},
    {"getenv", "environment"},
    {"secure_getenv", "environment"},
    {"environ", "environment"},
    {"pthread_create", "threads"},
    {"this_thread", "threads"},
    {"jthread", "threads"},
    {"condition_variable", "threads"},
    {"mutex", "threads"},
    {"shared_mutex", "threads"},
    {"recursive_mutex", "threads"},
    {"scoped_lock", "threads"},
    {"unique_lock", "threads"},
    {"lock_guard", "threads"},
    {"sleep_for", "threads"},
    {"usleep", "threads"},
}};

// Words that are refused as `std::WORD` or as a call of their own, for elsewhere they are good names.
constexpr std::array<Refused, 6> refused_functions = {{
    {"time", "clock"},
    {"clock", "clock"},
    {"rand", "chance"},
    {"random", "chance"},
    {"thread", "threads"},
    {"async", "threads"},
}};

constexpr std::array<std::string_view, 4> unordered_types = {"unordered_map", "unordered_set", "unordered_multimap",
                                                             "unordered_multiset"};

constexpr std::string_view text_at(std::span<const Token> tokens, std::size_t index) {
  return index < tokens.size() ? tokens[index].text : std::string_view();
}

// True where `tokens[index]` is `std::WORD`, or a call `WORD(` that is neither a member's nor a declaration.
bool names_library_function(std::span<const Token> tokens, std::size_t index) {
  const std::string_view before = index > 0 ? tokens[index - 1].text : std::string_view();
  if (before == "::") {
    return index < 2 || tokens[index - 2].text == "std" || tokens[index - 2].kind != TokenKind::word;
  }
  const bool after_word = index > 0 && tokens[index - 1].kind == TokenKind::word && before != "return";
  return text_at(tokens, index + 1) == "(" && before != "." && before != "->" && before != "&" && before != "*" &&
         before != ">" && !after_word;
}

std::string_view refusal_of(std::span<const Token> tokens, std::size_t index) {
  const std::string_view word = tokens[index].text;
  if (word.ends_with("_clock") && text_at(tokens, index + 1) == "::" && text_at(tokens, index + 2) == "now") {
    return "clock";
  }
  if (const auto* place = std::ranges::find(refused_words, word, &Refused::word); place != refused_words.end()) {
    return place->why;
  }
  const auto* place = std::ranges::find(refused_functions, word, &Refused::word);
  return place != refused_functions.end() && names_library_function(tokens, index) ? place->why : std::string_view();
}

// The index just behind the template arguments that open at `tokens[index]`.
std::size_t behind_angles(std::span<const Token> tokens, std::size_t index) {
  int depth = 0;
  for (; index < tokens.size(); ++index) {
    depth += tokens[index].text == "<" ? 1 : tokens[index].text == ">" ? -1 : 0;
    if (depth == 0) {
      return index + 1;
    }
  }
  return index;
}

// Names of variables, members, parameters and types that are unordered containers.
std::set<std::string_view> unordered_names(const SourceFile& file) {
  std::set<std::string_view> names;
  std::set<std::string_view> types(unordered_types.begin(), unordered_types.end());
  const std::span<const Token> tokens = file.tokens;
  for (std::size_t index = 0; index < tokens.size(); ++index) {
    if (!types.contains(tokens[index].text)) {
      continue;
    }
    std::size_t begin = index;
    while (begin >= 2 && tokens[begin - 1].text == "::") {
      begin -= 2;
    }
    if (begin >= 3 && tokens[begin - 1].text == "=" && text_at(tokens, begin - 3) == "using") {
      types.insert(tokens[begin - 2].text);
      continue;
    }
    std::size_t next = text_at(tokens, index + 1) == "<" ? behind_angles(tokens, index + 1) : index + 1;
    while (text_at(tokens, next) == "&" || text_at(tokens, next) == "*" || text_at(tokens, next) == "const") {
      ++next;
    }
    if (next < tokens.size() && tokens[next].kind == TokenKind::word) {
      names.insert(tokens[next].text);
    }
  }
  return names;
}

// If a range-for opens at `tokens[index]` ("for"), the last word of its range, such as `seen_` in `(x : this->seen_)`.
std::string_view last_word_of_range(std::span<const Token> tokens, std::size_t index) {
  int depth = 0;
  bool in_range = false;
  std::string_view last;
  for (++index; index < tokens.size(); ++index) {
    const Token& token = tokens[index];
    depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0;
    if (depth == 0 || (depth == 1 && token.text == ";" && in_range)) {
      break;
    }
    in_range = in_range || (depth == 1 && token.text == ":");
    if (in_range && token.kind == TokenKind::word) {
      last = token.text;
    }
  }
  return last;
}

}  // namespace

Findings check_determinism(const SourceFile& file, const SourceFile* sibling) {
  Findings findings;
  const std::string_view room = file.room();
  if (std::ranges::find(deterministic_rooms, room) == deterministic_rooms.end()) {
    return findings;
  }
  const auto refuse = [&](int line, std::string_view what, std::string_view why) {
    const std::string sentence = std::string(room) + " is deterministic: " + std::string(why) +
                                 " may not come in by `" + std::string(what) + "`";
    findings.push_back(finding(file.path, line, sentence));
  };
  for (const Include& include : file.includes) {
    if (!include.ours && std::ranges::find(thread_headers, include.path) != thread_headers.end()) {
      refuse(include.line, include.path, "threads");
    }
  }
  std::set<std::string_view> unordered = unordered_names(file);
  if (sibling != nullptr) {
    unordered.merge(unordered_names(*sibling));
  }
  const std::span<const Token> tokens = file.tokens;
  for (std::size_t index = 0; index < tokens.size(); ++index) {
    const Token& token = tokens[index];
    if (token.kind != TokenKind::word) {
      continue;
    }
    if (const std::string_view why = refusal_of(tokens, index); !why.empty()) {
      refuse(token.line, token.text, why);
    }
    const std::string_view next = text_at(tokens, index + 1);
    const std::string_view after = text_at(tokens, index + 2);
    const bool walks = (next == "." || next == "->") && (after == "begin" || after == "cbegin");
    const std::string_view walked = token.text == "for" ? last_word_of_range(tokens, index)
                                    : walks             ? token.text
                                                        : std::string_view();
    if (unordered.contains(walked)) {
      refuse(token.line, walked, "the order of an unordered container");
    }
  }
  return findings;
}

}  // namespace stalemate::tidy
