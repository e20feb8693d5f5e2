// How a session with a MariaDB or MySQL server is set up.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/types.hpp"

namespace stalemate {

class MariaDbOwnTable;

struct MariaDbOptions {
  std::string url = {};                                   ///< mysql://USER:PASSWORD@HOST:PORT/DATABASE[?socket=PATH]
  Nanoseconds connect_limit_ns = 5'000'000'000;           ///< for a whole connect, with the prepared statements
  Nanoseconds op_limit_ns = 5'000'000'000;                ///< for one attempt of a call
  std::uint8_t retries_max = 10;                          ///< after a deadlock or another conflict
  bool row_versions = false;                              ///< reads and writes tell the row's version
  std::shared_ptr<const MariaDbOwnTable> own_table = {};  ///< the user's, in place of the table stock
  bool outbox = false;                                    ///< there is a table stock_outbox, for write_with_message
};

}  // namespace stalemate
