#include "drivers/renewed_claim.hpp"

#include <utility>

namespace stalemate {

void RenewedClaim::keep(std::chrono::milliseconds interval) {
  thread_ = std::thread([this, interval] { renew_until_ended(interval); });
}

void RenewedClaim::end() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void RenewedClaim::renew_until_ended(std::chrono::milliseconds interval) {
  std::unique_lock lock(mutex_);
  while (lost_.empty() && !changed_.wait_for(lock, interval, [this] { return ending_; })) {
    lock.unlock();
    const Result<void> renewed = renew();
    // Where nobody answered the next one tells.
    if (renewed && lost().empty()) {
      look_around();
    }
    lock.lock();
  }
}

void RenewedClaim::note_lost(std::string sentence) {
  const std::lock_guard lock(mutex_);
  lost_ = std::move(sentence);
}

void RenewedClaim::note_taken(const std::string& place) {
  note_lost("this run lost its claim on the database " + place +
            ", as the connection that held it ended, and another run of stalemate took it: the reads and writes of "
            "both are mixed, so nothing that either found is certain");
}

std::unexpected<Error> RenewedClaim::taken_by_another(const std::string& place) {
  return failed(ErrorCode::unavailable, "another run of stalemate is using the database " + place +
                                            "; wait until it has ended, or use another database for this run");
}

std::string RenewedClaim::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::string RenewedClaim::confirm() {
  if (const std::string known = lost(); !known.empty()) {
    return known;
  }
  const Result<void> renewed = renew();
  return renewed ? lost()
                 : "whether this run kept its claim on the database to its end is not known: " + renewed.error().detail;
}

}  // namespace stalemate
