// How a run stands, put together from what its parts told last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "drive/run.hpp"
#include "drive/worker.hpp"

namespace stalemate {

/// Keeps what the workers and the sampler told last, and adds up what the screen shows. Thread rule: one thread.
class Looks {
 public:
  explicit Looks(std::size_t workers) : workers_(workers) {}

  void take(std::size_t worker, WorkerLook look) {
    total_.latency.merge(look.latency_live);
    second_.merge(look.latency_live);
    workers_[worker] = std::move(look);
  }
  void take(const SampleTotals& totals) { samples_ = totals; }

  /// What is shown next. Outages are of the calls so far.
  RunLook& at(Nanoseconds elapsed_ns) {
    total_.elapsed_ns = elapsed_ns;
    total_.counts = {};
    total_.due_reads = total_.due_writes = total_.backlog = total_.in_flight = 0;
    std::vector<StoreOutage> outages;
    for (const WorkerLook& look : workers_) {
      total_.counts += look.counts;
      total_.due_reads += look.due_reads;
      total_.due_writes += look.due_writes;
      total_.backlog += look.backlog;
      total_.in_flight += look.in_flight;
      outages.insert(outages.end(), look.outages.begin(), look.outages.end());
    }
    total_.outages = Outages::merged(std::move(outages));
    total_.samples = samples_;
    if (elapsed_ns >= second_ends_ns_) {
      const std::uint64_t reads = total_.counts.reads.ended();
      const std::uint64_t writes = total_.counts.writes.ended();
      total_.reads_last_second = reads - std::exchange(reads_before_, reads);
      total_.writes_last_second = writes - std::exchange(writes_before_, writes);
      total_.latency_last_second = std::exchange(second_, DriveLatency());
      second_ends_ns_ = elapsed_ns - elapsed_ns % second_ns + second_ns;
    }
    return total_;
  }
  RunLook& total() { return total_; }

 private:
  static constexpr Nanoseconds second_ns = 1'000'000'000;

  std::vector<WorkerLook> workers_;
  std::optional<SampleTotals> samples_ = {};
  RunLook total_ = {};
  DriveLatency second_ = {};
  Nanoseconds second_ends_ns_ = second_ns;
  std::uint64_t reads_before_ = 0;
  std::uint64_t writes_before_ = 0;
};

}  // namespace stalemate
