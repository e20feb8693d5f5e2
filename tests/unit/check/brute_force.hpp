// The checks once more, straight from the definitions: slow, and with nothing in common with the checks themselves.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "unit/check/small_history.hpp"

namespace stalemate::test {

/// What the definitions say of a small history.
struct Truth {
  std::map<std::string, std::uint64_t> counts;  ///< violations, by check
  bool linearizable = true;
  bool in_version_order = true;
  bool versions_decide = true;  ///< every value that matters has a place among the versions
  std::uint64_t stale = 0;
  Nanoseconds stale_lower_max = 0;
  Nanoseconds stale_lower_sum = 0;
  Nanoseconds stale_upper_max = 0;
  std::uint64_t versions_sum = 0;
  Nanoseconds delta = 0;  ///< the worst key's; `never` where none helps
  Nanoseconds gamma = 0;
  std::uint64_t keys_with_delta = 0;
  std::uint64_t keys_with_gamma = 0;
  std::uint64_t k = 1;  ///< the worst key's, of those that have one
  std::uint64_t keys_without_k = 0;
  std::uint64_t reads_behind_lost = 0;
  std::uint64_t visibility_reads = 0;
  std::uint64_t visibility_missed = 0;
  std::uint64_t writes_checked_1s = 0;
  std::uint64_t writes_missed_1s = 0;
};

/// Everything by enumeration. Requires: at most about 10 ops a key.
[[nodiscard]] Truth truth_of(const SmallHistory& small, Nanoseconds clock_error_ns);

}  // namespace stalemate::test
