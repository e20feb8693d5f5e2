// What a cache engine does. Each has a folder in engines/, with one registration; docs/adding-an-engine.md says how.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "core/engine.hpp"
#include "drivers/cache/cache_hand.hpp"
#include "drivers/store_session.hpp"
#include "engines/live_store.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {

/// Our entries on a real server.
class LiveCache : public LiveStore {
 public:
  /// Takes names of entries of the user's for its own, before prepare(), which comes next where this did well. Errors:
  /// wrong_type, one sentence: it keeps no entries of such names or of that form, or has some of another form.
  [[nodiscard]] virtual Result<void> take_names(const std::shared_ptr<const EntryNames>& /*names*/) {
    return failed(ErrorCode::unsupported, "this cache keeps no entries of the user's design");
  }
  /// Takes our entries out, or the user's whose names it took. Blocks. Errors: of the server.
  [[nodiscard]] virtual Result<void> take_entries_out() {
    return failed(ErrorCode::unsupported, "this cache does not take entries out");
  }
  [[nodiscard]] virtual std::unique_ptr<CacheSession> make_session(boost::asio::io_context& context) = 0;
  /// For what serves no client. Requires: the engine can do `feed`, where that is a feed of caches.
  [[nodiscard]] virtual WithFeed<CacheSession> make_other_session(boost::asio::io_context& context, FeedKind feed) = 0;
  /// Drops one of the things that it keeps of the key, chosen by `draw`: whatever it is while `event` is an eviction,
  /// what expires while it is an expiry. False where there is none. Thread rule: as carry_out.
  [[nodiscard]] virtual Result<bool> strike(const ServerEvent& /*event*/, Key /*key*/, std::uint64_t /*draw*/) {
    return failed(ErrorCode::unsupported, "entries of this cache cannot be dropped on purpose");
  }
  /// To change a key without a client's request. Errors: of the server; unsupported.
  [[nodiscard]] virtual Result<std::unique_ptr<CacheHand>> reach_into(Key /*key*/) {
    return failed(ErrorCode::unsupported, "this cache cannot be changed from outside");
  }
};

/// Lives forever.
struct CacheEngine {
  /// Errors: wrong_type, one sentence without the password.
  Result<void> (*check_url)(const std::string& url);
  std::unique_ptr<LiveCache> (*open)(StoreWanted wanted);
  const ServerKind* server = nullptr;  ///< how a private one is started; nullptr: none is
};

}  // namespace stalemate
