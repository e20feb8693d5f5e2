// version-order: whether the ops could have taken effect in the order in which the database applied the writes.
// Stricter than linearizable, which may choose the order, and the exact second opinion on it.
//
//   version 1   |--- write ---|
//   version 2   |--- write ---|
//   reads                       |- 2 -|  |- 1 -|      2 had been seen, 1 is older: no order of versions allows it
//
// Cost: one pass over the applied writes, from the newest.

#include <algorithm>

#include "check/checks/cluster_ops.hpp"
#include "check/checks/key_check.hpp"
#include "check/exact/zones.hpp"
#include "check/words.hpp"

namespace stalemate {

namespace {

class VersionOrderCheck final : public KeyCheck {
 public:
  explicit VersionOrderCheck(const CheckOptions& options) : tally_(options) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      if (part.is_first) {
        check_key(*part.key);
      }
    }
  }

  void add_cleared(const Cleared& cleared) override {
    tally_.sample += cleared.versions;
    tally_.unjudged += cleared.unplaced;
  }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<VersionOrderCheck&>(other);
    tally_.absorb(found.tally_);
    contradictions_ += found.contradictions_;
    contradicted_ = std::min(contradicted_, found.contradicted_);
  }

  [[nodiscard]] bool misses_vague_reads() const override { return true; }

  CheckResult result(const Summary& summary) override;

 private:
  void check_key(const KeyHistory& key) {
    const std::uint64_t before = tally_.count;
    Nanoseconds newer_ns = never;  // when an op of a newer value first ended
    Rank newer = 0;
    // What has a version was applied, whether or not anybody was told. Times are no versions.
    const Rank versions = key.versions_known ? key.placed : 0;
    for (Rank rank = versions + 1; rank-- > 0;) {
      const Cluster& cluster = key.clusters[rank];
      ++tally_.sample;
      const Nanoseconds last_ns = std::max(cluster.write_invocation_ns, cluster.read_invocation_max_ns);
      if (newer_ns < last_ns) {
        ++tally_.count;
        add(key, rank, newer, last_ns);
      } else if (cluster.read_completion_min_ns < cluster.write_invocation_ns) {
        ++tally_.count;
        add(key, rank, rank, cluster.read_completion_min_ns);
      }
      const Nanoseconds first_ns = std::min(cluster.write_completion_ns, cluster.read_completion_min_ns);
      if (first_ns < newer_ns) {
        newer_ns = first_ns;
        newer = rank;
      }
    }
    const std::uint32_t unplaced = count_unplaced(key, versions);
    tally_.unjudged += unplaced;
    // An order of all ops was just found: then the zones must agree that there is one.
    const bool is_proved = tally_.count == before && unplaced == 0 && key.lost == 0;
    if (is_proved && !has_impossible_reads(key) && !finder_.find(key, ZoneMeasure::gamma).empty()) {
      ++contradictions_;
      contradicted_ = std::min(contradicted_, key.key.index);
    }
  }

  /// Values that did or may matter, but have no known place.
  static std::uint32_t count_unplaced(const KeyHistory& key, Rank versions) {
    std::uint32_t count = 0;
    for (std::size_t rank = std::size_t{versions} + 1; rank < key.clusters.size(); ++rank) {
      const Cluster& cluster = key.clusters[rank];
      const bool is_unplaced = key.standings[rank] == Standing::unplaced || key.standings[rank] == Standing::timed;
      const bool matters = cluster.write_completion_ns != never || cluster.is_read();
      count += is_unplaced && matters ? 1 : 0;
    }
    return count;
  }

  void add(const KeyHistory& key, Rank older, Rank newer, Nanoseconds at_ns) {
    if (tally_.suspects.wants(at_ns)) {
      tally_.suspects.add(
          {.at_ns = at_ns, .key = key.key, .amounts = {key.clusters[older].value, key.clusters[newer].value}});
    }
  }

  Tally tally_;
  std::uint64_t contradictions_ = 0;
  std::uint32_t contradicted_ = ~std::uint32_t{0};
  ZoneFinder finder_;
};

Violation order_violation_of(const Suspect& suspect, const Summary& summary, const ClusterFinder& finder) {
  const HistoryHeader& header = summary.history.header;
  const auto op_at = [&](OpPosition position) { return to_op(summary.history.ops()[position]); };
  const ClusterOps& older = finder.at(suspect.key, static_cast<Value>(suspect.amounts[0]));
  const ClusterOps& newer = finder.at(suspect.key, static_cast<Value>(suspect.amounts[1]));
  if (suspect.amounts[0] == suspect.amounts[1]) {
    std::vector<Op> ops = {op_at(older.first_read), op_at(older.write)};
    std::string sentence = words_of_op(header, ops[0]) + " had ended before " + words_of_op(header, ops[1]) + " began.";
    return make_violation(suspect, std::move(ops), std::move(sentence));
  }
  std::vector<Op> ops = {op_at(newer.first_completed), op_at(older.last_invoked), op_at(newer.write)};
  if (older.write != no_op) {
    ops.push_back(op_at(older.write));
  }
  const std::string newer_value = words_of_value(header, ops[0].value);
  const std::string older_value = words_of_value(header, ops[1].value);
  std::string sentence = words_of_op(header, ops[1]) + " began after " + words_of_op(header, ops[0]) +
                         " had ended, but " +
                         (older.write == no_op ? "the row started with " + older_value
                                               : "the database applied " + older_value + " before " + newer_value);
  sentence += ops[1].kind == OpKind::read ? ": the read should have returned " + newer_value + " or a newer value."
                                          : ": it should have been the other way round.";
  return make_violation(suspect, std::move(ops), std::move(sentence));
}

CheckResult VersionOrderCheck::result(const Summary& summary) {
  CheckResult result = result_of(tally_, "values");
  ClusterFinder finder;
  for (const Suspect& suspect : tally_.suspects.kept()) {
    finder.want(suspect.key, static_cast<Value>(suspect.amounts[0]));
    finder.want(suspect.key, static_cast<Value>(suspect.amounts[1]));
  }
  finder.find(summary);
  for (const Suspect& suspect : tally_.suspects.kept()) {
    result.violations.push_back(order_violation_of(suspect, summary, finder));
  }
  if (contradictions_ > 0) {
    result.defect = "The zone test calls " + std::to_string(contradictions_) +
                    " keys not linearizable that have a valid order of versions, such as " +
                    words_of_key(summary.history.header, Key{contradicted_}) + ": one of our two checkers is wrong.";
  }
  judge_by_told_versions(result, tally_, summary);
  return result;
}

const bool version_order_registered = CheckRegistry::add(
    {.name = "version-order",
     .summary = "the ops could have taken effect in the order in which the database applied the writes",
     .models = model_bit(Model::distinct_register),
     .decides = true,
     .prefiltered_by = PrefilteredBy::order,
     .make = make_key_check<VersionOrderCheck>});

}  // namespace

}  // namespace stalemate
