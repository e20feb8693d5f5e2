// What one request to a store asks, as far as its bytes tell.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stalemate {

/// Which protocol a store speaks.
enum class Protocol : std::uint8_t { redis, postgres };

/// One request: a Redis command (MULTI to EXEC is one), or what a PostgreSQL server is sent up to a Sync or in a simple
/// Query. Example: `DEL product:7` is named DEL, writes, and touches the key product:7.
struct StoreRequest {
  std::string name = {};  ///< in capitals: "GET", "UPDATE", "MULTI"; of several statements the first that writes
  std::string text = {};  ///< for people, on one line: "DEL product:7", "update ... where id=$1 (7)"
  std::vector<std::string> keys = {};  ///< of a cache: the keys; of a database: the tables it names
  std::vector<std::string> values =
      {};                         ///< arguments that are no keys; of a statement its parameters and literals, as text
  bool touches_anything = false;  ///< its keys cannot be told
  bool writes = true;             ///< it may change what the store keeps
};

/// Whether a request only makes its connection ready for others: it says who asks and how to answer (HELLO, AUTH, a
/// SELECT of Redis, a SET of PostgreSQL), listens, or begins a transaction. It asks nothing of rows or entries.
[[nodiscard]] bool sets_up_connection(Protocol protocol, const StoreRequest& request);
/// Whether its client asks a Redis for the nodes of a cluster, which it would then call at their own addresses.
[[nodiscard]] bool asks_for_cluster(Protocol protocol, const StoreRequest& request);

/// What a request does to what its store tells its connection unasked: messages, invalidations, notifications.
enum class ListeningChange : std::uint8_t {
  none,
  begins,  ///< or listens to more: SUBSCRIBE, CLIENT TRACKING, MONITOR, LISTEN
  ends     ///< or listens to less: UNSUBSCRIBE, RESET, UNLISTEN, DISCARD
};
[[nodiscard]] ListeningChange listening_change(Protocol protocol, const StoreRequest& request);

/// What the store answered.
struct StoreReply {
  std::string text = {};  ///< for people, on one line: "(nil)", "1", "UPDATE 1", "ERROR: ..."
  bool is_error = false;
  /// Of a database: the request applied what it or its transaction wrote (the session is in no transaction now).
  bool commits = false;
};

}  // namespace stalemate
