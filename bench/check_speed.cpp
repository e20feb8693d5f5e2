// How fast histories are checked, and in how much memory: zones and versions of a history in memory, all checks from a
// cold file to the report, and the checks at the end of a run.
//
// Usage: bench_check_speed [--soak] [--part memory|files|run-end] [FOLDER]
// Files go to the folder for temporary files by default. BENCH_OPS sets the number of ops; --soak takes 10^8. Ends with
// 99 if a claim does not hold.
// Rooms: cli check explore patterns faults record core export

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "check/causes/causes.hpp"
#include "check/check.hpp"
#include "cli/check_history.hpp"
#include "record/history_reader.hpp"
#include "record/history_writer.hpp"
#include "support/valid_history.hpp"

namespace stalemate::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// What is claimed of a history in which so many keys are used: beyond a thousand, most looks at a key miss the caches.
struct Bars {
  double zones_ns_max;
  double two_threads_min;  // times as fast as one
  double cold_ns_max;
};
constexpr Bars bars_of(std::uint32_t keys) {
  if (keys == 1) {
    return {.zones_ns_max = 25, .two_threads_min = 0, .cold_ns_max = 110};  // one key is not divided
  }
  return keys <= 1000 ? Bars{.zones_ns_max = 25, .two_threads_min = 1.2, .cold_ns_max = 110}
                      : Bars{.zones_ns_max = 40, .two_threads_min = 1.2, .cold_ns_max = 160};
}
constexpr std::uint32_t cold_stale_per_million_max = 10'000;  // beyond that nothing is claimed
constexpr double memory_ratio_max = 1.5;
constexpr double run_end_s_max = 1;
constexpr int rounds = 5;

bool all_hold = true;

/// What a claim's line ends with.
const char* judged(bool holds) {
  all_hold = all_hold && holds;
  return holds ? "" : "  MISSED";
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of all threads of this process.
double cpu_seconds() {
  timespec now = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Memory of this process now, and at its most since `forget_peak`, as the system counts it.
double status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(field + ":")) {
      return std::strtod(line.c_str() + field.size() + 1, nullptr) * 1024;
    }
  }
  return 0;
}
void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

struct Cost {
  double wall_ns = 0;  // an op
  double cpu_ns = 0;   // an op, of all threads
};

Cost check_once(const History& history, const CheckOptions& options, std::uint32_t threads, bool is_valid) {
  const double cpu_start = cpu_seconds();
  const Clock::time_point start = Clock::now();
  const Report report = check_all(history, options, crew_of(threads));
  const auto ops = static_cast<double>(history.ops().size());
  const Cost cost{seconds_since(start) * 1e9 / ops, (cpu_seconds() - cpu_start) * 1e9 / ops};
  if (is_valid == (report.verdict == Verdict::invalid) || !report.defects.empty()) {
    std::fprintf(stderr, "the generator and the checks disagree\n");
    std::_Exit(70);
  }
  return cost;
}

template <class Get>
double least(const std::array<Cost, rounds>& costs, const Get& get) {
  return std::ranges::min(costs, {}, get).*get;
}

/// One thread and two, turn by turn; the best of each.
void time_zones(const HistoryShape& shape) {
  const History history = HistoryMaker(shape).make();
  const CheckOptions options{.only = {"linearizable", "stale-reads", "version-order"}};
  const double before_bytes = status_bytes("VmRSS");
  forget_peak();
  std::array<Cost, rounds> one;
  std::array<Cost, rounds> two;
  for (int round = 0; round < rounds; ++round) {
    one.at(static_cast<std::size_t>(round)) = check_once(history, options, 1, shape.stale_per_million == 0);
    two.at(static_cast<std::size_t>(round)) = check_once(history, options, 2, shape.stale_per_million == 0);
  }
  const double extra_bytes = (status_bytes("VmHWM") - before_bytes) / shape.ops;
  const double wall_ns = least(one, &Cost::wall_ns);
  const double ratio = wall_ns / least(two, &Cost::wall_ns);
  const bool is_claimed = shape.stale_per_million == 0;
  const Bars bars = bars_of(shape.keys);
  std::printf("%10u %8u %6u %8u %9.1f %8.1f %8.2f %8.1f%s\n", shape.ops, shape.keys, shape.writes_per_cent,
              shape.stale_per_million, wall_ns, least(one, &Cost::cpu_ns), ratio, extra_bytes,
              judged(!is_claimed || (wall_ns <= bars.zones_ns_max && ratio >= bars.two_threads_min)));
  std::fflush(stdout);
}

