// k-atomicity: the least k such that every read returns one of the k latest values, in the order of versions.
//
//   writes   |- 5 -|  |- 6 -|  |- 7 -|
//   reads                               |- read: 5 -|      5 is the third latest: k = 3
//
// Cost: one comparison a write; a binary search for each value read behind a newer one.

#include <algorithm>
#include <vector>

#include "check/checks/key_check.hpp"

namespace stalemate {

namespace {

class KAtomicityCheck final : public KeyCheck {
 public:
  explicit KAtomicityCheck(const CheckOptions& options) : tally_(options) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      if (part.is_first) {
        check_key(*part.key);
      }
    }
  }

  void add_cleared(const Cleared& cleared) override { tally_.sample += cleared.keys; }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<KAtomicityCheck&>(other);
    tally_.absorb(found.tally_);
    behind_.merge(found.behind_);
    without_k_ += found.without_k_;
  }

  CheckResult result(const Summary& summary) override {
    CheckResult result = result_of(tally_, "keys");
    result.worst = Figure{.name = "k", .value = static_cast<double>(tally_.worst + 1), .unit = Unit::versions};
    result.distributions = {distribution_of("k by value read late", Unit::versions, behind_)};
    if (without_k_ > 0) {
      result.note =
          std::to_string(without_k_) + (without_k_ == 1 ? " key has" : " keys have") +
          " no k: writes cannot have happened in the order of their versions, or a read returned a value that "
          "was not there to be read.";
    }
    if (tally_.unjudged > 0) {
      result.worst.reset();
    }
    judge_by_versions(result, tally_, summary);
    return result;
  }

 private:
  struct Kept {
    Nanoseconds first_completion_ns;  // then: the least of these from here on
    Nanoseconds write_invocation_ns;
    Nanoseconds last_read_ns;
  };

  void check_key(const KeyHistory& key) {
    if (!key.order_is_total) {
      ++tally_.unjudged;
      return;
    }
    ++tally_.sample;
    kept_.clear();
    kept_.reserve(std::size_t{key.placed} + 1);
    for (Rank rank = 0; rank <= key.placed; ++rank) {
      const Cluster& cluster = key.clusters[rank];
      // What has a version was applied, whether or not anybody was told.
      if (key.versions_known || rank == 0 || cluster.write_completion_ns != never || cluster.is_read()) {
        kept_.push_back({std::min(cluster.write_completion_ns, cluster.read_completion_min_ns),
                         cluster.write_invocation_ns, cluster.read_invocation_max_ns});
      }
    }
    bool has_k = !has_unplaceable_reads(key);
    Nanoseconds newer_ns = never;
    for (std::size_t i = kept_.size(); i-- > 0;) {
      has_k = has_k && kept_[i].write_invocation_ns <= newer_ns;
      newer_ns = std::min(newer_ns, kept_[i].first_completion_ns);
      kept_[i].first_completion_ns = newer_ns;
    }
    if (!has_k) {
      ++tally_.count;
      ++without_k_;
      return;
    }
    measure();
  }

  /// kept_[i].first_completion_ns never falls with i, so the newest value that had to come before a read is found by
  /// binary search.
  void measure() {
    std::int64_t worst = 0;
    for (std::size_t i = 0; i + 1 < kept_.size(); ++i) {
      const Nanoseconds last_ns = kept_[i].last_read_ns;
      if (kept_[i + 1].first_completion_ns >= last_ns) [[likely]] {
        continue;
      }
      const auto end = std::partition_point(kept_.begin() + static_cast<std::ptrdiff_t>(i) + 1, kept_.end(),
                                            [last_ns](const Kept& kept) { return kept.first_completion_ns < last_ns; });
      const std::int64_t behind = end - kept_.begin() - static_cast<std::int64_t>(i) - 1;
      behind_.record(behind + 1);
      worst = std::max(worst, behind);
    }
    tally_.count += worst > 0 ? 1 : 0;
    tally_.worst = std::max(tally_.worst, worst);
  }

  static bool has_unplaceable_reads(const KeyHistory& key) {
    return key.phantoms > 0 || key.has_failed_reads || key.has_future_reads;
  }

  Tally tally_;
  std::vector<Kept> kept_;
  LatencyHistogram behind_;
  std::uint64_t without_k_ = 0;
};

const bool k_atomicity_registered =
    CheckRegistry::add({.name = "k-atomicity",
                        .summary = "the least k such that every read returns one of the k latest values",
                        .models = model_bit(Model::distinct_register),
                        .decides = false,
                        .prefiltered_by = PrefilteredBy::versions,
                        .make = make_key_check<KAtomicityCheck>});

}  // namespace

}  // namespace stalemate
