#include "drivers/memcached/errors.hpp"

#include <array>
#include <string>

#include "core/text/printable.hpp"

namespace stalemate {
namespace {

struct LineRow {
  std::string_view start;
  ErrorCode code;
  Outcome outcome;
};

// The first that fits counts.
constexpr std::array error_lines = {
    LineRow{"SERVER_ERROR out of memory", ErrorCode::unavailable, Outcome::fail},
    LineRow{"ERROR Too many open connections", ErrorCode::unavailable, Outcome::fail},
    LineRow{"CLIENT_ERROR unauthenticated", ErrorCode::authentication, Outcome::fail},
    LineRow{"CLIENT_ERROR authentication failure", ErrorCode::authentication, Outcome::fail},
    LineRow{"CLIENT_ERROR cannot increment", ErrorCode::wrong_type, Outcome::fail},
    LineRow{"CLIENT_ERROR", ErrorCode::refused_by_server, Outcome::fail},
    LineRow{"SERVER_ERROR", ErrorCode::refused_by_server, Outcome::info},
};

}  // namespace

Error memcached_error(std::string_view line) {
  for (const LineRow& row : error_lines) {
    if (line.starts_with(row.start)) {
      return Error{row.code, row.outcome, "the cache answered: " + printable(line)};
    }
  }
  return Error{
      ErrorCode::unsupported, Outcome::fail,
      "the cache does not know the meta protocol, which memcached has since 1.6: it answered " + printable(line)};
}

}  // namespace stalemate
