// One attempt to get an answer from a server: the only proof that it is ready.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/server.hpp"

namespace stalemate {

/// Connects over TCP, runs one statement and returns the first row's columns.
/// Errors: connection_refused, timed_out, authentication, refused_by_server; the sentence is the server's.
[[nodiscard]] Result<std::vector<std::string>> ask_postgres(const ServerAddress& address, const std::string& statement,
                                                            Nanoseconds limit_ns);

/// As ask_postgres; `limit_ns` counts in whole seconds, at least one.
[[nodiscard]] Result<std::vector<std::string>> ask_mariadb(const ServerAddress& address, const std::string& statement,
                                                           Nanoseconds limit_ns);

/// Connects over TCP, authenticates, pings, and returns the server's version.
/// Errors: as ask_postgres.
[[nodiscard]] Result<std::string> ask_redis(const ServerAddress& address, Nanoseconds limit_ns);

/// Connects over TCP, logs in and returns the server's version. Errors: as ask_postgres.
[[nodiscard]] Result<std::string> ask_memcached(const ServerAddress& address, Nanoseconds limit_ns);

/// The value after "name:" in the text of Redis' INFO; empty if there is none.
[[nodiscard]] std::string info_value(std::string_view info, std::string_view name);

}  // namespace stalemate
