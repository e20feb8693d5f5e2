// Small histories for tests: random ones, and ones written out op by op.
#pragma once

#include <cstdint>
#include <vector>

#include "core/op.hpp"
#include "core/random.hpp"
#include "record/history.hpp"

namespace stalemate::test {

/// A history as plain ops and steps, before it is packed.
struct SmallHistory {
  Value initial = 1000;
  std::vector<Op> ops;
  std::vector<Step> steps;
  std::vector<RestRecord> rest;
  std::uint32_t keys = 1;
  std::uint32_t clients = 4;
  bool complete = true;
  Nanoseconds time_unit_ns = 1;  ///< all instants are multiples of it
  std::vector<CacheCommandFacts> cache_commands = {{}};
};

[[nodiscard]] History packed(const SmallHistory& small);

/// What a random history may be like.
struct Shape {
  std::uint32_t ops_max = 10;
  std::uint32_t clients = 4;
  std::uint32_t keys_max = 2;
  Nanoseconds time_unit_ns = 1;  ///< instants are multiples of it, so that many are equal
  bool with_versions = true;
};

/// 20 % of the ops have an unknown outcome, 8 % failed; versions are a random order of the applied writes, mostly near
/// the order of time; reads mostly return something recent, now and then anything at all. Some writes are adds, with
/// the loads they are based on; in every third history with versions some are deletes. What the cache's steps and the
/// rest say has nothing to do with the ops.
[[nodiscard]] SmallHistory random_history(SeededRandom& random, const Shape& shape);

/// As a failing test prints it: an op a line, with its version.
[[nodiscard]] std::string describe(const SmallHistory& small);

}  // namespace stalemate::test
