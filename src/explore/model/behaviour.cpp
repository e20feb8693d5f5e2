#include "explore/model/behaviour.hpp"

#include <algorithm>
#include <optional>

#include "core/assert.hpp"
#include "explore/model/virtual_ports.hpp"

namespace stalemate {
namespace {

bool one_a_server(FeedKind feed) {
  return feed == FeedKind::local_queue || feed == FeedKind::invalidations;
}

template <class T>
Ending ending_of(const Result<T>& result) {
  if (!result) {
    return {result.error().outcome, absent};
  }
  if constexpr (std::is_same_v<T, Value>) {
    return {Outcome::ok, *result};
  } else {
    return {Outcome::ok, absent};
  }
}

}  // namespace

std::size_t backgrounds_of(const PatternInfo& pattern, const Scope& scope) {
  return pattern.needs.feed == FeedKind::none ? 0 : one_a_server(pattern.needs.feed) ? servers_of(scope) : 1;
}

bool operator==(const Request& left, const Request& right) {
  const CacheArguments& a = left.arguments;
  const CacheArguments& b = right.arguments;
  return left.kind == right.kind && left.local == right.local && left.command == right.command && a.value == b.value &&
         a.stamp == b.stamp && a.time_to_live_ns == b.time_to_live_ns && a.hold_ns == b.hold_ns &&
         a.patience_ns == b.patience_ns;
}

std::size_t Behaviour::RequestHash::operator()(const Request& request) const {
  const CacheArguments& arguments = request.arguments;
  std::uint64_t hash = mixed(static_cast<std::uint64_t>(request.kind), request.local ? 1 : 0);
  hash = mixed(hash, std::hash<const void*>{}(request.command));
  hash = mixed(hash, static_cast<std::uint64_t>(arguments.value));
  hash = mixed(hash, arguments.stamp);
  hash = mixed(hash, static_cast<std::uint64_t>(arguments.time_to_live_ns));
  return mixed(mixed(hash, static_cast<std::uint64_t>(arguments.hold_ns)),
               static_cast<std::uint64_t>(arguments.patience_ns));
}

std::size_t Behaviour::ReplyHash::operator()(const Reply& reply) const {
  const std::uint64_t hash =
      mixed(static_cast<std::uint64_t>(reply.kind), (reply.there ? 8U : 0U) + static_cast<unsigned>(reply.verdict));
  return mixed(mixed(hash, static_cast<std::uint64_t>(reply.value)), reply.stamp);
}

Behaviour::Behaviour(const PatternInfo& pattern, const Scope& scope, Nanoseconds time_to_live_ns)
    : pattern_(pattern.instance()), scope_(scope), ops_(ops_of(scope)), time_to_live_ns_(time_to_live_ns) {
  nodes_.resize(2);
  nodes_[node_over].kind = NodeKind::over;
  idle_of_op_.assign(ops_.size(), node_over);
  for (std::size_t process = 0; process < scope.processes.size(); ++process) {
    std::vector<std::uint8_t> ops;
    for (std::size_t op = 0; op < ops_.size(); ++op) {
      if (ops_[op].process == process) {
        ops.push_back(static_cast<std::uint8_t>(op));
      }
    }
    servers_.push_back(scope.processes[process].server);
    add_process(process, ops);
  }
  for (std::size_t background = 0; background < backgrounds_of(pattern, scope); ++background) {
    servers_.push_back(static_cast<std::uint8_t>(background));
    add_process(first_.size(), {no_scope_op});
  }
}

NodeId Behaviour::add(const BehaviourNode& node) {
  if (nodes_.size() > std::numeric_limits<NodeId>::max() || node.depth > depth_max) {
    overflowed_ = true;
    return node_over;
  }
  nodes_.push_back(node);
  return static_cast<NodeId>(nodes_.size() - 1);
}

void Behaviour::add_process(std::size_t process, const std::vector<std::uint8_t>& ops) {
  for (const std::uint8_t op : ops) {
    BehaviourNode root;
    root.process = static_cast<std::uint8_t>(process);
    root.op = op;
    find_out(root);
    BehaviourNode idle = root;
    idle.kind = NodeKind::idle;
    idle.to = add(root);
    const NodeId id = add(idle);
    if (op != no_scope_op) {
      idle_of_op_[op] = id;
    }
    if (op == ops.front()) {
      first_.push_back(id);
    }
  }
}

void Behaviour::find_out(BehaviourNode& node) {
  std::vector<Reply> answers(node.depth);
  ReplyId reply = node.reply;
  NodeId from = node.from;
  for (std::size_t place = node.depth; place-- > 0;) {
    answers[place] = replies_[reply];
    reply = nodes_[from].reply;
    from = nodes_[from].from;
  }
  Conversation conversation(answers, node.op == no_scope_op ? 32U + node.process : node.op);
  VirtualDatabase database(conversation);
  VirtualCache cache(conversation, false);
  VirtualCache local(conversation, true);
  VirtualClock clock(conversation);
  VirtualRandom random(conversation);
  VirtualFeed feed(conversation);
  const Ports ports{database, cache, clock, random, local, feed, time_to_live_ns_};
  const auto run = [&](auto task) {
    task.start();
    if (task.done()) {
      node.kind = NodeKind::returned;
      node.ending = ending_of(task.take());
    } else {
      STALEMATE_ASSERT(conversation.asked().has_value(), "a pattern suspends in its ports only");
      node.kind = NodeKind::asking;
      node.request = requests_.id(*conversation.asked());
    }
  };
  if (node.op == no_scope_op) {
    run(pattern_.background(ports));
  } else if (ops_[node.op].kind == OpKind::write) {
    run(pattern_.write(ports, Key{}, ops_[node.op].value));
  } else {
    run(pattern_.read(ports, Key{}));
  }
}

NodeId Behaviour::after(NodeId asking, ReplyId reply) {
  const std::uint64_t key = static_cast<std::uint64_t>(asking) << 32U | reply;
  const std::uint32_t known = children_.find(key);
  if (known != Memo::none) {
    return static_cast<NodeId>(known);
  }
  BehaviourNode child = nodes_[asking];
  child.from = asking;
  child.reply = reply;
  child.depth = static_cast<std::uint16_t>(child.depth + 1);
  if (child.depth <= depth_max) {
    find_out(child);
  }
  const NodeId id = add(child);
  children_.add(key, id);
  return id;
}

NodeId Behaviour::arriving(NodeId target) {
  const std::uint32_t known = arrivals_.find(target);
  if (known != Memo::none) {
    return static_cast<NodeId>(known);
  }
  BehaviourNode node = nodes_[target];
  node.kind = NodeKind::arriving;
  node.to = target;
  const NodeId id = add(node);
  arrivals_.add(target, id);
  return id;
}

NodeId Behaviour::next_op(const BehaviourNode& returned) const {
  if (returned.op == no_scope_op) {
    return first_[returned.process];
  }
  const std::size_t next = returned.op + 1U;
  return next < ops_.size() && ops_[next].process == returned.process ? idle_of_op_[next] : node_over;
}

}  // namespace stalemate
