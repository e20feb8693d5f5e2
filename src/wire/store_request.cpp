#include "wire/store_request.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace stalemate {
namespace {

template <std::size_t count>
bool is_among(const std::array<std::string_view, count>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Of commands with subcommands: all of them.
constexpr std::array<std::string_view, 21> redis_set_up = {
    "AUTH",    "CLIENT", "COMMAND",    "CONFIG",       "ECHO",      "HELLO",        "INFO",
    "MONITOR", "PING",   "PSUBSCRIBE", "PUNSUBSCRIBE", "QUIT",      "READONLY",     "READWRITE",
    "RESET",   "SCRIPT", "SELECT",     "SSUBSCRIBE",   "SUBSCRIBE", "SUNSUBSCRIBE", "UNSUBSCRIBE"};
constexpr std::array<std::string_view, 9> postgres_set_up = {"BEGIN", "DEALLOCATE", "DISCARD", "LISTEN",  "RESET",
                                                             "SET",   "SHOW",       "START",   "UNLISTEN"};
constexpr std::array<std::string_view, 5> redis_begins = {"CLIENT TRACKING", "MONITOR", "PSUBSCRIBE", "SSUBSCRIBE",
                                                          "SUBSCRIBE"};
constexpr std::array<std::string_view, 4> redis_ends = {"PUNSUBSCRIBE", "RESET", "SUNSUBSCRIBE", "UNSUBSCRIBE"};
constexpr std::array<std::string_view, 1> postgres_begins = {"LISTEN"};
constexpr std::array<std::string_view, 2> postgres_ends = {"DISCARD", "UNLISTEN"};

}  // namespace

bool sets_up_connection(Protocol protocol, const StoreRequest& request) {
  const std::string_view name = request.name;
  return protocol == Protocol::redis ? is_among(redis_set_up, name.substr(0, name.find(' ')))
                                     : is_among(postgres_set_up, name);
}

bool asks_for_cluster(Protocol protocol, const StoreRequest& request) {
  return protocol == Protocol::redis && (request.name == "CLUSTER" || request.name.starts_with("CLUSTER "));
}

ListeningChange listening_change(Protocol protocol, const StoreRequest& request) {
  const bool is_redis = protocol == Protocol::redis;
  const bool begins = is_redis ? is_among(redis_begins, request.name) : is_among(postgres_begins, request.name);
  const bool ends = is_redis ? is_among(redis_ends, request.name) : is_among(postgres_ends, request.name);
  return begins ? ListeningChange::begins : ends ? ListeningChange::ends : ListeningChange::none;
}

}  // namespace stalemate
