// What Redis answers, for people.
#pragma once

#include <string_view>

#include "wire/store_request.hpp"

namespace stalemate {

/// What a reply says, on one line and cut to word_bytes_max: `(nil)`, `OK`, `7`, `"seven"`, `[1, 2]`. `reply` may be
/// the beginning of one. Requires: bytes that a RespScanner took.
[[nodiscard]] StoreReply redis_reply(std::string_view reply);

}  // namespace stalemate
