// How a session with a Redis server is set up.
#pragma once

#include <string>

#include "core/types.hpp"

namespace stalemate {

struct RedisOptions {
  std::string url = {};                          ///< as redis_address takes it
  Nanoseconds connect_limit_ns = 5'000'000'000;  ///< for a whole connect, login included
  Nanoseconds op_limit_ns = 5'000'000'000;       ///< for one call
};

}  // namespace stalemate
