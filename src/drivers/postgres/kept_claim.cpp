#include "drivers/postgres/kept_claim.hpp"

#include <utility>

#include "core/assert.hpp"
#include "drivers/url.hpp"

namespace stalemate {

KeptClaim::KeptClaim(std::vector<PostgresOptions> nodes) : nodes_(std::move(nodes)) {
  STALEMATE_ASSERT(!nodes_.empty(), "a claim is at some server");
}

void KeptClaim::keep(std::chrono::milliseconds interval) {
  thread_ = std::thread([this, interval] { renew_until_ended(interval); });
}

void KeptClaim::end() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void KeptClaim::renew_until_ended(std::chrono::milliseconds interval) {
  std::unique_lock lock(mutex_);
  while (lost_.empty() && !changed_.wait_for(lock, interval, [this] { return ending_; })) {
    lock.unlock();
    const Result<void> renewed = renew();
    static_cast<void>(renewed);  // where nobody answered the next one tells
    lock.lock();
  }
}

Result<ResultPointer> KeptClaim::run(const std::string& statement) {
  const std::lock_guard lock(connection_mutex_);
  Result<ResultPointer> answered = failed(ErrorCode::connection_refused, "no server was asked");
  // A connection that is there already may have ended since, which says nothing of its node.
  const std::size_t attempts = nodes_.size() + (connection_ ? 1 : 0);
  for (std::size_t attempt = 0; attempt < attempts; ++attempt) {
    if (!connection_) {
      Result<BlockingConnection> opened = BlockingConnection::open(nodes_[node_]);
      if (opened) {
        connection_ = std::move(*opened);
        ++connections_;
      } else {
        answered = std::unexpected(opened.error());
      }
    }
    if (connection_) {
      answered = connection_->run_within(statement.c_str(), answer_limit_ns);
      if (answered || answered.error().outcome == Outcome::fail) {
        return answered;
      }
    }
    connection_.reset();
    node_ = (node_ + 1) % nodes_.size();
  }
  return answered;
}

std::string KeptClaim::place() const {
  return url_without_password(nodes_.front().url);
}

void KeptClaim::note_lost(std::string sentence) {
  const std::lock_guard lock(mutex_);
  lost_ = std::move(sentence);
}

std::string KeptClaim::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::string KeptClaim::confirm() {
  if (const std::string known = lost(); !known.empty()) {
    return known;
  }
  const Result<void> renewed = renew();
  return renewed ? lost()
                 : "whether this run kept its claim on the table 'stock' to its end is not known: " +
                       renewed.error().detail;
}

}  // namespace stalemate
