// What a database engine does. Each has a folder in engines/, with one registration; docs/adding-an-engine.md says how.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/engine.hpp"
#include "drive/session.hpp"
#include "drivers/store_session.hpp"
#include "engines/live_store.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {

struct DatabaseWanted {
  StoreWanted store = {};
  std::string replica_url = {};     ///< of a standby that follows it; empty: none
  bool owns_replica = false;        ///< it is private, as the database is
  bool reads_replica = true;        ///< the pattern reads from it; false: it is there to take over
  bool replace_table = false;       ///< a table `stock` that is not ours may be dropped
  std::uint8_t retries_max = 10;    ///< of what lost a conflict
  bool rows_may_be_absent = false;  ///< writes delete rows and insert them again; needs Ability::deletes
  std::uint32_t clients = 1;        ///< each has a session
  std::uint32_t other_sessions = 0;
};

/// The table `stock` on real servers.
class LiveDatabase : public LiveStore {
 public:
  /// Sessions are numbered from 0, and spread over the nodes of a cluster in turn. Where there is a replica, they read
  /// from it.
  [[nodiscard]] virtual std::unique_ptr<DatabaseSession> make_session(boost::asio::io_context& context,
                                                                      std::size_t number) = 0;
  /// For what serves no client, the sampler and a pattern's background part: it reads from no replica. Requires: the
  /// engine can do `feed`, where that is a feed of databases.
  [[nodiscard]] virtual WithFeed<DatabaseSession> make_other_session(boost::asio::io_context& context,
                                                                     FeedKind feed) = 0;
  /// Puts back what it has changed of the user's rows, where StoreWanted::rows is set. Blocks. Requires: no session is
  /// used any more. Errors: a sentence for people.
  [[nodiscard]] virtual Result<void> give_back() { return {}; }
  /// nullptr where it is one server.
  [[nodiscard]] virtual std::unique_ptr<NodeWatch> make_node_watch(boost::asio::io_context& /*context*/) {
    return nullptr;
  }
  /// What its sessions are doing. Errors: of the server; unsupported where it does not tell. Thread rule: one thread;
  /// blocks.
  [[nodiscard]] virtual Result<SessionLook> look() {
    return failed(ErrorCode::unsupported, "this database does not tell what its sessions are doing");
  }
};

/// Lives forever.
struct DatabaseEngine {
  /// Errors: wrong_type, one sentence without the password.
  Result<void> (*check_url)(const std::string& url);
  std::unique_ptr<LiveDatabase> (*open)(DatabaseWanted wanted);
  /// A command for a shell that carries out a file of SQL, and asks for the password that the URL has. Requires:
  /// check_url. nullptr where the engine has no datasets.
  std::string (*script_command)(const std::string& url, const std::string& file) = nullptr;
  const ServerKind* server = nullptr;    ///< how a private one is started; nullptr: none is
  std::string_view stand_in_title = {};  ///< of the engine that it starts where its own program is missing; empty: none
};

}  // namespace stalemate
