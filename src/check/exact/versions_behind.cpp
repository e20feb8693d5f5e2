#include "check/exact/versions_behind.hpp"

#include <algorithm>

namespace stalemate {

void VersionsBehind::begin(const KeyHistory& key) {
  key_ = &key;
  completed_ = 0;
  in_tree_ = 0;
  tree_.clear();
}

VersionsBehind::Answer VersionsBehind::of(const KeyOp& read) {
  const std::span<const Completion> completions = key_->completions;
  while (completed_ < completions.size() && completions[completed_].completion_ns < read.invocation_ns) {
    ++completed_;
  }
  const Rank newer_from = key_->newer_from(read.rank);
  const auto newer_begin = std::ranges::partition_point(
      completions, [newer_from](const Completion& completion) { return completion.rank_max < newer_from; });
  const auto first = static_cast<std::size_t>(newer_begin - completions.begin());
  const Rank first_newer = completions[first].rank;
  // All before `first` are not newer. If no write is unfinished it is known how many are not newer in all, so the ones
  // behind `first` are soon found.
  const bool all_finished = completions.size() == key_->placed;
  constexpr std::size_t scan_max = 64;
  const std::size_t scan_end = std::min(completed_, first + scan_max);
  std::size_t left = all_finished ? newer_from - 1 - first : scan_max + 1;
  std::uint32_t not_newer = 0;
  for (std::size_t i = first; i < scan_end && left > 0; ++i) {
    if (completions[i].rank < newer_from) {
      ++not_newer;
      --left;
    }
  }
  if (left == 0 || scan_end == completed_) {
    return {.versions = static_cast<std::uint32_t>(completed_ - first) - not_newer, .first_newer = first_newer};
  }
  return {.versions = static_cast<std::uint32_t>(completed_) - count_in_tree(newer_from - 1),
          .first_newer = first_newer};
}

Rank VersionsBehind::last_newer(const KeyOp& read) const {
  const Rank newer_from = key_->newer_from(read.rank);
  std::size_t last = completed_ - 1;
  while (key_->completions[last].rank < newer_from) {
    --last;
  }
  return key_->completions[last].rank;
}

/// How many of the first `completed_` completions have at most that rank.
std::uint32_t VersionsBehind::count_in_tree(Rank rank) {
  if (tree_.empty()) {
    tree_.assign(std::size_t{key_->placed} + 1, 0);
  }
  for (; in_tree_ < completed_; ++in_tree_) {
    for (std::size_t node = key_->completions[in_tree_].rank; node < tree_.size(); node += node & (~node + 1)) {
      ++tree_[node];
    }
  }
  std::uint32_t count = 0;
  for (std::size_t node = rank; node > 0; node -= node & (~node + 1)) {
    count += tree_[node];
  }
  return count;
}

}  // namespace stalemate
