// A session with memcached: the Cache port over its meta protocol, without ever blocking.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>

#include "drivers/cache/cache_connection.hpp"
#include "drivers/memcached/commands.hpp"
#include "drivers/memcached/items.hpp"
#include "drivers/memcached/options.hpp"
#include "drivers/memcached/replies.hpp"
#include "drivers/store_session.hpp"
#include "drivers/url.hpp"

namespace stalemate {

/// One connection, opened, lost and reopened as PostgresSession's. Items are `stock:PRODUCT_ID`, laid out as
/// memcached/items.hpp says, or entries of the user's design, which plain calls alone know.
///
/// memcached runs no scripts, so a cache command reads the item, applies the command's function to it, and writes it
/// back if it is still the same item (CAS); else it begins again. What a command is told as the cache's clock is a
/// counter in memcached, taken after the read: two moments that were written to one key are in the order of the writes.
/// Where options.calls is `leases`, the item is memcached's own to lease: `mg N` gives the token on a miss, `ms C`
/// needs it, `md` makes it invalid.
///
/// Times to live: of plain entries and leases memcached's, rounded up to whole seconds, of which the first may be cut
/// short; where options.calls is `commands` each slot has its own, judged by the clock of this machine to the
/// millisecond. Thread rule: as PostgresSession.
class MemcachedSession final : public CacheSession, public CacheConnection {
 public:
  MemcachedSession(boost::asio::io_context& context, MemcachedOptions options);

  Task<Result<SessionFacts>> connect() override { return CacheConnection::connect(); }

  /// Errors of the calls: as `memcached/errors.hpp` says; an item that is not one of ours is ErrorCode::wrong_type.
  Task<Result<std::optional<Value>>> get(Key key) override;
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override;
  Task<Result<bool>> erase(Key key) override;
  /// Errors: `unsupported`, outcome `fail`, of a command that queues a key.
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override;
  /// Not one snapshot: memcached reads one item at a time. Reading does not keep an item from being evicted.
  Task<Result<void>> read_entries(Key first, std::span<Value> values) override;

  /// Removes the items of keys `first` to `first + count - 1`, and no others but the clock; how many there were.
  Task<Result<std::uint64_t>> erase_entries(Key first, std::uint32_t count);

  /// How many items it has evicted since it was started, because it had no room for others.
  Task<Result<std::uint64_t>> evictions();
  /// One command of the protocol and its reply, about what is no entry. Errors: as of the other calls.
  Task<Result<MemcachedReply>> tell(std::string command);

  /// Removes the whole item, as an eviction does; false where there was none.
  Task<Result<bool>> evict(Key key);
  /// Removes one slot, as its expiry does: of a guard, mark or counter that lapses, a tombstone that does, and a lease
  /// the one that `draw` chooses. False where there is none, or another changed the item at the same time.
  Task<Result<bool>> expire_one(Key key, std::uint64_t draw);
  /// Removes that slot. An empty slot is no error.
  Task<Result<bool>> drop(Key key, Slot slot);

 private:
  /// An item as read, and its number; 0: there was none.
  struct Held {
    MemcachedItem item;
    std::uint64_t cas = 0;
    std::uint64_t moment = 0;  // of the clock, where it was asked for
    std::uint64_t now_ms = 0;
  };

  [[nodiscard]] ItemName named(Key key) const { return {key, options_.entries.get()}; }
  [[nodiscard]] std::unexpected<Error> wrong_entry(Key key) const;
  // Whether the item is one that memcached made to lease it, or has lapsed.
  static bool is_leased(const Held& held) { return held.cas != 0 && held.item.slots == CacheSlots(); }

  Result<CachePlace> find_place() override;
  Task<Result<void>> log_in() override;
  void reset_replies() override { replies_.reset(); }
  ReplyProgress take_reply(std::string_view bytes) override { return replies_.feed(bytes); }
  [[nodiscard]] const std::string& reply_problem() const override { return replies_.problem(); }
  Task<Result<CacheReply>> call_once(const CacheCommandInfo& command, Key key, CacheArguments arguments) override;

  Task<Result<void>> say(std::string_view bytes, std::size_t replies, Nanoseconds limit_ns);
  Task<Result<void>> ask(std::size_t replies);
  Task<Result<Held>> hold(Key key, bool with_moment);
  Task<Result<bool>> put_back(Key key, const Held& held, const MemcachedItem& after);
  Task<Result<CacheReply>> apply(const CacheCommandInfo& command, Key key, CacheArguments arguments);
  Task<Result<CacheReply>> take_lease(Key key, CacheArguments arguments);
  Task<Result<CacheReply>> redeem_lease(Key key, CacheArguments arguments);
  Task<Result<CacheReply>> revoke_lease(Key key);
  [[nodiscard]] std::unexpected<Error> error_reply(std::size_t place = 0) const;
  [[nodiscard]] bool is_any(std::initializer_list<MemcachedReply::Kind> kinds) const;

  MemcachedOptions options_;
  MemcachedReplies replies_;
  std::string bytes_ = {};  // what is sent
  CacheAddress address_;    // once the place was found
};

}  // namespace stalemate
