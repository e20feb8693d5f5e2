// visibility: t-visibility: the chance that a read begun t after a write's completion returns that write or a newer
// one.
//
//   client 1   |- write 7 -|
//   client 2               <--- t --->|- read: 7 or newer? -|
//
// Each read is one sample, for the write that completed last before it began: counting it for older writes as well
// would count one outcome many times over.
//
// Cost: a cursor over the writes by completion.

#include <array>
#include <bit>

#include "check/checks/key_check.hpp"
#include "check/exact/statistics.hpp"

namespace stalemate {

namespace {

/// The upper borders of the buckets of t; the last bucket has none.
constexpr std::array<Nanoseconds, 9> borders_ns = {
    1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000, 10'000'000'000, 100'000'000'000};
constexpr std::array<std::string_view, borders_ns.size() + 1> bucket_names = {
    "t below 1 us",   "t below 10 us", "t below 100 us", "t below 1 ms",  "t below 10 ms",
    "t below 100 ms", "t below 1 s",   "t below 10 s",   "t below 100 s", "t from 100 s"};

struct Bucket {
  std::uint64_t reads = 0;
  std::uint64_t missed = 0;
};

/// By its bits: the bucket of the least number that has so many.
constexpr std::array<std::uint8_t, 65> make_buckets_by_bits() {
  std::array<std::uint8_t, 65> buckets = {};
  for (std::size_t bits = 1; bits < buckets.size(); ++bits) {
    const std::uint64_t least = std::uint64_t{1} << (bits - 1);
    for (const Nanoseconds border_ns : borders_ns) {
      buckets[bits] =
          static_cast<std::uint8_t>(buckets[bits] + (least >= static_cast<std::uint64_t>(border_ns) ? 1 : 0));
    }
  }
  return buckets;
}
constexpr auto buckets_by_bits = make_buckets_by_bits();

std::size_t bucket_of(Nanoseconds t_ns) {
  const auto bits = static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(t_ns)));
  const std::size_t bucket = buckets_by_bits[bits];
  // Numbers of so many bits are less than twice the least, so that there is at most one border among them.
  return bucket + (bucket < borders_ns.size() && t_ns >= borders_ns[bucket] ? 1 : 0);
}

class VisibilityCheck final : public KeyCheck {
 public:
  explicit VisibilityCheck(const CheckOptions& options) : tally_(options) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      if (part.is_first) {
        completed_ = 0;
      }
      if (!part.key->completions.empty()) {
        check_part(part);
      }
    }
  }

  /// Of clean keys, whose reads miss nothing, and of keys that lack settled ops: `check_ops` has counted what their
  /// reads miss.
  void add_cleared_times(const ClearedTimes& times) override {
    for (const Nanoseconds age_ns : times.read_ages_ns) {
      ++buckets_[bucket_of(age_ns)].reads;
    }
    tally_.sample += times.read_ages_ns.size();
  }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<VisibilityCheck&>(other);
    tally_.absorb(found.tally_);
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      buckets_[i].reads += found.buckets_[i].reads;
      buckets_[i].missed += found.buckets_[i].missed;
    }
  }

  CheckResult result(const Summary& summary) override {
    if (!has_times(summary.history.header)) {
      return result_without_times("reads");
    }
    CheckResult result = result_of(tally_, "reads");
    result.verdict = tally_.sample == 0 ? Verdict::unknown : result.verdict;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      const Bucket& bucket = buckets_[i];
      if (bucket.reads == 0) {
        continue;
      }
      const std::string name(bucket_names[i]);
      const auto reads = static_cast<double>(bucket.reads);
      result.figures.push_back({.name = name + ": reads", .value = reads, .unit = Unit::count});
      result.figures.push_back({.name = name + ": visible",
                                .value = static_cast<double>(bucket.reads - bucket.missed) / reads,
                                .unit = Unit::share});
      result.figures.push_back({.name = name + ": visible, at least at 95 %",
                                .value = 1 - share_upper_95(bucket.missed, bucket.reads),
                                .unit = Unit::share});
    }
    judge_by_versions(result, tally_, summary);
    return result;
  }

 private:
  void check_part(const KeyPart& part) {
    const KeyHistory& key = *part.key;
    const std::span<const Completion> completions = key.completions;
    for (const KeyOp& op : part.ops) {
      while (completed_ < completions.size() && completions[completed_].completion_ns < op.invocation_ns) {
        ++completed_;
      }
      if (completed_ == 0 || !op.is_ok_read()) {
        continue;
      }
      if (!key.order_is_total) [[unlikely]] {
        ++tally_.unjudged;
        continue;
      }
      if (!key.is_placed(op.rank)) [[unlikely]] {
        ++(key.may_be_placed(op.rank) ? tally_.unjudged : tally_.outside);
        continue;
      }
      const Completion& last = completions[completed_ - 1];
      Bucket& bucket = buckets_[bucket_of(op.invocation_ns - last.completion_ns)];
      bucket.reads += key.lacks_settled ? 0 : 1;
      tally_.sample += key.lacks_settled ? 0 : 1;
      if (op.rank < last.rank) [[unlikely]] {
        ++bucket.missed;
        ++tally_.count;
      }
    }
  }

  Tally tally_;
  std::array<Bucket, bucket_names.size()> buckets_ = {};
  std::size_t completed_ = 0;  // of the key's completions, before the op
};

const bool visibility_registered = CheckRegistry::add(
    {.name = "visibility",
     .summary = "the chance that a read begun t after a write's completion returns that write or a newer one",
     .models = model_bit(Model::distinct_register),
     .decides = false,
     .prefiltered_by = PrefilteredBy::sessions,
     .make = make_key_check<VisibilityCheck>});

}  // namespace

}  // namespace stalemate
