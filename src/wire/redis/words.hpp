// A Redis command as words, and the other way round.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// The words of a command.
struct RedisWords {
  std::vector<std::string_view> words = {};
  bool is_whole = true;                    ///< no word is missing, nor the end of one
  std::vector<std::string> unquoted = {};  ///< what words of an inline command refer to
};

/// The words of an array of strings or of an inline command. Of one that is not whole, the words that are there and the
/// beginning of the one that is not. Requires: bytes that a RespScanner took as one request, from its first on.
[[nodiscard]] RedisWords redis_words(std::string_view request);

/// The command as an array of strings, as clients send it.
[[nodiscard]] std::string redis_request_of(std::span<const std::string_view> words);

}  // namespace stalemate
