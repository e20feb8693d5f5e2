#include "check/series/disagreements.hpp"

#include <algorithm>
#include <tuple>

namespace stalemate {

namespace {

/// What is known of a key before it is told.
struct KeySum {
  std::uint64_t stale = 0;
  Nanoseconds total_ns = 0;
  std::uint64_t episodes = 0;
  std::size_t told = 0;  ///< its place among those that are told, from 1 on; 0: it is not
};

std::vector<KeySum> sums_of(const History& history, const CheckResult& incoherence, std::span<const StaleRead> stale) {
  std::vector<KeySum> sums(history.header.key_count);
  for (const DisagreementSpan& span : incoherence.disagreements) {
    sums[span.key.index].total_ns += span.total_ns;
    sums[span.key.index].episodes += span.episodes;
  }
  for (const StaleRead& read : stale) {
    ++sums[history.find_op(read.read)->key().index].stale;
  }
  return sums;
}

/// The first `count_max` keys of those that have anything to tell.
std::vector<std::uint32_t> most_important(const std::vector<KeySum>& sums, std::size_t count_max) {
  std::vector<std::uint32_t> keys;
  for (std::uint32_t key = 0; key < sums.size(); ++key) {
    if (sums[key].stale > 0 || sums[key].episodes > 0) {
      keys.push_back(key);
    }
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(count_max, keys.size()));
  std::ranges::partial_sort(keys, keys.begin() + count, [&sums](std::uint32_t left, std::uint32_t right) {
    return std::tuple(sums[right].stale, sums[right].total_ns, left) <
           std::tuple(sums[left].stale, sums[left].total_ns, right);
  });
  keys.resize(static_cast<std::size_t>(count));
  return keys;
}

}  // namespace

Disagreements disagreements_of(const History& history, const CheckResult& incoherence, std::span<const StaleRead> stale,
                               const DisagreementOptions& options) {
  std::vector<KeySum> sums = sums_of(history, incoherence, stale);
  Disagreements found{.keys_judged = incoherence.sample};
  found.keys_disagreeing =
      static_cast<std::uint64_t>(std::ranges::count_if(sums, [](const KeySum& sum) { return sum.episodes > 0; }));
  for (const std::uint32_t key : most_important(sums, options.keys_max)) {
    KeySum& sum = sums[key];
    found.keys.push_back({.key = Key{key}, .total_ns = sum.total_ns, .episodes = sum.episodes, .stale = sum.stale});
    sum.told = found.keys.size();
  }
  for (const DisagreementSpan& span : incoherence.disagreements) {
    if (const std::size_t told = sums[span.key.index].told; told > 0) {
      found.keys[told - 1].spans.push_back(span);
    }
  }
  for (const StaleRead& read : stale) {
    const OpRecord& op = *history.find_op(read.read);
    if (const std::size_t told = sums[op.key().index].told; told > 0) {
      std::vector<Nanoseconds>& begins_ns = found.keys[told - 1].stale_reads_ns;
      if (begins_ns.empty() || op.invocation_ns() - begins_ns.back() >= options.gap_ns) {
        begins_ns.push_back(op.invocation_ns());
      }
    }
  }
  return found;
}

}  // namespace stalemate
