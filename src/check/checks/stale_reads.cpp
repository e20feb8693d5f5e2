// stale-reads: reads that returned a version older than one whose write had completed before they began.
//
//   client 1  |--- write 7 ---|
//   client 2                      |--- read: 6 ---|
//                             ^   ^
//                             |   inv(r)          stale by at least inv(r) - completion(write 7)
//                             completion(w')      and at most completion(r) - invocation(write 7); 1 version behind
//
// An `info` write counts as completed only once a completed read returned its version or a newer one. Where no versions
// are told, a write is newer than those that had completed before it began; a read is left out of which that is not
// enough to judge it.
//
// Cost: one comparison a read; a stale one adds two binary searches at worst. Without versions a binary search a write.

#include <algorithm>

#include "check/checks/key_check.hpp"
#include "check/exact/first_by_time.hpp"
#include "check/exact/versions_behind.hpp"
#include "check/words.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {

namespace {

class StaleReadsCheck final : public KeyCheck {
 public:
  explicit StaleReadsCheck(const CheckOptions& options) : tally_(options), stale_(options.stale_reads_max) {}

  void check_ops(std::span<const KeyPart> parts) override {
    for (const KeyPart& part : parts) {
      if (part.is_first) {
        behind_.begin(*part.key);
        completed_ = 0;
        maybe_newer_ = {};
      }
      check_part(part);
    }
  }

  void add_cleared(const Cleared& cleared) override { tally_.sample += cleared.reads; }
  void absorb(KeyCheck& other) override {
    auto& found = static_cast<StaleReadsCheck&>(other);
    tally_.absorb(found.tally_);
    lower_.merge(found.lower_);
    upper_.merge(found.upper_);
    versions_.merge(found.versions_);
    stale_.absorb(found.stale_);
  }

  CheckResult result(const Summary& summary) override;

 private:
  struct Found {
    Nanoseconds at_ns;
    OpPosition read;
    OpPosition newer_write;
    Nanoseconds lower_ns;
    Nanoseconds upper_ns;
    std::uint32_t versions;
  };

  void check_part(const KeyPart& part) {
    const KeyHistory& key = *part.key;
    for (const KeyOp& op : part.ops) {
      if (!op.is_told_read()) {
        continue;
      }
      if (op.is_vague && !key.versions_known) [[unlikely]] {
        ++tally_.unjudged;
        continue;
      }
      if (!key.is_placed(op.rank)) [[unlikely]] {
        ++(key.may_be_placed(op.rank) ? tally_.unjudged : tally_.outside);
        continue;
      }
      const bool is_stale = key.clusters[op.rank].newer_completion_ns < op.invocation_ns;
      if (!is_stale && !key.order_is_total && may_be_stale(key, op)) [[unlikely]] {
        ++tally_.unjudged;
        continue;
      }
      ++tally_.sample;
      if (is_stale) [[unlikely]] {
        note(key, op);
      }
    }
  }

  /// Whether a write had completed before the read that overlapped the one of its value. Reads come in order of
  /// invocation.
  bool may_be_stale(const KeyHistory& key, const KeyOp& op) {
    for (; completed_ < key.completions.size(); ++completed_) {
      const Completion& completion = key.completions[completed_];
      if (completion.completion_ns >= op.invocation_ns) {
        break;
      }
      maybe_newer_.add(completion.rank, key.newer_from(completion.rank));
    }
    return maybe_newer_.than(op.rank);
  }

  void note(const KeyHistory& key, const KeyOp& op) {
    const Cluster& cluster = key.clusters[op.rank];
    const VersionsBehind::Answer behind = behind_.of(op);
    const Found found{.at_ns = op.invocation_ns,
                      .read = op.position,
                      .newer_write = key.clusters[behind.first_newer].write,
                      .lower_ns = op.invocation_ns - cluster.newer_completion_ns,
                      .upper_ns = op.completion_ns - cluster.newer_invocation_ns,
                      .versions = behind.versions};
    ++tally_.count;
    tally_.worst = std::max(tally_.worst, found.lower_ns);
    lower_.record(found.lower_ns);
    upper_.record(found.upper_ns);
    versions_.record(found.versions);
    if (tally_.suspects.wants(op.invocation_ns)) {
      const OpPosition returned = op.rank == 0 ? op.position : cluster.write;
      tally_.suspects.add(
          {.at_ns = op.invocation_ns,
           .key = key.key,
           .ops = {op.position, found.newer_write, returned, key.clusters[behind_.last_newer(op)].write},
           .op_count = 4,
           .form = op.rank == 0 ? std::uint8_t{1} : std::uint8_t{0},
           .amounts = {found.lower_ns, found.versions}});
    }
    stale_.add(found);
  }

