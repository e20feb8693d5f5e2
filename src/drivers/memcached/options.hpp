// How a session with a memcached is set up.
#pragma once

#include <memory>
#include <string>

#include "core/pattern/cache_command.hpp"
#include "core/types.hpp"
#include "drivers/cache/entry_names.hpp"
#include "drivers/connection/connection_cut.hpp"

namespace stalemate {

struct MemcachedOptions {
  std::string url = {};                            ///< as memcached_address takes it
  Nanoseconds connect_limit_ns = 5'000'000'000;    ///< for a whole connect, login included
  Nanoseconds op_limit_ns = 5'000'000'000;         ///< for one call
  CacheCalls calls = CacheCalls::plain;            ///< those that are made of it, which decides how items are laid out
  std::shared_ptr<ConnectionCut> cut = {};         ///< null: nothing cuts it off
  std::shared_ptr<const EntryNames> entries = {};  ///< of the user's design, for plain calls; none: stock:PRODUCT_ID
};

}  // namespace stalemate
