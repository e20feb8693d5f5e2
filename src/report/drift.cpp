#include "report/drift.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "report/limit.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

// Losses below this share are too few to say that a loop was busy all the time.
constexpr double saturated_share = 0.01;

// The ops of one kind, with what the sentences need to know of them.
struct Kind {
  std::string_view op;    // "read"
  std::string_view loop;  // "reader"
  const OpCounts& counts;
  const OpLatency& latency;
  double rate_wanted;  // a second

  [[nodiscard]] double share(std::uint64_t part) const {
    return counts.planned == 0 ? 0 : static_cast<double>(part) / static_cast<double>(counts.planned);
  }
  [[nodiscard]] double dropped_share() const { return share(counts.dropped); }
  [[nodiscard]] Nanoseconds interval_ns() const { return rate_wanted > 0 ? std::llround(1e9 / rate_wanted) : never; }
};

// A sentence, and the share of a kind's planned ops it accounts for.
struct Cause {
  double weight = 0;
  std::string sentence = {};
};

bool is_ticker(const RunResults& results) {
  return results.asked.pacing() == "ticker";
}

std::string lost_ticks(const Kind& kind) {
  const LatencyFigures& service = kind.latency.service;
  std::string sentence = fmt::format("the closed loop dropped {} of the {}'s ticks ({} of {})",
                                     percent_of(kind.counts.dropped, kind.counts.planned), kind.loop,
                                     with_thousands(kind.counts.dropped), with_thousands(kind.counts.planned));
  if (service.count == 0) {
    return sentence + fmt::format(": no {} succeeded", kind.op);
  }
  const std::string mean = spoken_duration(service.mean_ns);
  const std::string interval = spoken_duration(kind.interval_ns());
  if (service.mean_ns > kind.interval_ns()) {
    return sentence + fmt::format(
                          ": a {} takes {} in the mean, longer than the interval of {}, so no more than {} a second "
                          "can be done one after the other",
                          kind.op, mean, interval, short_number(1e9 / static_cast<double>(service.mean_ns)));
  }
  if (service.p99_9_ns <= kind.interval_ns()) {
    return sentence + fmt::format(
                          ": its timer was late, since a {} takes {} in the mean and 99.9 % of them end within {}, "
                          "inside the interval of {}",
                          kind.op, mean, spoken_duration(service.p99_9_ns), interval);
  }
  return sentence + fmt::format(
                        ": a {} takes {} in the mean, within the interval of {}, but the slowest take longer (99.9 % "
                        "within {}, the worst {}), and its timer may be late as well",
                        kind.op, mean, interval, spoken_duration(service.p99_9_ns), spoken_duration(service.max_ns));
}

std::string lost_open(const Kind& kind, const RunResults& results) {
  std::string sentence =
      fmt::format("{} of {} planned {}s ({}) were never sent", with_thousands(kind.counts.dropped),
                  with_thousands(kind.counts.planned), kind.op, percent_of(kind.counts.dropped, kind.counts.planned));
  return sentence + ": " + losses_phrase(results, kind.counts.dropped, kind.rate_wanted);
}

void add_losses(std::vector<Cause>& causes, const Kind& kind, const RunResults& results) {
  const OpCounts& counts = kind.counts;
  if (counts.dropped > 0) {
    causes.push_back({kind.dropped_share(), is_ticker(results) ? lost_ticks(kind) : lost_open(kind, results)});
  }
  if (counts.fail > 0) {
    causes.push_back(
        {kind.share(counts.fail), fmt::format("{} failed ({} of those sent)", counted(counts.fail, kind.op),
                                              percent_of(counts.fail, counts.sent))});
  }
  if (counts.info > 0) {
    causes.push_back(
        {kind.share(counts.info), fmt::format("{} ended so that it is not known whether {} done ({} of those sent)",
                                              counted(counts.info, kind.op), counts.info == 1 ? "it was" : "they were",
                                              percent_of(counts.info, counts.sent))});
  }
}

