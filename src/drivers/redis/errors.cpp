#include "drivers/redis/errors.hpp"

#include <array>
#include <string>

namespace stalemate {
namespace {

struct Row {
  std::string_view prefix;
  ErrorCode code;
};

// Every row certainly did not happen. A prefix is whole words.
constexpr std::array refusals = {
    Row{"LOADING", ErrorCode::unavailable},      Row{"MASTERDOWN", ErrorCode::unavailable},
    Row{"BUSY", ErrorCode::unavailable},         Row{"CLUSTERDOWN", ErrorCode::unavailable},
    Row{"TRYAGAIN", ErrorCode::unavailable},     Row{"OOM", ErrorCode::unavailable},
    Row{"READONLY", ErrorCode::unavailable},     Row{"MISCONF", ErrorCode::unavailable},
    Row{"NOREPLICAS", ErrorCode::unavailable},   Row{"NOAUTH", ErrorCode::authentication},
    Row{"WRONGPASS", ErrorCode::authentication}, Row{"NOPERM", ErrorCode::authentication},
    Row{"WRONGTYPE", ErrorCode::wrong_type},     Row{"MOVED", ErrorCode::unsupported},
    Row{"ASK", ErrorCode::unsupported},          Row{"ERR max number of clients reached", ErrorCode::unavailable},
};

bool begins_with_words(std::string_view text, std::string_view words) {
  return text.starts_with(words) && (text.size() == words.size() || text[words.size()] == ' ');
}

}  // namespace

Error redis_error(std::string_view text) {
  const std::string detail = "the cache answered: " + std::string(text);
  for (const Row& row : refusals) {
    if (begins_with_words(text, row.prefix)) {
      return Error{row.code, Outcome::fail, detail};
    }
  }
  return Error{ErrorCode::refused_by_server, Outcome::info, detail};
}

}  // namespace stalemate
