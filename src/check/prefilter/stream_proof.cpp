#include "check/prefilter/stream_proof.hpp"

#include <algorithm>

#include "check/passes/steps_with_keys.hpp"

namespace stalemate {

StreamProof::StreamProof(const History& history, ValueRules rules, const StreamSizes& sizes,
                         const std::vector<std::size_t>& borders, const Crew& crew)
    : rules_(rules), layout_(ValueLayout::of(history)) {
  rules_.versions_known = tells_versions(history);
  // Reads of the initial value are told by their value alone.
  const bool has_own_initial = layout_.initial < layout_.value_begin;
  if (!layout_.fits(4 * std::uint64_t{sizes.ring_values}) || !has_own_initial || !share_out(history, sizes, borders)) {
    return;
  }
  std::atomic<bool> is_over = false;
  crew([&](std::uint32_t member) {
    if (!streams_[member].run(is_over)) {
      is_over.store(true, std::memory_order_relaxed);
    }
  });
  holds_ = !is_over && join();
  streams_.clear();
}

/// False if the members' borders would overlap.
bool StreamProof::share_out(const History& history, const StreamSizes& sizes, const std::vector<std::size_t>& borders) {
  const std::span<const OpRecord> ops = history.ops();
  const std::size_t members = borders.size() - 1;
  std::vector<ValueStream::Share> shares(members);
  ValuePlace end = layout_.nowhere();
  std::size_t steps_end = history.steps().size();
  for (std::size_t member = members; member-- > 0;) {
    const auto share = ops.subspan(borders[member], borders[member + 1] - borders[member]);
    const auto first = std::ranges::find(share, OpKind::write, &OpRecord::kind);
    ValuePlace begin = end;
    if (member == 0) {
      begin = layout_.key_count;
    } else if (first != share.end()) {
      begin = layout_.place_of(*first);
      begin = std::max(begin, layout_.key_count + sizes.border_values) - sizes.border_values;
    }
    const bool has_border = member > 0 && begin < layout_.nowhere();
    if (begin > end || (has_border && end - begin < 2 * sizes.border_values)) {
      return false;
    }
    const std::size_t steps_begin = first_step_from(history, borders[member]);
    shares[member] = {.ops_begin = borders[member],
                      .ops_end = borders[member + 1],
                      .steps_begin = steps_begin,
                      .steps_end = steps_end,
                      .begin = begin,
                      .has_border = has_border};
    end = begin;
    steps_end = steps_begin;
  }
  streams_.reserve(members);
  for (const ValueStream::Share& share : shares) {
    streams_.emplace_back(history, layout_, rules_, share, sizes);
  }
  return true;
}

bool StreamProof::join() {
  if (!join_elders()) {
    return false;
  }
  for (std::size_t member = 0; member < streams_.size(); ++member) {
    if (!streams_[member].close(member + 1 < streams_.size() ? &streams_[member + 1] : nullptr)) {
      return false;
    }
  }
  for (std::uint32_t key = 0; key < layout_.key_count; ++key) {
    if (!join_key(key)) {
      return false;
    }
  }
  return add_up();
}

/// What members saw of values that earlier ones answer for.
bool StreamProof::join_elders() {
  for (std::size_t member = 1; member < streams_.size(); ++member) {
    for (const ValueStream::Elder& elder : streams_[member].elders()) {
      std::size_t owner = member - 1;
      while (streams_[owner].begin() > elder.place) {
        --owner;
      }
      if (!streams_[owner].add_seen(elder.place, elder.seen)) {
        return false;
      }
    }
  }
  return true;
}

/// Whether the key's values were there one after the other; counts them.
bool StreamProof::join_key(std::uint32_t key) {
  std::vector<LooseEnds> pieces;
  Nanoseconds initial_read_ns = -1;
  bool has_values = false;
  bool has_ops = false;
  for (ValueStream& stream : streams_) {
    has_values = has_values || stream.has_values(key);
    has_ops = has_ops || stream.is_barely_seen(key);
    initial_read_ns = std::max(initial_read_ns, stream.initial_read_ns(key));
    pieces.push_back(stream.finish(key));
  }
  const OrderProof proof = stalemate::join(pieces);
  const bool has_initial = initial_read_ns >= 0;
  if (has_initial || has_values || has_ops) {
    ++keys_with_ops_;
    ++clean_.keys;
    clean_.values += has_initial ? 1 : 0;
    clean_.versions += 1;
  }
  return proof.holds && (!has_initial || initial_read_ns <= proof.first_completion_min_ns);
}

bool StreamProof::add_up() {
  bool has_refused = false;
  bool may_have_applied = false;
  for (const ValueStream& stream : streams_) {
    const ValueStream::Counts& counts = stream.counts();
    ops_ += counts.ops;
    clean_.reads += counts.ok_reads;
    clean_.values += counts.values;
    (rules_.versions_known ? clean_.versions : clean_.unplaced) += counts.values;
    has_writes_ = has_writes_ || counts.has_writes;
    has_refused = has_refused || counts.has_refused;
    may_have_applied = may_have_applied || counts.may_have_applied;
  }
  // Where every update was refused, the order of versions is known after all: there is none but the first.
  return rules_.versions_known || !has_refused || may_have_applied;
}

}  // namespace stalemate