void add_interruption(std::vector<Cause>& causes, const Kind& reads, const Kind& writes, const RunResults& results) {
  const std::uint64_t unread = reads.counts.not_reached;
  const std::uint64_t unwritten = writes.counts.not_reached;
  if (unread + unwritten > 0) {
    causes.push_back({std::max(reads.share(unread), writes.share(unwritten)),
                      fmt::format("the run was interrupted after {} of {}: {} and {} never came due",
                                  spoken_duration(results.elapsed_ns), spoken_duration(results.duration_ns),
                                  counted(unread, "read"), counted(unwritten, "write"))});
  }
}

// What follows from both loops being busy all the time, or from one being slower than the other.
void add_coupling(std::vector<Cause>& causes, const Kind& reads, const Kind& writes, const RunResults& results) {
  const Nanoseconds read_ns = reads.latency.service.mean_ns;
  const Nanoseconds write_ns = writes.latency.service.mean_ns;
  const double both = std::min(reads.dropped_share(), writes.dropped_share());
  if (!is_ticker(results) || read_ns <= 0 || write_ns <= 0) {
    return;
  }
  if (both >= saturated_share && results.asked.serialize()) {
    causes.push_back(
        {both,
         "every op waits for the one global lock, which lets the writer in between two reads: a reader and "
         "a writer that are both always busy take turns, one read for one write, whatever was asked"});
  } else if (both >= saturated_share) {
    causes.push_back({both, fmt::format("where both loops are always busy the ratio becomes write time / read time, "
                                        "here {} / {} = {}, whatever was asked",
                                        spoken_duration(write_ns), spoken_duration(read_ns),
                                        decimal(static_cast<double>(write_ns) / static_cast<double>(read_ns)))});
  } else if (writes.dropped_share() > reads.dropped_share() && write_ns > read_ns) {
    causes.push_back({writes.dropped_share() - reads.dropped_share(),
                      fmt::format("writes are slower than reads ({} against {} in the mean), so the writer loses more "
                                  "of its ticks ({} against {})",
                                  spoken_duration(write_ns), spoken_duration(read_ns), percent(writes.dropped_share()),
                                  percent(reads.dropped_share()))});
  }
}

std::string none_sentence(const OpCounts& reads, const OpCounts& writes) {
  const std::uint64_t late = reads.late + writes.late;
  std::string sentence = "none: planned ops were all completed";
  if (late > 0) {
    sentence += fmt::format(" ({} of {} sent late, which does not change the ratio)", with_thousands(late),
                            with_thousands(reads.sent + writes.sent));
  }
  return sentence;
}

std::optional<double> ratio(std::uint64_t reads, std::uint64_t writes) {
  if (writes == 0) {
    return std::nullopt;
  }
  return static_cast<double>(reads) / static_cast<double>(writes);
}

}  // namespace

Drift derive_drift(const RunResults& results) {
  Drift drift;
  drift.wanted_ratio = ratio(results.plan.reads, results.plan.writes);
  drift.done_ratio = ratio(results.reads.ok, results.writes.ok);
  const Kind reads{"read", "reader", results.reads, results.latency.read, results.asked.read_rate()};
  const Kind writes{"write", "writer", results.writes, results.latency.write, results.asked.write_rate()};
  std::vector<Cause> causes;
  add_losses(causes, reads, results);
  add_losses(causes, writes, results);
  add_interruption(causes, reads, writes, results);
  add_coupling(causes, reads, writes, results);
  std::ranges::stable_sort(causes, std::ranges::greater{}, &Cause::weight);
  for (Cause& cause : causes) {
    drift.causes.push_back(std::move(cause.sentence));
  }
  if (drift.causes.empty()) {
    drift.causes.push_back(none_sentence(results.reads, results.writes));
  }
  return drift;
}

}  // namespace stalemate
