// A memcached that a run uses.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "drivers/memcached/claim.hpp"
#include "drivers/memcached/options.hpp"
#include "drivers/memcached/session.hpp"
#include "engines/cache_engine.hpp"

namespace stalemate {

class MemcachedCache final : public LiveCache {
 public:
  explicit MemcachedCache(StoreWanted wanted);

  Result<StoreFacts> meet() override;
  Result<void> claim() override;
  Result<void> prepare() override;

  std::unique_ptr<CacheSession> make_session(boost::asio::io_context& context) override;
  WithFeed<CacheSession> make_other_session(boost::asio::io_context& context, FeedKind feed) override;

  Result<void> carry_out(const ServerEvent& event) override;
  Result<bool> strike(const ServerEvent& event, Key key, std::uint64_t draw) override;
  Result<std::unique_ptr<CacheHand>> reach_into(Key key) override;
  /// Asks the server what it has evicted; nothing is said of that where it cannot be asked.
  [[nodiscard]] std::vector<std::string> warnings() const override;
  [[nodiscard]] std::string claim_lost() const override { return claim_ ? claim_->lost() : ""; }
  Result<void> take_names(const std::shared_ptr<const EntryNames>& names) override;
  Result<void> take_entries_out() override;
  void close() override { claim_.reset(); }

 private:
  [[nodiscard]] Result<void> check_entries();

  StoreWanted wanted_;
  MemcachedOptions options_;
  std::unique_ptr<MemcachedClaim> claim_ = {};
  // What is done to it without a client: of a connection that is not cut off.
  mutable boost::asio::io_context own_context_{1};
  std::unique_ptr<MemcachedSession> own_session_;
  std::uint64_t evictions_before_ = 0;  // of the server, when it was prepared
};

}  // namespace stalemate
