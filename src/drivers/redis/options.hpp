// How a session with a Redis server is set up.
#pragma once

#include <memory>
#include <string>

#include "core/types.hpp"
#include "drivers/cache/entry_names.hpp"

namespace stalemate {

struct RedisOptions {
  std::string url = {};                          ///< as redis_address takes it
  Nanoseconds connect_limit_ns = 5'000'000'000;  ///< for a whole connect, login included
  Nanoseconds op_limit_ns = 5'000'000'000;       ///< for one call
  std::shared_ptr<const EntryNames> entries =
      {};  ///< of the user's design; none: stock:PRODUCT_ID, as SlotContent says
};

}  // namespace stalemate