void time_zones(std::uint32_t ops) {
  std::printf(
      "linearizable, version-order and stale-reads in memory, nothing stale: at most %.0f ns an op on one thread to\n"
      "1,000 keys, %.0f with 10^6; two threads %.1f times as fast where there is more than one key\n"
      "%10s %8s %6s %8s %9s %8s %8s %8s\n",
      bars_of(1000).zones_ns_max, bars_of(1'000'000).zones_ns_max, bars_of(1000).two_threads_min, "ops", "keys",
      "write%", "stale/M", "ns/op", "CPU", "2 thr.", "extra B");
  for (const std::uint32_t keys : {1U, 10U, 1000U, 1'000'000U}) {
    for (const std::uint32_t writes : {10U, 33U}) {
      time_zones({.ops = ops, .keys = keys, .writes_per_cent = writes});
    }
  }
  for (const std::uint32_t stale : {1000U, 10'000U}) {
    time_zones({.ops = ops, .keys = 1000, .writes_per_cent = 10, .stale_per_million = stale});
  }
}

void write_file(const std::filesystem::path& path, const History& history) {
  auto writer = HistoryWriter::create(path, history.header, {});
  const auto check = [](const auto& result) {
    if (!result) {
      std::fprintf(stderr, "%s\n", result.error().detail.c_str());
      std::_Exit(70);
    }
  };
  check(writer);
  std::size_t next_step = 0;
  const std::span<const StepRecord> steps = history.steps();
  for (const OpRecord& op : history.ops()) {
    for (; next_step < steps.size() && steps[next_step].op() == op.index(); ++next_step) {
      (*writer)->lane(0).append(to_step(steps[next_step]));
    }
    (*writer)->lane(0).append(to_op(op));
  }
  check((*writer)->close({}));
}

/// So that the next one to read it has to go to the disk.
void forget_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

/// What the machine asks for before anything is checked: the file from the disk, and memory for its records.
struct Floor {
  double disk_ns = 0;  // an op: the cold file into one buffer
  double page_ns = 0;  // an op: the first write to each page of so much memory, one thread
};

double time_disk(const std::filesystem::path& path) {
  std::vector<char> buffer(std::size_t{1} << 20U);
  forget_file(path);
  const Clock::time_point start = Clock::now();
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  while (::read(file, buffer.data(), buffer.size()) > 0) {
  }
  ::close(file);
  return seconds_since(start);
}

double time_pages(std::size_t size_bytes) {
  constexpr std::size_t page_bytes = 4096;
  const Clock::time_point start = Clock::now();
  RecordArray<std::uint64_t> pages(size_bytes / sizeof(std::uint64_t));
  for (std::size_t at = 0; at < pages.size(); at += page_bytes / sizeof(std::uint64_t)) {
    pages.data()[at] = 1;
  }
  return seconds_since(start);
}

Floor floor_of(const std::filesystem::path& path, std::uint32_t ops, double records_bytes) {
  Floor floor{.disk_ns = 1e9, .page_ns = 1e9};
  for (int round = 0; round < rounds; ++round) {
    floor.disk_ns = std::min(floor.disk_ns, time_disk(path) * 1e9 / ops);
    floor.page_ns = std::min(floor.page_ns, time_pages(static_cast<std::size_t>(records_bytes)) * 1e9 / ops);
  }
  return floor;
}

struct Whole {
  double read_ns = 0;  // an op
  double all_ns = 0;
  double cpu_ns = 0;
  double records_bytes = 0;  // of the records as they lie in memory
  double memory_ratio = 0;   // of the peak to them
};

Whole check_file(const std::filesystem::path& path, bool with_causes) {
  const double before_bytes = status_bytes("VmRSS");
  forget_peak();
  const double cpu_start = cpu_seconds();
  const Clock::time_point start = Clock::now();
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  const Result<History> history = read_history(path, {.threads = threads});
  if (!history) {
    std::fprintf(stderr, "%s\n", history.error().detail.c_str());
    std::_Exit(70);
  }
  const double read_s = seconds_since(start);
  const Report report = check_all(*history, {}, crew_of(threads));
  if (with_causes) {
    static_cast<void>(count_causes(*history, find_result(report, "stale-reads")->stale_reads));
  }
  const double all_s = seconds_since(start);
  const double records_bytes = 32.0 * static_cast<double>(history->ops().size() + history->steps().size());
  const double an_op = 1e9 / static_cast<double>(history->ops().size());
  return {read_s * an_op, all_s * an_op, (cpu_seconds() - cpu_start) * an_op, records_bytes,
          (status_bytes("VmHWM") - before_bytes) / records_bytes};
}

void time_file(const std::filesystem::path& path, const HistoryShape& shape) {
  write_file(path, HistoryMaker(shape).make());
  Whole best{.all_ns = 1e9};
  for (int round = 0; round < rounds; ++round) {
    forget_file(path);
    const Whole whole = check_file(path, false);
    best = whole.all_ns < best.all_ns ? whole : best;
  }
  const Floor floor = floor_of(path, shape.ops, best.records_bytes);
  const bool is_claimed = shape.stale_per_million <= cold_stale_per_million_max;
  std::printf(
      "%10u %8u %6u %8u %8.1f %8.1f %9.1f %9.1f %9.1f %8.2f%s\n", shape.ops, shape.keys, shape.writes_per_cent,
      shape.stale_per_million, floor.disk_ns, floor.page_ns, best.read_ns, best.all_ns, best.cpu_ns, best.memory_ratio,
      judged((best.all_ns <= bars_of(shape.keys).cold_ns_max || !is_claimed) && best.memory_ratio <= memory_ratio_max));
  std::fflush(stdout);
}

void time_files(const std::filesystem::path& path, std::uint32_t ops) {
  std::printf(
      "\nall checks from a cold file to the report, on all cores: at most %.0f ns an op to 1,000 keys, %.0f with\n"
      "10^6, where at most 1 %% of reads are stale, in at most %.1f times the memory of the op and step records\n"
      "(disk: the cold file into one buffer; pages: the first write to as much memory as the records take)\n"
      "%10s %8s %6s %8s %8s %8s %9s %9s %9s %8s\n",
      bars_of(1000).cold_ns_max, bars_of(1'000'000).cold_ns_max, memory_ratio_max, "ops", "keys", "write%", "stale/M",
      "disk", "pages", "read", "ns/op", "CPU", "memory");
  for (const std::uint32_t keys : {1U, 10U, 1000U, 1'000'000U}) {
    for (const std::uint32_t writes : {10U, 33U}) {
      time_file(path, {.ops = ops, .keys = keys, .writes_per_cent = writes, .with_cache_steps = true});
    }
  }
  for (const std::uint32_t stale : {1000U, 10'000U, 100'000U}) {
    for (const std::uint32_t writes : {10U, 33U}) {
      time_file(
          path,
          {.ops = ops, .keys = 1000, .writes_per_cent = writes, .stale_per_million = stale, .with_cache_steps = true});
    }
  }
}

/// As the origin's `before` leaves it: 15,000 ops a second for 60 s on 10 keys, two thirds of them writes.
void time_run_end(const std::filesystem::path& path) {
  constexpr std::uint32_t ops = 900'000;
  write_file(
      path, HistoryMaker(
                {.ops = ops, .keys = 10, .writes_per_cent = 33, .stale_per_million = 100'000, .with_cache_steps = true})
                .make());
  forget_file(path);
  const double seconds = check_file(path, true).all_ns * ops * 1e-9;
  std::printf("\nat the end of a run of %u ops with 10 %% stale reads: %.2f s with causes (at most %.0f)%s\n", ops,
              seconds, run_end_s_max, judged(seconds < run_end_s_max));
}

std::uint32_t ops_wanted(bool soak) {
  const char* wanted = std::getenv("BENCH_OPS");  // NOLINT(concurrency-mt-unsafe): no thread sets it
  return wanted != nullptr ? static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10))
                           : (soak ? 100'000'000 : 10'000'000);
}

}  // namespace
}  // namespace stalemate::bench

int main(int argument_count, char** arguments) {
  using namespace stalemate::bench;
  bool soak = false;
  std::string part;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
  for (int i = 1; i < argument_count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--soak") {
      soak = true;
    } else if (argument == "--part" && i + 1 < argument_count) {
      part = arguments[++i];
    } else {
      folder = argument;
    }
  }
  const std::filesystem::path path = folder / ("stalemate-bench-" + std::to_string(::getpid()));
  if (part.empty() || part == "memory") {
    time_zones(ops_wanted(soak));
  }
  if (part.empty() || part == "files") {
    time_files(path, ops_wanted(false));
  }
  if (part.empty() || part == "run-end") {
    time_run_end(path);
  }
  std::filesystem::remove(path);
  return all_hold ? 0 : 99;
}
