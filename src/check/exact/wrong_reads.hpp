// WrongReads: reads that are wrong without being older than something, kept for those who look for their causes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "check/check.hpp"
#include "check/exact/first_by_time.hpp"
#include "check/exact/key_history.hpp"
#include "record/history.hpp"

namespace stalemate {

class WrongReads {
 public:
  explicit WrongReads(std::size_t kept_max) : reads_(kept_max) {}

  void add(Nanoseconds invocation_ns, OpPosition read) { reads_.add({.at_ns = invocation_ns, .read = read}); }
  void absorb(const WrongReads& other) { reads_.absorb(other.reads_); }

  /// By time, with no newer write.
  [[nodiscard]] std::vector<StaleRead> reads(std::span<const OpRecord> ops) {
    std::vector<StaleRead> all;
    for (const Read& read : reads_.in_order()) {
      all.push_back({.read = ops[read.read].index()});
    }
    return all;
  }

 private:
  struct Read {
    Nanoseconds at_ns;
    OpPosition read;
  };
  FirstByTime<Read> reads_;
};

}  // namespace stalemate
