// How fast a history in memory is checked: zones and version checks, then all checks, on one thread and on two.
// The floor is memory bandwidth, 1 to 3 ns an op; the wish is 10 ns an op a thread for zones and version checks.
// Arguments: ops, keys, per cent of writes. BENCH_OPS=100000000 makes them longer.
// Rooms: check record core

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <time.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "check/check.hpp"
#include "core/random.hpp"
#include "record/history.hpp"

namespace stalemate {
namespace {

/// A linearizable history: op i is begun at 100 i ns, takes effect at once and lasts 0.2 to 1.5 us; 16 clients.
History make_valid_history(std::uint32_t ops, std::uint32_t keys, std::uint32_t writes_per_cent) {
  constexpr std::uint32_t clients = 16;
  SeededRandom random(1);
  History history;
  history.header.initial_value = 1000;
  history.header.key_count = keys;
  history.header.client_count = clients;
  history.trailer.emplace();
  history.op_array = RecordArray<OpRecord>(ops);
  history.step_array = RecordArray<StepRecord>(ops);
  std::vector<Value> rows(keys, 1000);
  Value next_value = 1000;
  std::size_t steps = 0;
  for (std::uint32_t i = 0; i < ops; ++i) {
    Op op{.index = i, .key = Key{random.draw_below(keys)}, .client = static_cast<ClientId>(i % clients)};
    op.kind = random.draw_below(100) < writes_per_cent ? OpKind::write : OpKind::read;
    op.outcome = Outcome::ok;
    op.invocation_ns = op.intended_ns = Nanoseconds{i} * 100;
    op.completion_ns = op.invocation_ns + 200 + random.draw_below(1300);
    if (op.kind == OpKind::write) {
      op.value = rows[op.key.index] = ++next_value;
      Step step{.op = i, .store = Store::database, .command = Command::write, .role = Role::update};
      step.outcome = Outcome::ok;
      step.value = op.value;
      step.version = i + 1;
      step.start_ns = op.invocation_ns;
      step.end_ns = op.completion_ns;
      history.step_array.span()[steps++] = StepRecord(step);
    } else {
      op.value = rows[op.key.index];
    }
    history.op_array.span()[i] = OpRecord(op);
  }
  history.step_array.shrink(steps);
  return history;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Times {
  double index_s = 0;
  double check_s = 0;
  double report_s = 0;
  double check_cpu_s = 0;  // of the thread of part 0: does not count what other programs take
};

double thread_cpu_s() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Times check_once(const History& history, const CheckOptions& options, std::uint32_t threads) {
  Times times;
  auto start = std::chrono::steady_clock::now();
  CheckRun run(history, options, threads);
  times.index_s = seconds_since(start);
  start = std::chrono::steady_clock::now();
  std::vector<std::jthread> workers;
  for (std::uint32_t part = 1; part < threads; ++part) {
    workers.emplace_back([&run, part] { run.check_part(part); });
  }
  const double cpu_start_s = thread_cpu_s();
  run.check_part(0);
  times.check_cpu_s = thread_cpu_s() - cpu_start_s;
  workers.clear();
  times.check_s = seconds_since(start);
  start = std::chrono::steady_clock::now();
  const Report report = run.report();
  times.report_s = seconds_since(start);
  if (report.verdict == Verdict::invalid) {
    std::abort();  // the generator and the checks disagree
  }
  return times;
}

std::uint32_t ops_wanted() {
  const char* wanted = std::getenv("BENCH_OPS");  // NOLINT(concurrency-mt-unsafe): no thread sets it
  return wanted == nullptr ? 10'000'000 : static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10));
}

std::int64_t peak_kib() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void run_checks(benchmark::State& state, const std::vector<std::string>& only, std::uint32_t threads) {
  const std::uint32_t ops = ops_wanted();
  const History history =
      make_valid_history(ops, static_cast<std::uint32_t>(state.range(0)), static_cast<std::uint32_t>(state.range(1)));
  const std::int64_t before_kib = peak_kib();
  CheckOptions options;
  options.only = only;
  Times times;
  for ([[maybe_unused]] auto _ : state) {
    times = check_once(history, options, threads);
    state.SetIterationTime(times.index_s + times.check_s + times.report_s);
  }
  const double per_op = 1e9 / ops;
  state.counters["index_ns/op"] = times.index_s * per_op;
  state.counters["check_ns/op"] = times.check_s * per_op;
  state.counters["check_cpu_ns/op"] = times.check_cpu_s * per_op;
  state.counters["report_ns/op"] = times.report_s * per_op;
  state.counters["extra_bytes/op"] = static_cast<double>(peak_kib() - before_kib) * 1024 / ops;
}

void zones_and_versions(benchmark::State& state) {
  run_checks(state, {"linearizable", "stale-reads", "version-order"}, static_cast<std::uint32_t>(state.range(2)));
}
void all_checks(benchmark::State& state) {
  run_checks(state, {}, static_cast<std::uint32_t>(state.range(2)));
}

void arguments(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"keys", "writes%", "threads"})->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
  for (const std::int64_t keys : {1, 10, 1000, 1'000'000}) {
    for (const std::int64_t writes : {10, 33}) {
      for (const std::int64_t threads : {1, 2}) {
        bench->Args({keys, writes, threads});
      }
    }
  }
}

BENCHMARK(zones_and_versions)->Apply(arguments);
BENCHMARK(all_checks)->Apply(arguments);

}  // namespace
}  // namespace stalemate

BENCHMARK_MAIN();
