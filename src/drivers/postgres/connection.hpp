// libpq's objects under owners, and its connection parameters out of a URL.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "drivers/postgres/errors.hpp"
#include "drivers/postgres/nodes/nodes.hpp"

namespace stalemate {

struct ResultDeleter {
  void operator()(PGresult* result) const { ::PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, ResultDeleter>;

struct ConnectionDeleter {
  void operator()(PGconn* connection) const { ::PQfinish(connection); }
};
using ConnectionPointer = std::unique_ptr<PGconn, ConnectionDeleter>;

/// Parallel lists, as libpq takes them. A single host name is already resolved, into as many hosts as it has addresses.
struct ConnectionParameters {
  std::vector<std::string> keywords = {};
  std::vector<std::string> values = {};
  std::string password = {};  ///< the URL's, which must never be shown
};

/// Blocks for as long as the system's resolver does.
/// Errors: a URL that cannot be read, a host that cannot be resolved; outcome `fail`.
[[nodiscard]] Result<ConnectionParameters> connection_parameters(const std::string& url);

/// A connection that libpq has begun, ready for PQconnectPoll; its notices are dropped. Never null.
[[nodiscard]] ConnectionPointer begin_connection(const ConnectionParameters& parameters);

/// Why `connection` could not be made; outcome `fail`, without the password.
[[nodiscard]] Error connection_error(const PGconn* connection, const std::string& url,
                                     const ConnectionParameters& parameters);

/// Whether a node that could not be used for this reason says nothing of the others: it is not there, or has no room.
[[nodiscard]] bool another_node_may_do(ErrorCode code);
/// Tells the nodes that one of them could not be used.
void tell_nodes(DatabaseNodes& nodes, std::size_t node, ErrorCode code);
/// `error`, the first node's, with what it means where there are others.
[[nodiscard]] Error and_no_other_node(Error error, const DatabaseNodes& nodes);

/// What a failed result says. The views live as long as it.
[[nodiscard]] SqlError error_of(const PGresult* result);

}  // namespace stalemate
