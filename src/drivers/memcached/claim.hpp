// The claim of one run on a memcached.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "core/error.hpp"
#include "drivers/memcached/options.hpp"

namespace stalemate {

/// Held for the length of a run, so that no other run fills and deletes the same entries at the same time: an item
/// "stalemate:run" that other runs find, which lapses unless a thread of this object renews it. So it is gone some
/// seconds after the program is, however that ends.
/// Thread rule: one thread, but for lost().
class MemcachedClaim {
 public:
  /// Blocks; waits as long as a run that was killed would hold it. Errors: unavailable, outcome fail: another run has
  /// it; those of MemcachedSession where the server cannot be reached.
  [[nodiscard]] static Result<std::unique_ptr<MemcachedClaim>> take(MemcachedOptions options);
  /// Gives it up.
  ~MemcachedClaim();
  MemcachedClaim(const MemcachedClaim&) = delete;
  MemcachedClaim& operator=(const MemcachedClaim&) = delete;

  /// A sentence once another run is known to have taken the cache; else empty. Any thread.
  [[nodiscard]] std::string lost() const;

 private:
  MemcachedClaim(MemcachedOptions options, std::string token);
  void renew(const std::stop_token& stopping);

  MemcachedOptions options_;
  std::string token_;
  std::atomic<bool> lost_ = false;
  std::jthread renewing_;
};

}  // namespace stalemate
