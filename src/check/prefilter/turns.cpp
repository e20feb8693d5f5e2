#include "check/prefilter/turns.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include "check/passes/fetch.hpp"

namespace stalemate {

namespace {

/// A client's ops of a member's share.
struct Turns {
  Nanoseconds first_ns = never;  // its least invocation, which is its first where it takes turns
  Nanoseconds busy_ns = -1;      // until then: its last invocation, or the last end of an op that was answered
};

bool matters(const OpRecord& op) {
  return op.kind() != OpKind::background && (op.kind() != OpKind::read || op.outcome() == Outcome::ok);
}

/// Whether the clients take turns in these ops; by client, what is to be known of them.
bool take_turns(std::span<const OpRecord> ops, std::vector<Turns>& clients) {
  bool take_turns = true;
  for (const OpRecord& op : ops) {
    fetch_ahead(&op);
    Nanoseconds end_ns = op.plain_completion_ns();
    if (!op.is_plain()) [[unlikely]] {
      if (!matters(op)) {
        continue;
      }
      end_ns = op.outcome() == Outcome::ok ? op.completion_ns() : op.invocation_ns();
    }
    if (op.client() >= clients.size()) [[unlikely]] {
      clients.resize(std::size_t{op.client()} + 1);
    }
    Turns& turns = clients[op.client()];
    take_turns &= op.invocation_ns() > turns.busy_ns;
    turns.first_ns = std::min(turns.first_ns, op.invocation_ns());
    turns.busy_ns = std::max({turns.busy_ns, end_ns, op.invocation_ns()});
  }
  return take_turns;
}

}  // namespace

bool clients_take_turns(const History& history, const Crew& crew) {
  std::vector<std::vector<Turns>> by_member(crew.size);
  std::atomic<bool> all_take_turns = true;
  crew([&](std::uint32_t member) {
    const std::size_t begin = share_begin(history.ops().size(), member, crew.size);
    const std::size_t end = share_begin(history.ops().size(), member + 1, crew.size);
    std::vector<Turns> clients(history.header.client_count);
    if (!take_turns(history.ops().subspan(begin, end - begin), clients)) {
      all_take_turns.store(false, std::memory_order_relaxed);
    }
    by_member[member] = std::move(clients);
  });
  std::vector<Turns> clients;
  for (const std::vector<Turns>& found : by_member) {
    clients.resize(std::max(clients.size(), found.size()));
    for (std::size_t client = 0; client < found.size(); ++client) {
      if (found[client].first_ns <= clients[client].busy_ns) {
        return false;
      }
      clients[client].busy_ns = std::max(clients[client].busy_ns, found[client].busy_ns);
    }
  }
  return all_take_turns;
}

}  // namespace stalemate
