#include "drivers/redis/errors.hpp"

#include <array>
#include <string>

#include "drivers/url.hpp"

namespace stalemate {
namespace {

struct PrefixRow {
  std::string_view prefix;
  ErrorCode code;
};

// Every row certainly did not happen. A prefix is whole words.
constexpr std::array refusals = {
    PrefixRow{"LOADING", ErrorCode::unavailable},
    PrefixRow{"MASTERDOWN", ErrorCode::unavailable},
    PrefixRow{"BUSY", ErrorCode::unavailable},
    PrefixRow{"CLUSTERDOWN", ErrorCode::unavailable},
    PrefixRow{"TRYAGAIN", ErrorCode::unavailable},
    PrefixRow{"OOM", ErrorCode::unavailable},
    PrefixRow{"READONLY", ErrorCode::unavailable},
    PrefixRow{"MISCONF", ErrorCode::unavailable},
    PrefixRow{"NOREPLICAS", ErrorCode::unavailable},
    PrefixRow{"NOAUTH", ErrorCode::authentication},
    PrefixRow{"WRONGPASS", ErrorCode::authentication},
    PrefixRow{"NOPERM", ErrorCode::authentication},
    PrefixRow{"WRONGTYPE", ErrorCode::wrong_type},
    PrefixRow{"MOVED", ErrorCode::unsupported},
    PrefixRow{"ASK", ErrorCode::unsupported},
    PrefixRow{"ERR max number of clients reached", ErrorCode::unavailable},
};

bool begins_with_words(std::string_view text, std::string_view words) {
  return text.starts_with(words) && (text.size() == words.size() || text[words.size()] == ' ');
}

}  // namespace

Error redis_error(std::string_view text) {
  const std::string detail = "the cache answered: " + std::string(text);
  for (const PrefixRow& row : refusals) {
    if (begins_with_words(text, row.prefix)) {
      return Error{row.code, Outcome::fail, detail};
    }
  }
  return Error{ErrorCode::refused_by_server, Outcome::info, detail};
}

Error redis_login_error(std::string_view text, bool is_in_url) {
  Error error = redis_error(text);
  std::string hint;
  if (begins_with_words(text, "NOAUTH") || begins_with_words(text, "WRONGPASS")) {
    hint = password_hint(is_in_url, "REDISCLI_AUTH");
  } else if (begins_with_words(text, "ERR AUTH")) {
    hint = is_in_url ? "; the server wants no password: leave it out of its URL"
                     : "; the server wants no password: leave REDISCLI_AUTH out of the environment";
  }
  if (!hint.empty()) {
    error.detail.erase(error.detail.find_last_not_of('.') + 1);
    error.detail += hint;
  }
  return error;
}

}  // namespace stalemate
