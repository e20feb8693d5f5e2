#include "drive/watch/counters.hpp"

#include <algorithm>

namespace stalemate {

void KindLatency::merge(const KindLatency& other) {
  response.merge(other.response);
  service.merge(other.service);
}

ConcurrencyLevel& ConcurrencyLevel::operator+=(const ConcurrencyLevel& other) {
  ops += other.ops;
  busy += other.busy;
  service_ns += other.service_ns;
  return *this;
}

void FaultHits::note(Nanoseconds at_ns) {
  *this += {.count = 1, .first_ns = at_ns, .last_ns = at_ns};
}

FaultHits& FaultHits::operator+=(const FaultHits& other) {
  if (other.count > 0) {
    first_ns = count == 0 ? other.first_ns : std::min(first_ns, other.first_ns);
    last_ns = count == 0 ? other.last_ns : std::max(last_ns, other.last_ns);
    count += other.count;
  }
  return *this;
}

DriveCounts& DriveCounts::operator+=(const DriveCounts& other) {
  reads += other.reads;
  writes += other.writes;
  hits += other.hits;
  misses += other.misses;
  retries += other.retries;
  for (std::size_t code = 0; code < errors.size(); ++code) {
    errors[code] += other.errors[code];
  }
  for (std::size_t fault = 0; fault < faults.size(); ++fault) {
    faults[fault] += other.faults[fault];
  }
  steps += other.steps;
  background += other.background;
  half += other.half;
  full += other.full;
  return *this;
}

DriveCounts sum_of(DriveCounts one, const DriveCounts& other) {
  one += other;
  return one;
}

void DriveLatency::merge(const DriveLatency& other) {
  reads.merge(other.reads);
  writes.merge(other.writes);
}

}  // namespace stalemate
