// A claim of one run on the table stock or on a cache: a thread that looks after it, and its loss.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "core/error.hpp"

namespace stalemate {

/// A claim that is renewed on a thread of its own for as long as it lives.
/// Thread rule: any thread; made and destroyed on one.
class RenewedClaim {
 public:
  RenewedClaim(const RenewedClaim&) = delete;
  RenewedClaim& operator=(const RenewedClaim&) = delete;
  virtual ~RenewedClaim() = default;

  /// A sentence for people once another run is known to have it, or to have had it; else empty. Does not block.
  [[nodiscard]] std::string lost() const;
  /// Renews it now. As lost(), but where no server answers the sentence says that it is not known whether the table was
  /// kept. Blocks for a few seconds at most.
  [[nodiscard]] std::string confirm();
  /// The table has been prepared by this run: from now on, that another prepares it is a loss.
  virtual void note_table() {}

 protected:
  RenewedClaim() = default;
  /// Begins to renew it, once in each interval. Requires: called once.
  void keep(std::chrono::milliseconds interval);
  /// Ends that. To be called by the destructor of who derives from this, before anything that renew() needs goes.
  void end();

  /// Asks the server whether the claim stands, or makes it stand longer; calls note_lost where it is lost.
  /// Errors: those of the server; the claim may stand then.
  virtual Result<void> renew() = 0;
  /// Called by the thread each time after the claim was found to stand.
  virtual void look_around() {}
  void note_lost(std::string sentence);
  /// note_lost with a sentence that says that another run took the table at `place` while this one was not connected.
  void note_taken(const std::string& place);
  /// unavailable: another run has the table at `place`.
  [[nodiscard]] static std::unexpected<Error> taken_by_another(const std::string& place);

 private:
  void renew_until_ended(std::chrono::milliseconds interval);

  mutable std::mutex mutex_ = {};  // of the rest
  std::condition_variable changed_ = {};
  bool ending_ = false;
  std::string lost_ = {};
  std::thread thread_ = {};
};

}  // namespace stalemate
