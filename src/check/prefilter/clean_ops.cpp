#include "check/prefilter/clean_ops.hpp"

#include <algorithm>
#include <vector>

#include "check/passes/fetch.hpp"
#include "check/prefilter/clean_stretch.hpp"

namespace stalemate {

namespace {

/// With more keys, it is rare that two writes of one are under way at once.
constexpr std::uint32_t many_keys = 2048;

template <std::size_t writes_max>
class CleanOpsOf final : public CleanOps {
 public:
  CleanOpsOf(const History& history, const Screen& screen, const OpTimes& times) : history_(history), screen_(screen) {
    stretches_.reserve(times.stretches());
    for (std::uint32_t stretch = 0; stretch < times.stretches(); ++stretch) {
      stretches_.emplace_back(history, screen, times, stretch);
    }
  }

  [[nodiscard]] std::uint32_t stretches() const override { return static_cast<std::uint32_t>(stretches_.size()); }

  void look(std::uint32_t stretch, const Take& take) override { stretches_[stretch].look(take); }

  void join(std::uint32_t member, std::uint32_t members, const Take& take) const override {
    tell_early_reads(member, members, take);
    tell_spans(member, members, take);
  }

  void count(CleanKeys& keys) const override {
    for (const auto& stretch : stretches_) {
      keys.writes += stretch.writes();
      keys.has_adds = keys.has_adds || stretch.has_adds();
    }
  }

 private:
  void tell_early_reads(std::uint32_t member, std::uint32_t members, const Take& take) const;
  void tell_spans(std::uint32_t member, std::uint32_t members, const Take& take) const;

  const History& history_;
  const Screen& screen_;
  std::vector<CleanStretch<writes_max>> stretches_;
};

/// The ages of the member's share of the reads that came before any write of their key in their stretch: the last one
/// before them ended in an earlier one.
template <std::size_t writes_max>
void CleanOpsOf<writes_max>::tell_early_reads(std::uint32_t member, std::uint32_t members, const Take& take) const {
  constexpr std::size_t ahead = 32;
  std::vector<Nanoseconds> batch;
  const auto hand_on = [&] {
    take({.read_ages_ns = batch});
    batch.clear();
  };
  for (std::size_t stretch = 1; stretch < stretches_.size(); ++stretch) {
    const auto reads = stretches_[stretch].early_reads();
    const std::size_t end = share_begin(reads.size(), member + 1, members);
    for (std::size_t i = share_begin(reads.size(), member, members); i < end; ++i) {
      stretches_[stretch - 1].prefetch(reads[std::min(i + ahead, end - 1)].key);
      Nanoseconds completed_ns = 0;
      for (std::size_t before = stretch; before > 0 && completed_ns == 0; --before) {
        completed_ns = stretches_[before - 1].completed_ns(reads[i].key);
      }
      if (completed_ns != 0) {
        batch.push_back(reads[i].invocation_ns + 1 - completed_ns);
      }
      if (batch.size() >= CleanStretch<writes_max>::batch_size) {
        hand_on();
      }
    }
  }
  hand_on();
}

/// How long before its key's last read each write of the member's share ended.
template <std::size_t writes_max>
void CleanOpsOf<writes_max>::tell_spans(std::uint32_t member, std::uint32_t members, const Take& take) const {
  if (!stretches_.front().has_reads()) {
    return;  // no write can have been followed by a read that much later
  }
  const bool all_clean = screen_.all_clean();
  const std::size_t end = share_begin(history_.ops().size(), member + 1, members);
  std::vector<Nanoseconds> batch;
  const auto hand_on = [&] {
    take({.write_spans_ns = batch});
    batch.clear();
  };
  for (std::size_t at = share_begin(history_.ops().size(), member, members); at < end; ++at) {
    const OpRecord& op = history_.ops()[at];
    fetch_ahead(&op);
    const bool is_write = op.kind() == OpKind::write || op.kind() == OpKind::add;
    if (!is_write || op.outcome() != Outcome::ok || (!all_clean && !screen_.is_followed(op.key()))) {
      continue;
    }
    Nanoseconds read_ns = 0;
    for (const auto& stretch : stretches_) {
      read_ns = std::max(read_ns, stretch.read_ns(op.key().index));
    }
    const Nanoseconds span_ns = read_ns - 1 - op.completion_ns();
    if (span_ns > CleanBatch::span_ns_min) {
      batch.push_back(span_ns);
    }
    if (batch.size() >= CleanStretch<writes_max>::batch_size) {
      hand_on();
    }
  }
  hand_on();
}

}  // namespace

std::unique_ptr<CleanOps> CleanOps::make(const History& history, const Screen& screen, const OpTimes& times) {
  if (history.header.key_count > many_keys) {
    return std::make_unique<CleanOpsOf<1>>(history, screen, times);
  }
  return std::make_unique<CleanOpsOf<2>>(history, screen, times);
}

}  // namespace stalemate
