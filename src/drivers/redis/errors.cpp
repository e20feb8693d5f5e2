#include "drivers/redis/errors.hpp"

#include <array>
#include <string>

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

}  // namespace stalemate
