// Results of runs as they come, for the tests of everything that shows them.
#pragma once

#include "report/drift.hpp"
#include "report/results/run_results.hpp"

namespace stalemate {

inline constexpr Nanoseconds example_ms = 1'000'000;
inline constexpr Nanoseconds example_s = 1'000'000'000;

inline OpCounts all_ok(std::uint64_t planned) {
  OpCounts counts;
  counts.planned = counts.sent = counts.ok = planned;
  return counts;
}

/// Latency around `mean_ns`, of `count` ops.
inline LatencyFigures latency_around(std::uint64_t count, Nanoseconds mean_ns) {
  return LatencyFigures{count, mean_ns, mean_ns * 9 / 10, mean_ns * 14 / 10, mean_ns * 3, mean_ns * 8, mean_ns * 20};
}

inline OpLatency op_latency_around(std::uint64_t count, Nanoseconds service_ns) {
  return OpLatency{latency_around(count, service_ns + service_ns / 10), latency_around(count, service_ns)};
}

/// The origin's `before` for 60 s with its 1 % failures, open loop.
inline RunResults example_before() {
  RunResults results;
  results.scenario = "before";
  results.question = "Do the rows and the cache agree when one store call in a hundred is skipped?";
  results.pattern = "cache-aside";
  results.seed = 1;
  results.program_version = "0.1.0";
  results.started_at = "2024-05-01T12:00:00Z";
  results.replay = "stalemate run before -r 10ms -w 20ms -d 60s --seed 1";
  results.engines = {{"database", "PostgreSQL", "15.8", "read committed", ""}, {"cache", "Redis", "7.0.15", "", ""}};
  results.duration_ns = 60 * example_s;
  results.elapsed_ns = 60 * example_s + 12 * example_ms;
  results.asked.settings = {{"database", "postgres"},
                            {"cache", true},
                            {"read_rate", 100.0},
                            {"write_rate", 50.0},
                            {"arrivals", "constant"},
                            {"pacing", "open"},
                            {"serialize", false},
                            {"keys", std::uint64_t{6}},
                            {"key_distribution", "uniform"},
                            {"zipf_exponent", {}},
                            {"clients", std::uint64_t{16}},
                            {"time_to_live_ns", std::uint64_t{0}},
                            {"late_bound_ns", std::uint64_t{1'000'000}}};
  results.asked.faults = {"fill: skip 1%", "update: skip 1%", "invalidate: skip 1%"};
  results.plan = {6000, 3000};
  results.reads = all_ok(6000);
  results.writes = all_ok(3000);
  results.cache = CacheCounts{3845, 2155, 0.637, ""};
  results.samples =
      SampleCounts{100 * example_ms, 6, 599, 1, 579, 20, 23, 5, 6, 4, 1, 900 * example_ms, 209 * example_ms};
  results.latency.read = op_latency_around(6000, 95'000);
  results.latency.write = op_latency_around(3000, 263'000);
  results.faults = {{"skip", 112}};
  results.verdict = "valid";
  results.history = {"history.bin", false, 9000, 15300, 777600};
  results.drift = derive_drift(results);
  return results;
}

/// The same work on a database alone, PostgreSQL standing in for CockroachDB.
inline RunResults example_after() {
  RunResults results = example_before();
  results.scenario = "after";
  results.question = "And with the database alone?";
  results.pattern = "none";
  results.replay = "stalemate run after -r 10ms -w 20ms -d 60s --seed 1";
  results.engines = {{"database", "PostgreSQL", "15.8", "serializable", "CockroachDB"}};
  results.asked.set("database", "cockroach");
  results.asked.set("cache", false);
  results.asked.set("time_to_live_ns", {});
  results.asked.faults = {};
  results.cache.reset();
  results.samples.reset();
  results.latency.read = op_latency_around(6000, 110'000);
  results.latency.write = op_latency_around(3000, 301'000);
  results.retries = 3;
  results.faults = {};
  results.history = {"history.bin", false, 9000, 9000, 576000};
  results.drift = derive_drift(results);
  return results;
}

/// The origin's closed loop at 30 ms of added latency.
inline RunResults example_ticker() {
  RunResults results = example_after();
  results.asked.set("pacing", "ticker");
  results.asked.set("clients", std::uint64_t{2});
  results.reads = {6000, 1874, 1874, 0, 0, 1500, 4126, 0};
  results.writes = {3000, 1884, 1884, 0, 0, 1500, 1116, 0};
  results.latency.read = op_latency_around(1874, 32 * example_ms);
  results.latency.write = op_latency_around(1884, 31'800'000);
  results.drift = derive_drift(results);
  return results;
}

/// A run in which the cache went away, cut short by Ctrl-C, with every part of the results filled.
inline RunResults example_trouble() {
  RunResults results = example_before();
  results.asked.set("serialize", true);
  results.interrupted = true;
  results.elapsed_ns = 41'500 * example_ms;
  results.reads = {6000, 4150, 4139, 3, 8, 211, 0, 1850};
  results.writes = {3000, 2075, 2070, 5, 0, 90, 0, 925};
  results.cache = CacheCounts{2611, 1520, 0.637, ""};
  results.samples =
      SampleCounts{100 * example_ms, 6, 385, 30, 373, 12, 13, 1, 3, 3, 1, 1100 * example_ms, 325 * example_ms};
  results.origin = OriginCounts{373, 13};
  results.latency.read = op_latency_around(4139, 99'000);
  results.latency.write = op_latency_around(2070, 270'000);
  results.retries = 1;
  results.faults = {{"pause-cache", 1}, {"skip", 81}};
  results.errors = {{"connection_lost", 5}, {"timed_out", 11}};
  results.in_force = {{"skip", "calls", 20 * example_ms, 59 * example_s},
                      {"stall", "cache", 30 * example_s, 30 * example_s + 500 * example_ms}};
  results.stops = {{"stall", "cache", 30 * example_s, 30 * example_s + 500 * example_ms}};
  results.outages = {{"cache", 20 * example_s, 23 * example_s}};
  results.stale = StaleReads{4139,
                             61,
                             1020 * example_ms,
                             1025 * example_ms,
                             300 * example_ms,
                             9,
                             1300 * example_ms,
                             {{"lost invalidation", 58}, {"stale fill", 2}},
                             1};
  results.warm_up = WarmUp{.duration_ns = 5 * example_s,
                           .reads = all_ok(500),
                           .writes = all_ok(250),
                           .cache = CacheCounts{250, 250, {}, "the fault pause-cache=20s hits the cache"},
                           .latency = {op_latency_around(500, 99'000), op_latency_around(250, 270'000)},
                           .loads = 250};
  results.limit = Limit{"unknown", 4 * example_s, 87.5, 0, 0, 0, 0, 2, 2, 1.5, 0.25, 0.5, 412.5, 400};
  results.refusals = {{"cache", "clients", "unavailable", 7, "LOADING Redis is loading the dataset in memory"}};
  results.standstills = {2, 3200 * example_ms, 3 * example_s, 24 * example_s};
  results.lost = LostWrites{2070, 18, 33, 21};
  results.loads = DatabaseLoads{1520, 0.366, 51, 4, 7};
  results.violations = {{"linearizable", 74}, {"loads", 4}, {"lost-updates", 18}, {"stale-reads", 61}};
  results.verdict = "invalid";
  results.checks = {
      {"linearizable", "invalid", true, 74, 2076, "values", 0, "",
       "client 2's read (op 9) and client 1's write (op 4) do not fit.", ""},
      {"loads", "invalid", false, 4, 1520, "loads", 0, "", "", ""},
      {"lost-updates", "invalid", true, 18, 2070, "acknowledged writes", 0, "", "client 1's write of 1010 was lost.",
       ""},
      {"stale-reads", "invalid", true, 61, 4139, "reads", 0, "", "client 3's read of 1004 missed a write.", ""}};
  results.history = {"history.bin", true, 6225, 10100, 522000};
  results.warnings = {standstill_warning(results.standstills),
                      "the disk was full 41.2 s into the run; the history ends there"};
  results.drift = derive_drift(results);
  return results;
}

}  // namespace stalemate
