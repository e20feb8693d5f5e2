// nines: how many nines of the writes are seen by every read begun later than t after their completion.
//
//   client 1   |- write 7 -|
//   client 2               <--- more than t --->|- read: 6 -|      write 7 is missed within t
//
// Cost: one pass over the applied writes.

#include <array>
#include <cmath>

#include "check/checks/key_check.hpp"
#include "check/exact/statistics.hpp"

namespace stalemate {

namespace {

struct Within {
  std::string_view name;
  Nanoseconds t_ns;
};
constexpr std::array<Within, 3> withins = {Within{"1 s", 1'000'000'000}, Within{"1 min", 60'000'000'000},
                                           Within{"10 min", 600'000'000'000}};

struct Writes {
  std::uint64_t checked = 0;
  std::uint64_t missed = 0;
};

class NinesCheck final : public KeyCheck {
 public:
  explicit NinesCheck(const CheckOptions& options) : tally_(options) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      if (part.is_first) {
        check_key(*part.key);
      }
    }
  }

  /// Of clean keys, whose writes are not missed, and of keys that lack settled ops: `check_ops` has counted what is
  /// missed.
  void add_cleared_times(const ClearedTimes& times) override {
    static_assert(withins.front().t_ns >= ClearedTimes::span_ns_min);
    for (const Nanoseconds span_ns : times.write_spans_ns) {
      for (std::size_t i = 0; i < withins.size(); ++i) {
        writes_[i].checked += span_ns > withins[i].t_ns ? 1 : 0;
      }
    }
  }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<NinesCheck&>(other);
    tally_.absorb(found.tally_);
    for (std::size_t i = 0; i < writes_.size(); ++i) {
      writes_[i].checked += found.writes_[i].checked;
      writes_[i].missed += found.writes_[i].missed;
    }
  }

  CheckResult result(const Summary& summary) override;

 private:
  void check_key(const KeyHistory& key) {
    if (!key.order_is_total) {
      tally_.unjudged += key.placed;
      return;
    }
    Nanoseconds last_read_ns = before_all;
    for (const Cluster& cluster : key.clusters.first(std::size_t{key.placed} + 1)) {
      last_read_ns = std::max(last_read_ns, cluster.read_invocation_max_ns);
    }
    Nanoseconds older_read_ns = key.clusters[0].read_invocation_max_ns;  // the last read of an older version
    for (const Cluster& cluster : key.clusters.subspan(1, key.placed)) {
      if (cluster.effective_completion_ns != never) {
        for (std::size_t i = 0; i < withins.size(); ++i) {
          const Nanoseconds from_ns = cluster.effective_completion_ns + withins[i].t_ns;
          // Whether a write is checked depends on settled reads too; those that missed it are never settled.
          writes_[i].checked += last_read_ns > from_ns && !key.lacks_settled ? 1 : 0;
          writes_[i].missed += older_read_ns > from_ns ? 1 : 0;
        }
      }
      older_read_ns = std::max(older_read_ns, cluster.read_invocation_max_ns);
    }
  }

  Tally tally_;
  std::array<Writes, withins.size()> writes_ = {};
};

CheckResult NinesCheck::result(const Summary& summary) {
  if (!has_times(summary.history.header)) {
    return result_without_times("writes");
  }
  tally_.count = writes_[0].missed;
  tally_.sample = writes_[0].checked;
  CheckResult result = result_of(tally_, "writes");
  result.verdict = tally_.sample == 0 ? Verdict::unknown : result.verdict;
  for (std::size_t i = 0; i < withins.size(); ++i) {
    const Writes& writes = writes_[i];
    const std::string name(withins[i].name);
    result.figures.push_back(
        {.name = "writes checked within " + name, .value = static_cast<double>(writes.checked), .unit = Unit::count});
    result.figures.push_back(
        {.name = "writes missed within " + name, .value = static_cast<double>(writes.missed), .unit = Unit::count});
    if (writes.checked == 0) {
      continue;
    }
    // None missed: no more can be claimed than the sample proves.
    const double proved = nines_of(share_upper_95(writes.missed, writes.checked));
    const double seen = writes.missed == 0
                            ? proved
                            : nines_of(static_cast<double>(writes.missed) / static_cast<double>(writes.checked));
    result.figures.push_back({.name = "nines within " + name, .value = seen, .unit = Unit::nines});
    result.figures.push_back(
        {.name = "nines within " + name + ", at least at 95 %", .value = proved, .unit = Unit::nines});
  }
  if (tally_.sample == 0) {
    result.note = "No read began more than 1 s after the completion of a write of its key.";
  }
  judge_by_versions(result, tally_, summary);
  return result;
}

const bool nines_registered =
    CheckRegistry::add({.name = "nines",
                        .summary = "how many nines of the writes are seen by every read begun later than t after them",
                        .models = model_bit(Model::distinct_register),
                        .decides = false,
                        .prefiltered_by = PrefilteredBy::sessions,
                        .make = make_key_check<NinesCheck>});

}  // namespace

}  // namespace stalemate
