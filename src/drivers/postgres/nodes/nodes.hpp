// The nodes of one database, and when one of them could not be reached.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace stalemate {

/// Shared by all sessions with one database, which may be a cluster or a single server.
/// A node is *in doubt* from when a session lost its connection to it until somebody has reached it again. It is *down*
/// from when one in doubt could not be reached either; its outage then began with the doubt. It is *left out* while
/// nobody knows whether it is of the same database as the others: no session tries it then, and it stays down.
/// Thread rule: any thread.
class DatabaseNodes {
 public:
  using Clock = std::chrono::steady_clock;
  using Instant = Clock::time_point;

  /// A stretch of time in which a node was down.
  struct Outage {
    std::size_t node = 0;
    Instant start = {};
    std::optional<Instant> end = {};  ///< none: still going on
    friend bool operator==(const Outage&, const Outage&) = default;
  };

  /// Requires: one URL a node, at least one.
  explicit DatabaseNodes(const std::vector<std::string>& urls);

  [[nodiscard]] std::size_t count() const { return urls_.size(); }
  [[nodiscard]] const std::string& url(std::size_t node) const { return urls_[node]; }

  /// Every node once, in the order in which a session tries them. Sessions are numbered from 0 and spread evenly: over
  /// all nodes first, and those of one node over the others where it is in doubt. Nodes in doubt come last; those left
  /// out are not among them.
  [[nodiscard]] std::vector<std::size_t> order_for(std::size_t session) const;

  /// A connection to the node was lost, or has been silent since then.
  void lost(std::size_t node, Instant now = Clock::now());
  /// The node could not be reached.
  void not_reached(std::size_t node, Instant now = Clock::now());
  /// The node answered. Says nothing of one that is left out.
  void reached(std::size_t node, Instant now = Clock::now());

  /// Requires: others are left.
  void leave_out(std::size_t node);
  /// The node, which was left out, answered and is of this database.
  void admit(std::size_t node, Instant now = Clock::now());
  /// The node, which was left out, answered and is of another database: it stays left out.
  void refuse(std::size_t node);
  /// Those left out that nobody has refused, in order.
  [[nodiscard]] std::vector<std::size_t> left_out() const;
  /// Those refused, in order.
  [[nodiscard]] std::vector<std::size_t> refused() const;

  /// Those in doubt or down, in order, but those left out.
  [[nodiscard]] std::vector<std::size_t> in_doubt() const;
  /// Sorted by their end, open ones last; the first thousand.
  [[nodiscard]] std::vector<Outage> outages() const;

 private:
  enum class Standing : std::uint8_t { member, left_out, refused };
  struct State {
    std::optional<Instant> doubt_since = {};
    bool is_down = false;
    Standing standing = Standing::member;
  };
  [[nodiscard]] std::vector<std::size_t> of_standing(Standing standing) const;

  const std::vector<std::string> urls_;
  mutable std::mutex mutex_ = {};
  std::vector<State> states_;
  std::vector<Outage> ended_ = {};
};

}  // namespace stalemate
