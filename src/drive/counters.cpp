#include "drive/counters.hpp"

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
