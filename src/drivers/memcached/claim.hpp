// The claim of one run on a memcached.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <mutex>
#include <string>

#include "core/error.hpp"
#include "drivers/memcached/options.hpp"
#include "drivers/memcached/session.hpp"
#include "drivers/renewed_claim.hpp"

namespace stalemate {

/// Held for the length of a run, so that no other run fills and deletes the same entries at the same time: an item
/// "stalemate:run" that other runs find, which lapses unless it is renewed. So it is gone some seconds after the
/// program is, however that ends. Thread rule: as RenewedClaim.
class MemcachedClaim final : public RenewedClaim {
 public:
  /// Blocks; waits as long as a run that was killed would hold it. Errors: unavailable, outcome fail: another run has
  /// it; those of MemcachedSession where the server cannot be reached.
  [[nodiscard]] static Result<std::unique_ptr<MemcachedClaim>> take(MemcachedOptions options);
  /// Gives it up.
  ~MemcachedClaim() override;
  MemcachedClaim(const MemcachedClaim&) = delete;
  MemcachedClaim& operator=(const MemcachedClaim&) = delete;

 private:
  explicit MemcachedClaim(MemcachedOptions options);
  Result<void> renew() override;
  Result<MemcachedReply> tell(std::string command);
  void give_up();

  std::string place_;  // without a password
  std::string token_;
  bool has_it_ = false;
  std::mutex session_mutex_ = {};  // of the rest
  boost::asio::io_context context_{1};
  MemcachedSession session_;
};

}  // namespace stalemate
