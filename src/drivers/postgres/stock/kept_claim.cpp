#include "drivers/postgres/stock/kept_claim.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/assert.hpp"
#include "drivers/postgres/nodes/nodes.hpp"
#include "drivers/url.hpp"

namespace stalemate {

KeptClaim::KeptClaim(std::vector<PostgresOptions> nodes) : nodes_(std::move(nodes)) {
  STALEMATE_ASSERT(!nodes_.empty(), "a claim is at some server");
}

// A claim that stood on one connection before and after another server was asked stood meanwhile.
void KeptClaim::look_around() {
  const std::shared_ptr<DatabaseNodes>& all = nodes_.front().nodes;
  const std::vector<std::size_t> left_out = all ? all->left_out() : std::vector<std::size_t>();
  if (left_out.empty()) {
    return;
  }
  // One at a time, and not for long: the claim is to be renewed in time.
  const std::size_t node = left_out[looks_++ % left_out.size()];
  PostgresOptions alone = nodes_.front();
  alone.url = all->url(node);
  alone.nodes = nullptr;
  alone.connect_limit_ns = std::min(alone.connect_limit_ns, join_limit_ns);
  const std::uint64_t connections_before = connections_;
  Result<BlockingConnection> connection = BlockingConnection::open(alone);
  const Result<bool> seen = connection ? is_seen_by(*connection) : std::unexpected(connection.error());
  if (!seen) {
    return;
  }
  if (*seen) {
    all->admit(node);
    return;
  }
  const Result<void> renewed = renew();
  if (renewed && lost().empty() && connections_ == connections_before) {
    all->refuse(node);
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

}  // namespace stalemate