  [[nodiscard]] std::vector<StaleRead> kept_reads(std::span<const OpRecord> ops);

  Tally tally_;
  VersionsBehind behind_;
  std::size_t completed_ = 0;  // of the key's completions, before the read
  MaybeNewer maybe_newer_;     // the writes of these
  LatencyHistogram lower_;
  LatencyHistogram upper_;
  LatencyHistogram versions_;
  FirstByTime<Found> stale_;
};

/// `ops`: the read, the first write that it missed, that of its value, the last write that it missed.
std::string words_of_stale_read(const Suspect& suspect, std::span<const Op> ops, const HistoryHeader& header,
                                Nanoseconds widened_ns) {
  const bool is_timed = has_times(header);
  const bool has_last = ops[3].index != ops[1].index && ops[3].outcome == Outcome::ok;
  const std::string stale = words_of_duration(suspect.amounts[0], is_timed);
  std::string sentence =
      words_of_op(header, ops[0]) + " returned an old value, " +
      (suspect.form == 1 ? "the one the row started with" : "that of " + words_of_op(header, ops[2])) + ". It was " +
      with_thousands(static_cast<std::uint64_t>(suspect.amounts[1])) +
      (suspect.amounts[1] == 1 ? " version" : " versions") + " behind and stale by at least " + stale + ": the " +
      (has_last ? "first " : "") + "write that it missed, " + words_of_op(header, ops[1]) +
      (ops[1].outcome == Outcome::info ? ", whose outcome was unknown, had been seen by a read "
                                       : ", had been acknowledged ") +
      stale + " before the read began";
  if (has_last) {
    const Nanoseconds since_ns = ops[0].invocation_ns - ops[3].completion_ns - widened_ns;
    sentence +=
        ", and the last one, " + words_of_op(header, ops[3]) + ", " + words_of_duration(since_ns, is_timed) + " before";
  }
  return sentence + ".";
}

CheckResult StaleReadsCheck::result(const Summary& summary) {
  CheckResult result = result_of(tally_, "reads");
  result.worst =
      Figure{.name = "stale by at least", .value = static_cast<double>(tally_.worst), .unit = Unit::nanoseconds};
  if (tally_.count == 0) {
    result.worst.reset();
  }
  result.distributions = {distribution_of("stale by at least", Unit::nanoseconds, lower_, FigureId::staleness_lower),
                          distribution_of("stale by at most", Unit::nanoseconds, upper_, FigureId::staleness_upper),
                          distribution_of("versions behind", Unit::versions, versions_, FigureId::versions_behind)};
  const HistoryHeader& header = summary.history.header;
  result.violations = violations_of(tally_.suspects, summary, [&](const Suspect& suspect, std::span<const Op> ops) {
    return words_of_stale_read(suspect, ops, header, 2 * summary.options.clock_error_ns);
  });
  result.stale_reads = kept_reads(summary.history.ops());
  judge_by_versions(result, tally_, summary);
  return result;
}

/// In order of time.
std::vector<StaleRead> StaleReadsCheck::kept_reads(std::span<const OpRecord> ops) {
  std::vector<StaleRead> reads;
  const std::vector<Found> in_order = stale_.in_order();
  reads.reserve(in_order.size());
  for (const Found& found : in_order) {
    reads.push_back({.read = ops[found.read].index(),
                     .newer_write = ops[found.newer_write].index(),
                     .lower_ns = found.lower_ns,
                     .upper_ns = found.upper_ns,
                     .versions = found.versions});
  }
  return reads;
}

const bool stale_reads_registered =
    CheckRegistry::add({.name = "stale-reads",
                        .summary = "reads that returned a version older than one already acknowledged",
                        .models = model_bit(Model::distinct_register),
                        .decides = true,
                        .prefiltered_by = PrefilteredBy::versions,
                        .make = make_key_check<StaleReadsCheck>});

}  // namespace

}  // namespace stalemate
