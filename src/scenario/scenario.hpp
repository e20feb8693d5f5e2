// A scenario: one question put to a database and a cache, as read from TOML and changed by flags.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/types.hpp"

namespace stalemate {

/// Which database answers.
/// `postgres` at its default isolation; `cockroach` a CockroachDB cluster where a binary is at hand, else PostgreSQL at
/// SERIALIZABLE.
enum class DatabaseEngine : std::uint8_t { postgres, cockroach };

/// When ops are wanted. `constant`: evenly spaced; `poisson`: at random, memoryless.
enum class Arrivals : std::uint8_t { constant, poisson };

/// `open`: arrivals follow the plan whatever the system does. `ticker`: the origin's closed loop, one reader and one
/// writer, each on a ticker that keeps one tick and drops the rest.
enum class Pacing : std::uint8_t { open, ticker };

enum class KeyDistribution : std::uint8_t { uniform, zipfian, hotspot, latest };

/// Everything that decides a run, apart from the servers' addresses. Rates are ops a second over all clients.
/// Invariant (checked by validate): durations and rates positive and sane, clients 1 to 4096, keys 6 to 10,000,006.
struct Scenario {
  std::string name;                 ///< file name without .toml
  std::string question;             ///< one line
  std::string pattern = "cache-aside";
  DatabaseEngine database = DatabaseEngine::postgres;
  bool has_cache = true;
  Nanoseconds duration_ns = 20'000'000'000;
  double read_rate = 10;
  double write_rate = 1;
  Arrivals arrivals = Arrivals::constant;
  Pacing pacing = Pacing::open;
  bool serialize = false;           ///< one global readers-writer lock around every op, as the origin has
  std::uint32_t keys = 6;           ///< all of them: the origin's six and the generated ones
  KeyDistribution key_distribution = KeyDistribution::uniform;
  double zipf_exponent = 0.99;      ///< `zipfian` and `latest`: 0 < exponent < 2, not 1
  double hotspot_keys = 0.2;        ///< `hotspot`: this share of the keys ...
  double hotspot_ops = 0.8;         ///< ... gets this share of the ops
  std::uint16_t clients = 16;
  std::uint64_t seed = 1;
  Nanoseconds time_to_live_ns = 0;  ///< of cache entries; 0: none
  std::vector<std::pair<std::string, std::string>> faults = {};  ///< name and text, in the order given; at most 4 call faults
  Nanoseconds sample_interval_ns = 100'000'000;
  Nanoseconds connect_limit_ns = 5'000'000'000;
  Nanoseconds op_limit_ns = 5'000'000'000;
  Nanoseconds late_bound_ns = 1'000'000;   ///< an op sent later than this after its intended start counts as late
  Nanoseconds drain_limit_ns = 5'000'000'000;  ///< after the last intended start, ops not yet sent by then are dropped
  std::uint8_t retries_max = 10;           ///< of SQLSTATE 40001, an op
};

}  // namespace stalemate
