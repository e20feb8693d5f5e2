// What processes do, as tries of the replies that they received.
//
// A process is a deterministic function of its replies. So its state is a node: one op of one process, and the replies
// to its calls so far. The node knows the next call, or how the op ended. A node is found by running the pattern's
// coroutine from the start on those replies, once; from then on it is a small integer. The same coroutines run on real
// servers.
#pragma once

#include <vector>

#include "core/pattern/pattern.hpp"
#include "explore/model/intern.hpp"
#include "explore/model/request.hpp"
#include "explore/scope.hpp"

namespace stalemate {

using NodeId = std::uint16_t;
using ReplyId = std::uint32_t;

/// Nodes that belong to no op.
inline constexpr NodeId node_dead = 0;  ///< the process crashed
inline constexpr NodeId node_over = 1;  ///< its ops are done

enum class NodeKind : std::uint8_t {
  dead,
  over,
  idle,      ///< before an op: its invocation comes next
  asking,    ///< a call was sent
  arriving,  ///< the call took effect, and its reply is on its way
  returned   ///< the op has ended; a process is here only within a step
};

/// How an op ended: a read's value goes with `ok`.
struct Ending {
  Outcome outcome = Outcome::ok;
  Value value = absent;
  friend bool operator==(const Ending&, const Ending&) = default;
};

struct BehaviourNode {
  NodeKind kind = NodeKind::dead;
  std::uint8_t process = 0;
  std::uint8_t op = 0;        ///< in ops_of(scope); of a background process no_scope_op
  std::uint32_t request = 0;  ///< of asking nodes
  NodeId from = node_dead;    ///< the node of the call before
  NodeId to = node_dead;      ///< of idle nodes the first call; of arriving ones where the reply leads
  ReplyId reply = 0;          ///< the reply that led from there to here
  std::uint16_t depth = 0;    ///< replies so far
  Ending ending = {};         ///< of returned nodes
};

inline constexpr std::uint8_t no_scope_op = 255;

/// How many background processes there are, the n-th beside server n.
[[nodiscard]] std::size_t backgrounds_of(const PatternInfo& pattern, const Scope& scope);

/// All processes of an exploration: the scope's clients, then the background ones. Single-threaded.
class Behaviour {
 public:
  Behaviour(const PatternInfo& pattern, const Scope& scope, Nanoseconds time_to_live_ns);

  [[nodiscard]] std::size_t processes() const { return first_.size(); }
  [[nodiscard]] std::size_t clients() const { return scope_.processes.size(); }
  [[nodiscard]] std::uint8_t server_of(std::size_t process) const { return servers_[process]; }
  /// Where a process begins.
  [[nodiscard]] NodeId first(std::size_t process) const { return first_[process]; }
  /// Valid until the next call that is not const.
  [[nodiscard]] const BehaviourNode& node(NodeId id) const { return nodes_[id]; }
  [[nodiscard]] const Request& request(std::uint32_t id) const { return requests_[id]; }
  [[nodiscard]] const Reply& reply(ReplyId id) const { return replies_[id]; }
  [[nodiscard]] ReplyId id_of(const Reply& reply) { return replies_.id(reply); }

  /// The node behind an asking node once `reply` came: asking or returned.
  NodeId after(NodeId asking, ReplyId reply);
  /// The node of a reply that is on its way and leads to `target`.
  NodeId arriving(NodeId target);
  /// Where the process of a returned node continues: the idle node of its next op, node_over, or for a background
  /// process the beginning of its round.
  [[nodiscard]] NodeId next_op(const BehaviourNode& returned) const;
  /// True once there are more nodes than a NodeId can number, or one op makes more calls than depth_max; from then on
  /// answers are wrong, and the exploration must be given up.
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

  static constexpr std::uint16_t depth_max = 64;

 private:
  struct RequestHash {
    std::size_t operator()(const Request& request) const;
  };
  struct ReplyHash {
    std::size_t operator()(const Reply& reply) const;
  };

  NodeId add(const BehaviourNode& node);
  void add_process(std::size_t process, const std::vector<std::uint8_t>& ops);
  /// Runs the op of `node` on the replies that lead to it, and fills in what comes next.
  void find_out(BehaviourNode& node);

  const Pattern& pattern_;
  Scope scope_;
  std::vector<ScopeOp> ops_;
  Nanoseconds time_to_live_ns_;
  std::vector<std::uint8_t> servers_;
  std::vector<NodeId> first_;
  std::vector<NodeId> idle_of_op_;
  std::vector<BehaviourNode> nodes_;
  Interned<Request, RequestHash> requests_;
  Interned<Reply, ReplyHash> replies_;
  Memo children_;
  Memo arrivals_;
  bool overflowed_ = false;
};

[[nodiscard]] bool operator==(const Request& left, const Request& right);

}  // namespace stalemate
