// What a session learns of its server.
#pragma once

#include <string>

namespace stalemate {

/// What a session learnt when it connected.
struct SessionFacts {
  std::string engine = {};     ///< such as "PostgreSQL"
  std::string version = {};    ///< the server's own text, such as "15.8" or "v23.1.11"
  std::string isolation = {};  ///< the isolation level the server reports, such as "read committed"; empty for caches
};

}  // namespace stalemate
