// A Redis, or what speaks its protocol, that a run uses.
#pragma once

#include <memory>
#include <optional>

#include "drivers/feeds/key_index.hpp"
#include "drivers/redis/cache_claim.hpp"
#include "drivers/redis/cache_strikes.hpp"
#include "drivers/redis/options.hpp"
#include "engines/cache_engine.hpp"

namespace stalemate {

class RedisCache final : public LiveCache {
 public:
  explicit RedisCache(StoreWanted wanted);

  Result<StoreFacts> meet() override;
  Result<void> claim() override;
  Result<void> prepare() override;

  std::unique_ptr<CacheSession> make_session(boost::asio::io_context& context) override;
  WithFeed<CacheSession> make_other_session(boost::asio::io_context& context, FeedKind feed) override;

  Result<void> carry_out(const ServerEvent& event) override;
  Result<bool> strike(const ServerEvent& event, Key key, std::uint64_t draw) override;
  Result<std::unique_ptr<CacheHand>> reach_into(Key key) override;
  Result<void> take_names(const std::shared_ptr<const EntryNames>& names) override;
  Result<void> take_entries_out() override;
  void close() override { claim_.reset(); }

 private:
  [[nodiscard]] const Server* own_server() const { return wanted_.own == nullptr ? nullptr : wanted_.own->cache(); }

  StoreWanted wanted_;
  RedisOptions options_;
  CacheStrikes strikes_;
  std::optional<CacheClaim> claim_ = {};
  std::shared_ptr<const KeyIndex> keys_ = {};  // where the pattern needs a feed
};

/// What Redis can do, and whoever speaks its protocol in full.
inline constexpr AbilityMask redis_abilities =
    abilities_of(Ability::leases, Ability::commands, Ability::queue, Ability::pushes, Ability::eviction,
                 Ability::restore, Ability::persistence, Ability::cut, Ability::milliseconds, Ability::datasets);

}  // namespace stalemate
