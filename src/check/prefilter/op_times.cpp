#include "check/prefilter/op_times.hpp"

#include <algorithm>
#include <numeric>

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

std::size_t stretches_of(const History& history, const Crew& crew) {
  const std::size_t keys = std::size_t{history.header.key_count} + 1;
  return std::clamp<std::size_t>(history.ops().size() / (2 * keys), 1, crew.size);
}

}  // namespace

struct OpTimes::Found {
  std::vector<Turns> clients;
  Nanoseconds first_ns = never;                    // the share's first invocation
  Nanoseconds last_ns = -1;                        // the greatest
  std::vector<std::vector<OpPosition>> under_way;  // by stretch
  bool take_turns = true;
  bool is_sorted = true;
};

OpTimes::OpTimes(const History& history, const Crew& crew)
    : begin_blocks_(stretches_of(history, crew)),
      borders_ns_(begin_blocks_.size() + 1, never),
      least_ns_((history.ops().size() + block_ops - 1) / block_ops, never),
      greatest_ns_(least_ns_.size()),
      under_way_(begin_blocks_.size()) {
  borders_ns_[0] = before_all;
  for (std::uint32_t stretch = 1; stretch < stretches(); ++stretch) {
    const std::size_t block = share_begin(least_ns_.size(), stretch, stretches());
    begin_blocks_[stretch] = block;
    if (block < least_ns_.size()) {
      borders_ns_[stretch] = std::max(borders_ns_[stretch - 1], history.ops()[block * block_ops].invocation_ns());
    }
  }
  std::vector<Found> by_member(crew.size);
  crew([&](std::uint32_t member) {
    const std::size_t begin = share_begin(least_ns_.size(), member, crew.size);
    const std::size_t end = share_begin(least_ns_.size(), member + 1, crew.size);
    Found found;  // the member's own: what is shared is slow to change
    found.clients.resize(history.header.client_count);
    found.under_way.resize(stretches());
    for (std::size_t block = begin; block < end; ++block) {
      const std::size_t first = block * block_ops;
      look_at(history, first, std::min(first + block_ops, history.ops().size()), found);
    }
    by_member[member] = std::move(found);
  });
  join(by_member);
  std::inclusive_scan(least_ns_.rbegin(), least_ns_.rend(), least_ns_.rbegin(), std::ranges::min);
  std::inclusive_scan(greatest_ns_.begin(), greatest_ns_.end(), greatest_ns_.begin(), std::ranges::max);
}

/// One block.
void OpTimes::look_at(const History& history, std::size_t begin, std::size_t end, Found& found) {
  const std::span<const OpRecord> ops = history.ops().subspan(begin, end - begin);
  found.first_ns = found.first_ns == never ? ops.front().invocation_ns() : found.first_ns;
  // Kept in registers, which members of `found` would not be.
  std::span<Turns> clients = found.clients;
  const auto next_stretch = std::ranges::upper_bound(begin_blocks_, begin / block_ops);
  const auto stretch = static_cast<std::uint32_t>(next_stretch - begin_blocks_.begin() - 1);
  const Nanoseconds stretch_begin_ns = begin_ns(stretch);
  const Nanoseconds stretch_end_ns = end_ns(stretch);
  Nanoseconds least_ns = never;
  Nanoseconds last_ns = found.last_ns;
  bool is_sorted = found.is_sorted;
  bool take_turns = found.take_turns;
  for (const OpRecord& op : ops) {
    fetch_ahead(&op);
    const Nanoseconds invocation_ns = op.invocation_ns();
    is_sorted &= invocation_ns >= last_ns;
    last_ns = std::max(last_ns, invocation_ns);
    least_ns = std::min(least_ns, invocation_ns);
    Nanoseconds end_ns = op.plain_completion_ns();
    if (!op.is_plain()) [[unlikely]] {
      if (!matters(op)) {
        continue;
      }
      end_ns = op.outcome() == Outcome::ok ? op.completion_ns() : invocation_ns;
    }
    if (op.client() >= clients.size()) [[unlikely]] {
      found.clients.resize(std::size_t{op.client()} + 1);
      clients = found.clients;
    }
    Turns& turns = clients[op.client()];
    take_turns &= invocation_ns > turns.busy_ns;
    turns.first_ns = std::min(turns.first_ns, invocation_ns);
    turns.busy_ns = std::max(turns.busy_ns, end_ns);
    if ((invocation_ns < stretch_begin_ns) | (end_ns >= stretch_end_ns)) [[unlikely]] {
      note_under_way(op, begin + static_cast<std::size_t>(&op - ops.data()), found);
    }
  }
  found.last_ns = last_ns;
  found.is_sorted = is_sorted;
  found.take_turns = take_turns;
  least_ns_[begin / block_ops] = least_ns;
  greatest_ns_[begin / block_ops] = last_ns;
}

void OpTimes::note_under_way(const OpRecord& op, std::size_t position, Found& found) const {
  if (op.kind() == OpKind::read || op.outcome() != Outcome::ok) {
    return;
  }
  for (std::uint32_t stretch = 1; stretch < stretches(); ++stretch) {
    if (op.invocation_ns() < begin_ns(stretch) && op.completion_ns() >= begin_ns(stretch)) {
      found.under_way[stretch].push_back(static_cast<OpPosition>(position));
    }
  }
}

void OpTimes::join(const std::vector<Found>& by_member) {
  Found all;
  for (const Found& found : by_member) {
    all.is_sorted = all.is_sorted && found.is_sorted && found.first_ns >= all.last_ns;
    all.last_ns = std::max(all.last_ns, found.last_ns);
    all.take_turns = all.take_turns && found.take_turns;
    all.clients.resize(std::max(all.clients.size(), found.clients.size()));
    for (std::size_t client = 0; client < found.clients.size(); ++client) {
      Turns& turns = all.clients[client];
      all.take_turns = all.take_turns && found.clients[client].first_ns > turns.busy_ns;
      turns.busy_ns = std::max(turns.busy_ns, found.clients[client].busy_ns);
    }
    for (std::size_t stretch = 0; stretch < under_way_.size(); ++stretch) {
      std::ranges::copy(found.under_way[stretch], std::back_inserter(under_way_[stretch]));
    }
  }
  clients_take_turns_ = all.take_turns;
  is_sorted_ = all.is_sorted;
}

std::size_t OpTimes::begin_block(std::uint32_t stretch) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(greatest_ns_, begin_ns(stretch)) - greatest_ns_.begin());
}

std::size_t OpTimes::end_block(std::uint32_t stretch) const {
  const auto end = std::ranges::lower_bound(least_ns_, end_ns(stretch));
  return std::max(begin_block(stretch), static_cast<std::size_t>(end - least_ns_.begin()));
}

}  // namespace stalemate
