// A Redis command as words, and the other way round.
#pragma once

#include <boost/container/small_vector.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/redis/resp_scanner.hpp"

namespace stalemate {

/// The words of a command.
struct RedisWords {
  boost::container::small_vector<std::string_view, 8> words = {};
  bool is_whole = true;                    ///< no word is missing, nor the end of one
  std::vector<std::string> unquoted = {};  ///< what words of an inline command refer to
};

/// The words of an array of strings or of an inline command. Of one that is not whole, the words that are there and the
/// beginning of the one that is not. Requires: the bytes that the scanner took last as one request, from its first on.
[[nodiscard]] RedisWords redis_words(std::string_view request, const RespScanner& scanner);

/// The command as an array of strings, as clients send it.
[[nodiscard]] std::string redis_request_of(std::span<const std::string_view> words);

}  // namespace stalemate
