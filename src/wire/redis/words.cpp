#include "wire/redis/words.hpp"

#include <algorithm>

namespace stalemate {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

int hex_value(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/// What stands behind a backslash between double quotes, from `place` on, which is moved behind it.
char unescaped(std::string_view line, std::size_t& place) {
  const char c = line[place];
  if (c == 'x' && place + 2 < line.size() && hex_value(line[place + 1]) >= 0 && hex_value(line[place + 2]) >= 0) {
    const int value = hex_value(line[place + 1]) * 16 + hex_value(line[place + 2]);
    place += 3;
    return static_cast<char>(value);
  }
  ++place;
  return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c == 'b' ? '\b' : c == 'a' ? '\a' : c;
}

/// One word from `place` on, which is moved behind it. Requires: no blank at `place`.
/// Source: sdssplitargs of Redis.
std::string inline_word(std::string_view line, std::size_t& place) {
  std::string word;
  char quote = 0;
  while (place < line.size() && (quote != 0 || !is_blank(line[place]))) {
    const char c = line[place];
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      ++place;
    } else if (quote != 0 && c == quote) {
      quote = 0;
      ++place;
    } else if (quote == '"' && c == '\\' && place + 1 < line.size()) {
      ++place;
      word += unescaped(line, place);
    } else if (quote == '\'' && line.substr(place).starts_with("\\'")) {
      word += '\'';
      place += 2;
    } else {
      word += c;
      ++place;
    }
  }
  return word;
}

RedisWords inline_words(std::string_view line) {
  RedisWords found;
  found.is_whole = line.ends_with('\n');
  std::size_t place = 0;
  while (true) {
    while (place < line.size() && is_blank(line[place])) {
      ++place;
    }
    if (place >= line.size()) {
      break;
    }
    found.unquoted.push_back(inline_word(line, place));
  }
  found.words.assign(found.unquoted.begin(), found.unquoted.end());
  return found;
}

}  // namespace

RedisWords redis_words(std::string_view request, const RespScanner& scanner) {
  if (!request.starts_with('*')) {
    return inline_words(request);
  }
  RedisWords found;
  found.is_whole = scanner.is_between();
  for (const RespScanner::Word& word : scanner.words()) {
    found.words.push_back(request.substr(std::min(word.begin, request.size()), word.bytes));
  }
  return found;
}

std::string redis_request_of(std::span<const std::string_view> words) {
  std::string command = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) {
    command += "$" + std::to_string(word.size()) + "\r\n";
    command += word;
    command += "\r\n";
  }
  return command;
}

}  // namespace stalemate
